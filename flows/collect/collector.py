"""The collector: polls feeds and fetches pages, politely and safely, as the one way out."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self, TypeVar

from flows.collect import coding, feeds, listing, pages, polling, sitemaps, urls
from flows.collect.exchanges import Courier
from flows.collect.feeds import FeedDocument, Origin
from flows.collect.http import Answer
from flows.collect.politeness import NotNow
from flows.collect.polling import Exchange
from flows.collect.robots import Rules
from flows.collect.warc import Archive
from flows.errors import (
    AraxesError,
    BadStatus,
    ClusterLost,
    FetchError,
    Refused,
    Throttled,
    Truncated,
    WorkerError,
)
from flows.ids import stable_id
from flows.model import (
    Feed,
    FeedEntry,
    FeedKind,
    FeedState,
    FeedStatus,
    FetchPolicy,
    HostState,
    Item,
    Missed,
    Page,
    Poll,
    PollOutcome,
)
from flows.workers import Pool

_PARSE_SECONDS = 10.0
_MAX_CHILDREN = 3  # sitemaps of an index that one poll reads
_MAX_FILLED = 200  # entries that a news sitemap may add to a feed with a gap
_WORTH_A_SECOND_TRY = frozenset((500, 502, 504))
_ACCEPT_FEED = (
    "Accept",
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml, */*;q=0.5",
)
_ACCEPT_PAGE = ("Accept", "text/html, application/xhtml+xml, */*;q=0.5")
T = TypeVar("T")
_LOG = logging.getLogger("araxes.collect")


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a feed showed: a document and the host's rules, or an error."""

    url: str
    moved_to: str | None = None
    status: int | None = None
    document: FeedDocument | None = None
    rules: Rules | None = None
    error: AraxesError | None = None


