"""Is a configured feed alive, what does it bring, and what would mend it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flows.collect import polling
from flows.collect.collector import Collector, Look
from flows.collect.discover import Found, describe, discover
from flows.errors import AraxesError, Refused
from flows.model import Feed, Source

_STALE = timedelta(days=30)


class Verdict(StrEnum):
    """What a live check makes of a feed; only `dead` and `refused` need a hand at once."""

    OK = "ok"
    MOVED = "moved"
    EMPTY = "empty"
    STALE = "stale"
    REFUSED = "refused"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """What a live check of one feed found.

    `robots` says whether pages may be fetched: allowed, disallowed, unreachable or unknown;
    `fix` is what to change in sources.toml, when something is known.
    """

    source_id: str
    feed_id: str
    url: str
    verdict: Verdict
    status: int | None = None
    form: str = ""
    entries: int = 0
    newest: datetime | None = None
    per_day: float | None = None
    languages: tuple[str, ...] = ()
    robots: str = "unknown"
    error: str | None = None
    fix: str | None = None


async def check(source: Source, feed: Feed, collector: Collector, now: datetime) -> FeedCheck:
    """Look at a feed on the open web, and for a replacement when it is dead; never raises."""
    look = await collector.look(feed, source.languages)
    if look.document is None:
        return await _broken(source, feed, look, collector)
    found = describe(look, look.document)
    verdict, fix = _verdict(feed, look, found, now)
    return FeedCheck(
        source_id=source.source_id,
        feed_id=feed.feed_id,
        url=feed.url,
        verdict=verdict,
        status=look.status,
        form=found.form,
        entries=found.entries,
        newest=found.newest,
        per_day=found.per_day,
        languages=found.languages,
        robots=_robots(look),
        fix=fix,
    )


def _verdict(feed: Feed, look: Look, found: Found, now: datetime) -> tuple[Verdict, str | None]:
    if not found.entries:
        return Verdict.EMPTY, None
    if found.newest is not None and now - found.newest > _STALE:
        return Verdict.STALE, f"nothing since {found.newest:%Y-%m-%d}: look for another feed"
    if look.moved_to is not None and look.moved_to != feed.url:
        return Verdict.MOVED, f'url = "{look.moved_to}"'
    return Verdict.OK, None


def _robots(look: Look) -> str:
    if look.rules is None or look.document is None or not look.document.entries:
        return "unknown"
    if not look.rules.reachable:
        return "unreachable"
    return "allowed" if look.rules.permits(look.document.entries[0].url) else "disallowed"


async def _broken(source: Source, feed: Feed, look: Look, collector: Collector) -> FeedCheck:
    assert look.error is not None
    refused = isinstance(look.error, Refused)
    return FeedCheck(
        source_id=source.source_id,
        feed_id=feed.feed_id,
        url=feed.url,
        verdict=Verdict.REFUSED if refused else Verdict.DEAD,
        status=getattr(look.error, "status", None),
        error=polling.describe(look.error),
        fix=await _replacement(source, feed, collector),
    )


async def _replacement(source: Source, feed: Feed, collector: Collector) -> str | None:
    """Look for another feed of the same outlet on its front page."""
    try:
        found = await discover(source.homepage, collector, feed.policy)
    except (AraxesError, ValueError):
        return None
    taken = {one.url for one in source.feeds}
    return next((f'url = "{one.url}"' for one in found if one.url not in taken), None)
