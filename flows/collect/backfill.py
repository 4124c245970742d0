"""Older articles of a site, found through its sitemaps."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from flows.collect import sitemaps, urls
from flows.collect.collector import Collector
from flows.collect.feeds import Child
from flows.errors import AraxesError, FetchError
from flows.model import Feed, FeedEntry, FeedKind, FetchPolicy
from flows.progress import Watcher

_MAX_SITEMAPS = 500
_DAY = timedelta(days=1)
_DATE = re.compile(r"(19\d\d|20\d\d)(?:[-_/]?(0[1-9]|1[0-2]))?(?!\d)")
_USUAL = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")


@dataclass(frozen=True, slots=True)
class Period:
    """Days of which articles are wanted, both included."""

    first: date
    last: date

    @property
    def window(self) -> sitemaps.Window:
        """The moments wanted; a day more at either end, for a site's own zone is not known."""
        start = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)
        end = datetime(self.last.year, self.last.month, self.last.day, tzinfo=UTC)
        return start - _DAY, end + 2 * _DAY


@dataclass(frozen=True, slots=True)
class Older:
    """What a walk through a site's sitemaps found.

    `undated` are articles that may be of the period, though nothing says so; `unread`
    sitemaps could not be had, or were one too many.
    """

    entries: tuple[FeedEntry, ...]
    undated: tuple[FeedEntry, ...] = ()
    sitemaps: int = 0
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """Where to look: a feed of the site, its homepage, and what tells its articles from others'."""

    feed: Feed
    homepage: str
    owns: Callable[[str], bool] = lambda _: True


async def by_sitemaps(site: Site, period: Period, collector: Collector, watcher: Watcher) -> Older:
    """Walk the sitemaps of a site for articles of a period, newest first.

    A sitemap is passed over when its name or date of change says that it holds none. The
    date of an article is its news date, the date in its address, or that of its last change.

    Raises:
        FetchError: the site cannot be reached.
    """
    home = urls.absolute(site.homepage)
    rules = await collector.rules(home, site.feed.policy)
    named = [urls.absolute(link, home) for link in rules.sitemaps if _is_web(link, home)]
    walk = _Walk(site, period, collector, watcher)
    if named:
        await walk.through(named)
    else:
        await walk.guess([urls.absolute(path, home) for path in _USUAL])
    return walk.older()


@dataclass(slots=True)
class _Walk:
    """A walk under way."""

    site: Site
    period: Period
    collector: Collector
    watcher: Watcher
    read: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    dated: dict[str, FeedEntry] = field(default_factory=dict)
    undated: dict[str, FeedEntry] = field(default_factory=dict)

    async def guess(self, addresses: Sequence[str]) -> None:
        """Begin at the first of the usual addresses that is a sitemap."""
        for address in addresses:
            await self.through([address])
            if address in self.read:
                self.unread = [url for url in self.unread if url not in addresses]
                return

    async def through(self, waiting: list[str]) -> None:
        """Read sitemaps, and those that they name."""
        self.watcher.found("sitemaps", len(waiting))
        while waiting:
            url = waiting.pop(0)
            if url not in self.read and url not in self.unread:
                children = await self._read(url)
                self.watcher.found("sitemaps", len(children))
                waiting += children
            self.watcher.done("sitemaps")

    async def _read(self, url: str) -> list[str]:
        """Read one sitemap; give those it names that may hold articles of the period."""
        try:
            if len(self.read) >= _MAX_SITEMAPS:
                raise FetchError(url, "too many sitemaps")
            as_sitemap = replace(self.site.feed, url=url, kind=FeedKind.SITEMAP)
            document = await self.collector.sitemap(as_sitemap, self.period.window)
        except AraxesError:
            self.unread.append(url)
            return []
        self.read.add(url)
        self._sort(url, document.entries)
        return [child.url for child in document.children if may_hold(child, self.period)]

    def _sort(self, url: str, entries: Iterable[FeedEntry]) -> None:
        """Tell entries of the period from those that may be; a month in the name dates all."""
        monthly = _month(url) is not None
        for entry in entries:
            if self.site.owns(entry.url):
                dated = monthly or sitemaps.is_dated(entry, self.period.window)
                (self.dated if dated else self.undated)[entry.url] = entry

    def older(self) -> Older:
        """Give what was found."""
        return Older(
            entries=tuple(sorted(self.dated.values(), key=sitemaps.moment, reverse=True)),
            undated=tuple(one for url, one in self.undated.items() if url not in self.dated),
            sitemaps=len(self.read),
            unread=tuple(self.unread),
        )


def seconds_to_fetch(
    entries: Sequence[FeedEntry], policy: FetchPolicy, collector: Collector
) -> float:
    """Estimate how long the pages take at the polite pace; hosts do not wait for each other."""
    pages = Counter(urls.authority(entry.url) for entry in entries)
    homes = {urls.authority(entry.url): entry.url for entry in entries}
    paces = {host: collector.seconds_per_page(url, policy) for host, url in homes.items()}
    return max((count * paces[host] for host, count in pages.items()), default=0.0)


def may_hold(child: Child, period: Period) -> bool:
    """Say whether a sitemap may hold articles of a period, by its change and its name."""
    start, end = period.window
    if child.changed_at is not None and child.changed_at < start:
        return False
    named = _DATE.search(child.url.rpartition("/")[2])
    if named is None:
        return True
    first = _month(child.url)
    if first is None:
        return start.year <= int(named[1]) <= end.year
    return first < end and first + timedelta(days=32) > start


def _month(url: str) -> datetime | None:
    """Give the month that the name of a sitemap names."""
    named = _DATE.search(url.rpartition("/")[2])
    return datetime(int(named[1]), int(named[2]), 1, tzinfo=UTC) if named and named[2] else None


def _is_web(link: str, base: str) -> bool:
    try:
        urls.absolute(link, base)
    except ValueError:
        return False
    return True
