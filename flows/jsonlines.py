"""JSON Lines to documents: what `araxes import` and `araxes explain --jsonl` read."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from flows.extract.text import clean

LONGEST = 2_000_000  # characters of a text; longer ones are refused by name


@dataclass(frozen=True, slots=True)
class Document:
    """A document somebody already has; its texts are cleaned."""

    name: str | int | None
    url: str | None
    title: str
    text: str
    published_at: datetime
    dated: bool
    source_id: str | None
    authors: tuple[str, ...]
    language: str | None


def parse(line: str, today: datetime) -> Document:
    """Read one line.

    Args:
        line: a JSON object with `text`, and optionally `id url title published_at
            source_id authors language`.
        today: the time of a document that gives none.

    Raises:
        ValueError: says what is wrong with the line.
    """
    fields = _object(line)
    text = _text(fields, "text")
    if len(text) > LONGEST:
        raise ValueError(f"text has {len(text)} characters; the most is {LONGEST}")
    given = fields.get("published_at")
    return Document(
        name=fields.get("id"),
        url=_text(fields, "url") or None,
        title=clean(_text(fields, "title")).strip(),
        text=clean(text).strip(),
        published_at=_time(given) if given else today,
        dated=bool(given),
        source_id=_text(fields, "source_id") or None,
        authors=_authors(fields.get("authors")),
        language=_text(fields, "language") or None,
    )


def name_of(line: str) -> str | int | None:
    """Give the id of a line that may be broken otherwise, or None."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    name = fields.get("id") if isinstance(fields, dict) else None
    return name if isinstance(name, str | int) else None


def _object(line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}"[:200]) from None
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    if not isinstance(fields.get("text", ""), str) or not fields.get("text", fields.get("title")):
        raise ValueError('no "text"')
    return fields


def _text(fields: dict[str, Any], key: str) -> str:
    value = fields.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f'"{key}" must be a text, not {value!r}'[:200])
    return value


def _authors(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError('"authors" must be a list of texts')
    return tuple(clean(name).strip() for name in names)


def _time(value: object) -> datetime:
    """Read an ISO 8601 time; one without a zone is in the region's, UTC+4."""
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f'"published_at" is no ISO 8601 time: {value!r}'[:200]) from None
    return (time if time.tzinfo else time.replace(tzinfo=timezone(timedelta(hours=4)))).astimezone(
        UTC
    )
