"""Older articles of a site, found through its sitemaps."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from flows.collect import sitemaps, urls
from flows.collect.collector import Collector
from flows.collect.feeds import Child
from flows.errors import AraxesError
from flows.model import Feed, FeedEntry, FeedKind, FetchPolicy

_MAX_SITEMAPS = 500
_DAY = timedelta(days=1)
_DATE = re.compile(r"(19\d\d|20\d\d)(?:[-_/]?(0[1-9]|1[0-2]))?(?!\d)")


@dataclass(frozen=True, slots=True)
class Period:
    """Days of which articles are wanted, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment wanted; a day early, for a site's own zone is not known."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC) - _DAY

    @property
    def end(self) -> datetime:
        """The first moment no longer wanted."""
        return datetime(self.last.year, self.last.month, self.last.day, tzinfo=UTC) + 2 * _DAY


@dataclass(frozen=True, slots=True)
class Older:
    """What a walk through a site's sitemaps found; `unread` could not be had."""

    entries: tuple[FeedEntry, ...]
    sitemaps: int
    unread: tuple[str, ...] = ()

    def seconds(self, policy: FetchPolicy) -> float:
        """Estimate how long fetching every page takes at the polite pace."""
        return len(self.entries) * max(policy.min_delay, 0.5)


async def by_sitemaps(feed: Feed, homepage: str, period: Period, collector: Collector) -> Older:
    """Walk the sitemaps of a feed's site for articles of a period, newest first.

    A sitemap is passed over when its name or date of change says that it holds none. The
    date of an article is its news date, the date in its address, or that of its last change.
    """
    _, rules = await collector.front_page(urls.absolute(homepage), feed.policy)
    named = [urls.absolute(link, homepage) for link in rules.sitemaps if _is_web(link, homepage)]
    waiting = named or [urls.absolute("/sitemap.xml", homepage)]
    read: set[str] = set()
    unread: list[str] = []
    found: dict[str, FeedEntry] = {}
    while waiting and len(read) < _MAX_SITEMAPS:
        url = waiting.pop(0)
        if url in read:
            continue
        read.add(url)
        try:
            document = await collector.sitemap(_as_sitemap(feed, url), period.start, period.end)
        except AraxesError:
            unread.append(url)
            continue
        waiting += [child.url for child in document.children if may_hold(child, period)]
        found |= {entry.url: entry for entry in document.entries}
    entries = sorted(found.values(), key=sitemaps.moment, reverse=True)
    return Older(tuple(entries), len(read), tuple(unread))


def may_hold(child: Child, period: Period) -> bool:
    """Say whether a sitemap may hold articles of a period, by its change and its name."""
    if child.changed_at is not None and child.changed_at < period.start:
        return False
    named = _DATE.search(child.url.rpartition("/")[2])
    if named is None:
        return True
    year, month = int(named[1]), int(named[2] or 0)
    if not month:
        return period.start.year <= year <= period.end.year
    first = datetime(year, month, 1, tzinfo=UTC)
    return first < period.end and first + timedelta(days=32) > period.start


def _is_web(link: str, base: str) -> bool:
    try:
        urls.absolute(link, base)
    except ValueError:
        return False
    return True


def _as_sitemap(feed: Feed, url: str) -> Feed:
    return replace(feed, url=url, kind=FeedKind.SITEMAP)