class Collector:
    """Polls feeds and fetches pages.

    Args:
        hosts: what the last run knew of each host.
        workers: killable processes in which feeds are parsed.
        now: the clock.
        archive: where fetched documents are kept, if anywhere.
    """

    def __init__(
        self,
        hosts: Mapping[str, HostState],
        workers: Pool,
        now: Callable[[], datetime],
        archive: Archive | None = None,
    ) -> None:
        self._courier = Courier(hosts, now)
        self._workers = workers
        self._now = now
        self._archive = archive

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._courier.aclose()

    def host_states(self) -> tuple[HostState, ...]:
        """Give what this run learned of hosts, to be kept for the next."""
        return self._courier.hosts.changed()

    # ------------------------------------------------------------ feeds

    async def poll(self, feed: Feed, state: FeedState, languages: tuple[str, ...] = ()) -> Poll:
        """Poll a feed once; never raises for a bad feed, the outcome is in the poll.

        Args:
            feed: as configured.
            state: as the last poll left it; its `url` is where the feed is now.
            languages: of the source, which help to read dates without a zone.
        """
        polled_at = self._now()
        poll_id = stable_id("poll", feed.feed_id, polled_at.isoformat())
        blank = Poll(poll_id, feed.feed_id, polled_at, PollOutcome.REFUSED, state)
        if state.state in {FeedStatus.GONE, FeedStatus.DISABLED}:
            return replace(blank, error=f"feed is {state.state}")
        clock = asyncio.get_running_loop().time
        started = clock()
        done = await self._outcome(feed, state, blank, languages)
        return replace(done, milliseconds=round((clock() - started) * 1000))

    async def _outcome(
        self, feed: Feed, state: FeedState, blank: Poll, languages: tuple[str, ...]
    ) -> Poll:
        try:
            return await self._polled(feed, state, blank, languages)
        except ClusterLost:
            raise  # the feed has done nothing wrong
        except AraxesError as error:
            return self._not_polled(feed, state, blank, error)
        except NotNow as later:
            due = self._now() + timedelta(seconds=later.seconds)
            after = replace(state, next_poll_at=max(due, state.next_poll_at or due))
            return replace(blank, after=after, error=later.reason)
        except Exception as error:  # noqa: BLE001 - a stranger's feed never stops the run
            _LOG.warning("poll of %s failed", feed.feed_id, exc_info=True)
            fault = WorkerError("poll", f"failed: {type(error).__name__}")
            return self._not_polled(feed, state, blank, fault)

    async def _polled(
        self, feed: Feed, state: FeedState, blank: Poll, languages: tuple[str, ...]
    ) -> Poll:
        exchange = await self._ask_for_feed(feed, state)
        answer = exchange.answer
        base = replace(blank, http_status=answer.status, body_bytes=len(answer.body))
        now = self._now()
        if answer.status == 304 and not polling.conditions(state):
            raise BadStatus(answer.url, answer.status, "nothing was known")
        if answer.status == 304:
            after = polling.not_modified(feed, state, answer, now)
            return replace(base, outcome=PollOutcome.NOT_MODIFIED, after=after)
        if polling.body_hash(answer.body) == state.body_hash:
            after = polling.unchanged(feed, state, exchange, now)
            return replace(base, outcome=PollOutcome.UNCHANGED, after=after)
        document = await self._document(feed, answer, languages)
        if document.children:
            document = await self._read_children(feed, document, languages)
        await self._keep(answer)
        gap = polling.gap(state, document.entries)
        filled = await self._fill(feed, state, document, languages) if gap else ()
        return replace(
            base,
            outcome=PollOutcome.OK,
            after=polling.read(feed, state, exchange, document, now),
            entries=document.entries + filled,
            gap=gap,
            malformed=document.malformed,
            dropped=document.dropped,
        )

    async def _document(
        self, feed: Feed, answer: Answer, languages: tuple[str, ...]
    ) -> FeedDocument:
        """Parse a feed document in a worker."""
        body = _unpacked(answer, feed.policy.max_bytes)
        origin = Origin(answer.url, self._now(), answer.header("content-type"), languages)
        try:
            match feed.kind:
                case FeedKind.FEED:
                    return await self.in_worker(feeds.parse, body, origin)
                case FeedKind.SITEMAP | FeedKind.NEWS_SITEMAP:
                    return await self.in_worker(sitemaps.parse, body, origin)
                case FeedKind.LISTING:
                    selector = feed.link_selector or "a[href]"
                    return await self.in_worker(listing.parse, body, origin, selector)
        except feeds.NotAFeed as error:
            raise FetchError(answer.url, "not a feed", str(error)) from error

    async def _read_children(
        self, feed: Feed, index: FeedDocument, languages: tuple[str, ...]
    ) -> FeedDocument:
        """Read the likeliest sitemaps of an index; an index below an index is left alone."""
        found: list[FeedEntry] = []
        for child in index.children[:_MAX_CHILDREN]:
            found += (await self._sitemap(feed, child.url, languages)).entries
        entries = tuple({entry.url: entry for entry in found}.values())[: feeds.MAX_ENTRIES]
        return replace(index, entries=entries, children=(), whole=False)

    async def _sitemap(self, feed: Feed, url: str, languages: tuple[str, ...]) -> FeedDocument:
        exchange = await self._courier.ask(url, feed.policy, (_ACCEPT_FEED,), Rules.permits_feed)
        await self._keep(exchange.answer)
        as_sitemap = replace(feed, kind=FeedKind.SITEMAP)
        return await self._document(as_sitemap, exchange.answer, languages)

    async def _fill(
        self, feed: Feed, state: FeedState, document: FeedDocument, languages: tuple[str, ...]
    ) -> tuple[FeedEntry, ...]:
        """Give what a feed with a gap lost, from the news sitemap its robots.txt names."""
        if feed.kind is not FeedKind.FEED or state.last_success_at is None:
            return ()
        known = {entry.url for entry in document.entries}
        found: list[FeedEntry] = []
        try:
            rules = await self._courier.rules(state.url, feed.policy)
            for url in sitemaps.news_sitemaps(rules.sitemaps, state.url):
                found += (await self._sitemap(feed, url, languages)).entries
        except (AraxesError, NotNow) as error:
            _LOG.info("no sitemap fills the gap of %s: %s", feed.feed_id, error)
        missed = sitemaps.since(found, state.last_success_at)
        return tuple(entry for entry in missed if entry.url not in known)[:_MAX_FILLED]

    async def _keep(self, answer: Answer) -> str | None:
        """Archive what was fetched, unless its page says noarchive; give where it is."""
        if self._archive is None or not pages.robots_of(answer).archive:
            return None
        try:
            return await asyncio.to_thread(self._archive.write, answer, self._now())
        except OSError:
            # a full disk costs the copy, not the article
            _LOG.warning("%s could not be archived", answer.url, exc_info=True)
            return None

    def _not_polled(self, feed: Feed, state: FeedState, blank: Poll, error: AraxesError) -> Poll:
        after = polling.failed(feed, state, error, self._now())
        refused = isinstance(error, Refused)
        return replace(
            blank,
            outcome=PollOutcome.REFUSED if refused else PollOutcome.FAILED,
            after=after,
            http_status=error.status if isinstance(error, BadStatus | Throttled) else None,
            error=polling.describe(error),
        )

    async def _ask_for_feed(self, feed: Feed, state: FeedState) -> Exchange:
        """Ask once, and once more after a hiccup that a moment may heal."""
        headers = (_ACCEPT_FEED, *polling.conditions(state))
        ask = self._courier.ask
        try:
            return await ask(state.url, feed.policy, headers, Rules.permits_feed)
        except BadStatus as error:
            if error.status not in _WORTH_A_SECOND_TRY:
                raise
        except Truncated as error:
            if error.fault != "reset":
                raise
        await asyncio.sleep(max(1.0, feed.policy.min_delay))
        return await ask(state.url, feed.policy, headers, Rules.permits_feed)

    async def look(self, feed: Feed, languages: tuple[str, ...] = ()) -> Look:
        """Look at a feed without any memory of it, to check or discover; never raises."""
        try:
            exchange = await self._courier.ask(
                feed.url, feed.policy, (_ACCEPT_FEED,), Rules.permits_feed
            )
            answer = exchange.answer
            document = await self._document(feed, answer, languages)
            if document.children:
                document = await self._read_children(feed, document, languages)
            sample = document.entries[0].url if document.entries else answer.url
            rules = await self._courier.rules(sample, feed.policy)
            return Look(answer.url, exchange.moved_to, answer.status, document, rules)
        except AraxesError as error:
            return Look(feed.url, error=error)
        except NotNow as later:
            return Look(feed.url, error=FetchError(feed.url, later.reason))

    async def sitemap(self, feed: Feed, window: sitemaps.Window) -> FeedDocument:
        """Read one sitemap for the articles of a time, or an index for its sitemaps.

        Raises:
            FetchError, WorkerError: it could not be had or read.
        """
        try:
            exchange = await self._courier.ask(
                feed.url, feed.policy, (_ACCEPT_FEED,), Rules.permits_feed
            )
        except NotNow as later:
            raise FetchError(feed.url, later.reason) from later
        body = _unpacked(exchange.answer, feed.policy.max_bytes)
        origin = Origin(exchange.answer.url, self._now())
        try:
            return await self.in_worker(sitemaps.parse, body, origin, window)
        except feeds.NotAFeed as error:
            raise FetchError(feed.url, "not a feed", str(error)) from error

    async def front_page(self, url: str, policy: FetchPolicy) -> tuple[Answer, Rules]:
        """Give a page of a site and the rules of its host.

        Raises:
            FetchError: it could not be had.
        """
        try:
            exchange = await self._courier.ask(url, policy, (_ACCEPT_PAGE,), Rules.permits)
            return exchange.answer, await self._courier.rules(exchange.answer.url, policy)
        except NotNow as later:
            raise FetchError(url, later.reason) from later

    async def rules(self, url: str, policy: FetchPolicy) -> Rules:
        """Give the rules of a URL's host.

        Raises:
            FetchError: the host cannot be asked.
        """
        try:
            return await self._courier.rules(url, policy)
        except NotNow as later:
            raise FetchError(url, later.reason) from later

    def held_until(self, url: str) -> datetime | None:
        """Give until when a URL's host wants to be left alone, None when it does not."""
        return self._courier.hosts.held_until(urls.authority(url))

    def seconds_per_page(self, url: str, policy: FetchPolicy) -> float:
        """Give how long a request to a URL's host takes at our pace, as far as is known."""
        return self._courier.hosts.seconds_per_request(urls.authority(url), policy.min_delay)

    async def in_worker(self, task: Callable[..., T], body: bytes, *args: object) -> T:
        """Give what `task(body, *args)` makes of a stranger's document, in a killable worker.

        Raises:
            WorkerError: it hung or died.
        """
        async with self._workers.room(len(body)):
            return await self._workers.run(_PARSE_SECONDS, task, body, *args)

    # ------------------------------------------------------------ pages

    async def fetch(self, item: Item, feed: Feed) -> Page | Missed:
        """Give the page of an entry, or why there is none; never raises for a bad page."""
        complete = pages.from_feed(item, self._now())
        if complete is not None:
            return complete
        url = item.entry.url.partition("#")[0]
        try:
            return await self._fetched(item, feed, url)
        except FetchError as error:
            return pages.missed(item, error, self._now())
        except NotNow as later:
            return pages.waiting(item, later.reason, self._now(), later.seconds)
        except Exception as error:  # noqa: BLE001 - a stranger's page never stops the run
            _LOG.warning("page of %s failed", item.item_id, exc_info=True)
            return pages.retried(item, f"failed: {type(error).__name__}", self._now())

    async def _fetched(self, item: Item, feed: Feed, url: str) -> Page | Missed:
        exchange = await self._courier.ask(url, feed.policy, (_ACCEPT_PAGE,), Rules.permits)
        judged = pages.judged(item, exchange.answer, feed.policy, self._now())
        if isinstance(judged, Missed):
            return judged
        if await self._courier.reserves(judged.url, feed.policy):
            return pages.reserved(judged, feed.policy)
        return replace(judged, warc_ref=await self._keep(exchange.answer))


def _unpacked(answer: Answer, cap: int) -> bytes:
    """Give the body, unpacked when it is a gzip file; an empty one is a failure."""
    try:
        body = coding.gunzip_if_magic(answer.body, cap)
    except ValueError as error:
        raise Truncated(answer.url, "content coding", str(error)) from error
    if not body.strip():
        raise FetchError(answer.url, "empty", f"http {answer.status}")
    return body
