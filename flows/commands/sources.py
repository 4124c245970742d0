"""What stands behind `araxes sources list|check|import|export`, offline."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows import config, opml
from flows.errors import ConfigError, ConfigProblem, UsageError
from flows.model import Source


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One outlet as `sources list` shows it; `asleep` counts feeds that are not polled."""

    source_id: str
    name: str
    country: str
    ownership: str
    perspective: str
    languages: tuple[str, ...]
    feeds: int
    asleep: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something worth knowing about a valid list; `source_id` is None when it is about several."""

    source_id: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Review:
    """What `sources check` found: problems forbid a run, remarks do not."""

    problems: tuple[ConfigProblem, ...]
    remarks: tuple[Remark, ...] = ()
    sources: int = 0
    feeds: int = 0
    asleep: int = 0
    by_perspective: tuple[tuple[str, int], ...] = ()
    by_language: tuple[tuple[str, int], ...] = ()


def rows(sources: Sequence[Source]) -> tuple[SourceRow, ...]:
    """Give one row per outlet, in the order of the file."""
    return tuple(_row(source) for source in sources)


def _row(source: Source) -> SourceRow:
    awake = sum(feed.active for feed in source.feeds)
    return SourceRow(
        source_id=source.source_id,
        name=source.name,
        country=source.country,
        ownership=source.ownership,
        perspective=source.perspective,
        languages=source.languages,
        feeds=awake,
        asleep=len(source.feeds) - awake,
        evidence=source.evidence,
    )


def review(path: Path) -> Review:
    """Read a source list and say everything that is wrong or worth knowing; never raises."""
    try:
        sources = config.load(path)
    except ConfigError as error:
        return Review(error.problems)
    table = rows(sources)
    watched = [row for row in table if row.feeds]
    return Review(
        problems=(),
        remarks=_remarks(sources),
        sources=len(table),
        feeds=sum(row.feeds for row in table),
        asleep=sum(row.asleep for row in table),
        by_perspective=_counted(row.perspective for row in watched),
        by_language=_counted(code for row in watched for code in row.languages),
    )


def _counted(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(words).most_common())


def _remarks(sources: Sequence[Source]) -> tuple[Remark, ...]:
    found = []
    watched = [source for source in sources if any(feed.active for feed in source.feeds)]
    if config.placeholder_contact(tuple(sources)):
        found.append(Remark(None, "contact reaches nobody; set [defaults] contact to yours"))
    for message, applies in _WORTH_KNOWING:
        named = [source.source_id for source in watched if applies(source)]
        if named:
            found.append(Remark(None, f"{message}: {', '.join(named)}"))
    return tuple(found)


def _thin(source: Source) -> bool:
    front_page = source.evidence.rstrip("/") == source.homepage.rstrip("/")
    return front_page and source.ownership != "unknown"


def _hasty(source: Source) -> bool:
    return any(feed.policy.min_delay < 1 for feed in source.feeds if feed.active)


_WORTH_KNOWING: tuple[tuple[str, Callable[[Source], bool]], ...] = (
    ("ownership read from nothing but the outlet's own front page", _thin),
    ("ownership unknown", lambda source: source.ownership == "unknown"),
    ("no expect_per_day, so silence is not noticed", lambda source: not source.expect_per_day),
    ("less than 1 s between two requests to one host", _hasty),
)


def import_opml(path: Path, sources: Sequence[Source]) -> str:
    """Give the feeds of an OPML file as TOML to paste, without those watched already.

    Raises:
        UsageError: the file cannot be read, or is not OPML.
    """
    try:
        document = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    return opml.from_opml(document, sources)
