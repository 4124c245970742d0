# ruff: noqa: S608 - queries are ours, never input
"""Receipts: what a number was asked with, so that anyone can ask again.

A receipt holds the SQL, the answer's hash, the snapshot, the vocabulary, the denominator, the
gaps and the articles behind the number. It travels as one line of text.
"""

import base64
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
from typing_extensions import override

from flows.errors import UsageError
from warehouse import query
from warehouse.reader import raise_damage

PREFIX = "araxes1:"
INSIDE = re.compile(rb"araxes1:[\w-]+")  # as a PNG, an SVG or a CSV carries it
BESIDE = "receipts.txt"  # a line for each file of its folder: name, tab, receipt
EVIDENCE = 200  # article ids a receipt names; more are counted
TOLD = 60  # rows of an answer that a receipt repeats, to say which changed; of more, only the hash


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a number came about.

    Args:
        sql: the query that gave it.
        answer: hash of its rows.
        rows: how many rows.
        newest: the latest article of the snapshot, and how many there were.
        articles: how many articles the snapshot held.
        vocabulary: version that tagged them.
        published: articles of all sources in the span asked about.
        gaps: days in it that could not be seen whole.
        evidence: ids of articles behind the number, the latest first.
        since, until: first and last day of the span; empty for all there is.
        told: the rows, unless there are many.
    """

    sql: str
    answer: str
    rows: int
    newest: str
    articles: int
    vocabulary: str
    published: int
    gaps: tuple[str, ...]
    evidence: tuple[str, ...]
    since: str = ""
    until: str = ""
    told: tuple[tuple[str, ...], ...] = ()

    @override
    def __str__(self) -> str:
        """One line of text."""
        document = json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))
        packed = base64.urlsafe_b64encode(zlib.compress(document.encode(), 9))
        return PREFIX + packed.decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Replay:
    """A receipt asked again: does the number still stand, and if not, what changed."""

    receipt: Receipt
    now: Receipt
    stands: bool
    changes: tuple[str, ...]


def receipt(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    evidence: str | None = None,
    span: tuple[str, str] = ("", ""),
) -> Receipt:
    """Give the receipt of a query.

    Args:
        connection: on the snapshot, from `reader.connect`.
        sql: the query that gives the number.
        evidence: a query that gives the ids of the articles behind it, the latest first.
        span: first and last day that it asks about, as 2026-11-22; empty for all there is.
    """
    rows = _as_text(query.run(connection, sql).fetchall())
    found = connection.execute(evidence).fetchmany(EVIDENCE) if evidence else []
    newest, articles = _one(
        connection, "SELECT CAST(max(fetched_at) AS VARCHAR), count(*) FROM articles"
    )
    version = _one(connection, "SELECT arg_max(vocabulary_version, started_at) FROM runs")[0]
    published, gaps = _coverage(connection, span)
    return Receipt(
        sql=sql,
        answer=sha256(json.dumps(rows).encode()).hexdigest()[:16],
        rows=len(rows),
        newest=newest or "",
        articles=articles,
        vocabulary=version or "",
        published=published,
        gaps=gaps,
        evidence=tuple(row[0] for row in found),
        since=span[0],
        until=span[1],
        told=tuple(map(tuple, rows)) if len(rows) <= TOLD else (),
    )


def _coverage(
    connection: duckdb.DuckDBPyConnection, span: tuple[str, str]
) -> tuple[int, tuple[str, ...]]:
    """Give how much was published in a span, and its days in gap."""
    within = "day BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)"
    days = [span[0] or "0001-01-01", span[1] or "9999-12-31"]
    published = connection.execute(
        f"SELECT coalesce(sum(articles), 0) FROM covered_days WHERE {within}", days
    ).fetchone()
    gaps = connection.execute(
        f"SELECT day FROM day_coverage WHERE gap AND {within} ORDER BY day", days
    ).fetchall()
    return int(published[0]) if published else 0, tuple(str(day) for (day,) in gaps)


def parse(text: str) -> Receipt:
    """Read a receipt from its line of text.

    Raises:
        UsageError: it is none, or was cut.
    """
    packed = text.strip().removeprefix(PREFIX)
    try:
        document = json.loads(
            zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        )
        gaps, evidence = tuple(document.pop("gaps")), tuple(document.pop("evidence"))
        told = tuple(map(tuple, document.pop("told", ())))
        return Receipt(**document, gaps=gaps, evidence=evidence, told=told)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise UsageError(f"not a receipt, or not a whole one: {text[:40]}…") from error


def find(file: Path) -> Receipt:
    """Read the first receipt that a downloaded chart, its numbers or a text carries."""
    return find_all(file)[0]


def find_all(file: Path) -> tuple[Receipt, ...]:
    """Read the receipts that a file carries: a digest has one for each sentence.

    An exported table has its own beside it. That one counts first: what is exported is text from
    the web, too, and could hold another's. Text that only looks like a receipt is passed over.

    Raises:
        UsageError: the file cannot be read, or has none that is whole.
    """
    try:
        with file.open("rb") as opened:
            found = INSIDE.findall(_beside(file) or opened.read())
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    if not found:
        raise UsageError(f"{file} carries no receipt: none begins with {PREFIX}")
    lines = [line.decode() for line in dict.fromkeys(found)]
    return tuple(filter(None, map(_parsed, lines))) or (parse(lines[0]),)


def _parsed(line: str) -> Receipt | None:
    try:
        return parse(line)
    except UsageError:
        return None


def _beside(file: Path) -> bytes:
    """Give the line on a file in the list beside it, or nothing."""
    listed = file.with_name(BESIDE)
    lines = listed.read_bytes().splitlines() if listed.is_file() else []
    return next((line for line in lines if line.startswith(f"{file.name}\t".encode())), b"")


def replay(connection: duckdb.DuckDBPyConnection, old: Receipt) -> Replay:
    """Ask a receipt's question again and say whether its number still stands."""
    try:
        now = receipt(connection, old.sql, span=(old.since, old.until))
    except duckdb.Error as error:
        raise_damage(connection, error)
        raise UsageError(f"the receipt's query no longer runs: {error}") from None
    gone = _gone(connection, old.evidence)
    changes = [
        f"{what}: {before} then, {after} now"
        for what, before, after in (
            ("articles in the warehouse", old.articles, now.articles),
            ("vocabulary", old.vocabulary, now.vocabulary),
            ("articles published", old.published, now.published),
            ("days in gap", len(old.gaps), len(now.gaps)),
            ("rows of the answer", old.rows, now.rows),
        )
        if before != after
    ]
    changes += _retold(old.told, now.told)
    if gone:
        changes.append(f"articles no longer there: {', '.join(gone)}")
    return Replay(old, now, stands=old.answer == now.answer and not gone, changes=tuple(changes))


def _gone(connection: duckdb.DuckDBPyConnection, evidence: Sequence[str]) -> list[str]:
    found = connection.execute(
        "SELECT id FROM (SELECT unnest(?) AS id) WHERE id NOT IN (SELECT article_id FROM articles)",
        [list(evidence)],
    ).fetchall()
    return sorted(article for (article,) in found)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    return row or ()


def _as_text(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Give rows as text; numbers to nine digits, as sums in another order differ in the last."""
    return [
        [f"{value:.9g}" if isinstance(value, float) else str(value) for value in row]
        for row in rows
    ]


def _retold(old: Sequence[Sequence[str]], now: Sequence[Sequence[str]]) -> list[str]:
    """Give which rows are others than they were; each is known by its first two cells."""
    before, after = ({tuple(row[:2]): row[2:] for row in rows} for rows in (old, now))
    if not before or not after:
        return []
    return [
        f"{' '.join(cell for cell in key if cell != 'None')}: "
        f"{_cells(before.get(key))} then, {_cells(after.get(key))} now"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def _cells(row: Sequence[str] | None) -> str:
    return "no row" if row is None else ", ".join(row)
