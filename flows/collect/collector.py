"""The collector: polls feeds and fetches pages, politely and safely, as the one way out."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from flows.collect import coding, feeds, freshness, pages, polling, robots, urls
from flows.collect.http import Answer, Client, Request
from flows.collect.politeness import Hosts, QueueTooLong
from flows.collect.polling import Exchange
from flows.collect.robots import Rules
from flows.errors import (
    AraxesError,
    BadStatus,
    FetchError,
    Refused,
    Throttled,
    Truncated,
)
from flows.ids import stable_id
from flows.model import (
    Feed,
    FeedState,
    FeedStatus,
    FetchPolicy,
    HostState,
    Item,
    ItemState,
    Missed,
    Page,
    Poll,
    PollOutcome,
)
from flows.workers import Workers

_MAX_HOPS = 8
_PARSE_SECONDS = 10.0
_ROBOTS_SECONDS = 15.0
_CHALLENGE_HOLD = 3600.0
_THROTTLE_HOLD = 300.0  # for a 429 that does not say how long
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_WORTH_A_SECOND_TRY = frozenset((500, 502, 504))
_DEAD_HOST = frozenset(("dns", "dns-temporary", "connect", "tls"))
_ACCEPT_FEED = (
    "Accept",
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml, */*;q=0.5",
)
_ACCEPT_PAGE = ("Accept", "text/html, application/xhtml+xml, */*;q=0.5")


class Collector:
    """Polls feeds and fetches pages.

    Args:
        hosts: what the last run knew of each host.
        workers: killable processes in which feeds are parsed.
        now: the clock.
    """

    def __init__(
        self, hosts: Mapping[str, HostState], workers: Workers, now: Callable[[], datetime]
    ) -> None:
        self._hosts = Hosts(hosts, now)
        self._workers = workers
        self._now = now
        self._client = Client()
        self._robots_locks: dict[str, asyncio.Lock] = {}
        self._robots_failures: dict[str, FetchError] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    def host_states(self) -> tuple[HostState, ...]:
        """Give what this run learned of hosts, to be kept for the next."""
        return self._hosts.changed()

    # ------------------------------------------------------------ feeds

    async def poll(self, feed: Feed, state: FeedState, languages: tuple[str, ...] = ()) -> Poll:
        """Poll a feed once; never raises for a bad feed, the outcome is in the poll.

        Args:
            feed: as configured.
            state: as the last poll left it; its `url` is where the feed is now.
            languages: of the source, which help to read dates without a zone.
        """
        polled_at = self._now()
        blank = Poll(
            stable_id("poll", feed.feed_id, polled_at.isoformat()),
            feed.feed_id,
            polled_at,
            PollOutcome.REFUSED,
            state,
        )
        if state.state in {FeedStatus.GONE, FeedStatus.DISABLED}:
            return replace(blank, error=f"feed is {state.state}")
        held = self._hosts.held_until(urls.authority(state.url))
        if held is not None:
            after = replace(state, next_poll_at=max(held, state.next_poll_at or held))
            return replace(
                blank, after=after, error=f"host asked to wait until {held:%Y-%m-%d %H:%MZ}"
            )
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            done = await self._polled(feed, state, blank, languages)
        except AraxesError as error:
            done = self._not_polled(feed, state, blank, error)
        except QueueTooLong:
            done = replace(blank, error="the queue for this host is too long")
        return replace(done, milliseconds=round((clock() - started) * 1000))

    async def _polled(
        self, feed: Feed, state: FeedState, blank: Poll, languages: tuple[str, ...]
    ) -> Poll:
        exchange = await self._ask_for_feed(feed, state)
        answer = exchange.answer
        base = replace(blank, http_status=answer.status, body_bytes=len(answer.body))
        now = self._now()
        if answer.status == 304:
            after = polling.not_modified(feed, state, answer, now)
            return replace(base, outcome=PollOutcome.NOT_MODIFIED, after=after)
        body = _unpacked(answer, feed.policy.max_bytes)
        if polling.body_hash(answer.body) == state.body_hash:
            after = polling.unchanged(feed, state, exchange, now)
            return replace(base, outcome=PollOutcome.UNCHANGED, after=after)
        origin = feeds.Origin(answer.url, now, answer.header("content-type"), languages)
        try:
            document = await self._workers.run(_PARSE_SECONDS, feeds.parse, body, origin)
        except feeds.NotAFeed as error:
            raise FetchError(answer.url, "not a feed", str(error)) from error
        return replace(
            base,
            outcome=PollOutcome.OK,
            after=polling.read(feed, state, exchange, document, now),
            entries=document.entries,
            gap=polling.gap(state, document.entries),
            malformed=document.malformed,
        )

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
        try:
            return await self._follow(state.url, feed.policy, headers, Rules.permits_feed)
        except BadStatus as error:
            if error.status not in _WORTH_A_SECOND_TRY:
                raise
        except Truncated as error:
            if error.fault != "reset":
                raise
        await asyncio.sleep(max(1.0, feed.policy.min_delay))
        return await self._follow(state.url, feed.policy, headers, Rules.permits_feed)

    # ------------------------------------------------------------ pages

    async def fetch(self, item: Item, feed: Feed) -> Page | Missed:
        """Give the page of an entry, or why there is none; never raises for a bad page."""
        complete = pages.from_feed(item, self._now())
        if complete is not None:
            return complete
        url, policy = item.entry.url.partition("#")[0], feed.policy
        held = self._hosts.held_until(urls.authority(url))
        if held is not None:
            seconds = (held - self._now()).total_seconds()
            return pages.waiting(item, "host asked to wait", self._now(), seconds)
        try:
            exchange = await self._follow(url, policy, (_ACCEPT_PAGE,), Rules.permits)
            return pages.judged(item, exchange.answer, self._now())
        except RobotsUnreachable as error:
            return pages.waiting(item, f"robots.txt unreachable: {error}", self._now(), 1800.0)
        except QueueTooLong:
            return Missed(ItemState.PENDING, "long queue for this host", self._now())
        except FetchError as error:
            return pages.missed(item, error, self._now())

    # ------------------------------------------------------------ exchanges

    async def _follow(
        self,
        url: str,
        policy: FetchPolicy,
        headers: tuple[tuple[str, str], ...],
        permits: Callable[[Rules, str], bool],
    ) -> Exchange:
        """Ask for a URL and follow redirects, each hop guarded, permitted and in its turn."""
        seen: set[str] = set()
        permanent: str | None = None
        only_permanent = True
        left = policy.timeout
        while len(seen) <= _MAX_HOPS:
            seen.add(url)
            rules = await self._rules(url, policy)
            if not permits(rules, url):
                if not rules.reachable:
                    raise RobotsUnreachable(url)
                raise Refused(url, "robots", "robots.txt disallows it")
            answer = await self._turn(Request(url, policy, headers, left))
            if answer.status not in _REDIRECTS:
                return Exchange(self._accepted(answer), permanent)
            left = max(left - answer.seconds, 0.1)
            url = _target(answer)
            if url in seen:
                raise FetchError(url, "redirect loop", f"{len(seen)} hops")
            only_permanent = only_permanent and answer.status in _PERMANENT
            permanent = url if only_permanent else permanent
        raise FetchError(url, "too many redirects", f"{len(seen)} hops")

    async def _turn(self, request: Request) -> Answer:
        host = urls.authority(request.url)
        async with self._hosts.turn(host, request.policy.min_delay):
            if self._hosts.held_until(host) is not None:
                raise Throttled(request.url, 0, self._left_of_hold(host))
            answer = await self._client.get(request)
        self._hosts.note(host, answer.seconds)
        return answer

    def _left_of_hold(self, host: str) -> float:
        held = self._hosts.held_until(host)
        return 0.0 if held is None else (held - self._now()).total_seconds()

    def _accepted(self, answer: Answer) -> Answer:
        """Give an answer that is a success, or raise what it is instead."""
        host = urls.authority(answer.url)
        challenger = pages.challenge(answer)
        if challenger:
            self._hosts.hold(host, _CHALLENGE_HOLD)
            raise Refused(answer.url, "bot challenge", challenger)
        if answer.status in {429, 503}:
            wait = freshness.retry_after(
                answer.header("retry-after"), self._now(), answer.header("date")
            )
            if wait is None and answer.status == 429:
                wait = _THROTTLE_HOLD
            if wait is not None:
                self._hosts.hold(host, wait)
                raise Throttled(answer.url, answer.status, wait)
        if answer.status not in {200, 203, 304}:
            raise BadStatus(answer.url, answer.status)
        return answer

    # ------------------------------------------------------------ robots

    async def _rules(self, url: str, policy: FetchPolicy) -> Rules:
        """Give the rules of a URL's host, asked for at most once a day and once at a time."""
        host = urls.authority(url)
        async with self._robots_locks.setdefault(host, asyncio.Lock()):
            known = robots.cached(self._hosts.state(host), self._now())
            if known is None:
                known = await self._ask_for_robots(url, host, policy)
            elif host in self._robots_failures and not known.reachable:
                raise self._robots_failures[host]
            self._hosts.pace(host, known.crawl_delay)
            return known

    async def _ask_for_robots(self, url: str, host: str, policy: FetchPolicy) -> Rules:
        status, text = 0, ""
        try:
            answer = await self._robots_answer(url, policy)
            status, text = robots.outcome(answer.status), robots.text_of(answer.body)
        except FetchError as error:
            if error.fault in _DEAD_HOST or (isinstance(error, Refused)):
                self._robots_failures[host] = error
                self._remember_robots(host, 0, "")
                raise
        self._remember_robots(host, status, text)
        return robots.read(status, text if 200 <= status < 300 else "")

    async def _robots_answer(self, url: str, policy: FetchPolicy) -> Answer:
        target = urls.absolute("/robots.txt", url)
        brief = min(policy.timeout, _ROBOTS_SECONDS)
        for _ in range(_MAX_HOPS):
            answer = await self._turn(Request(target, policy, (), brief, robots.MAX_BYTES))
            if answer.status not in _REDIRECTS:
                return answer
            target = _target(answer)
        raise FetchError(target, "too many redirects", "robots.txt")

    def _remember_robots(self, host: str, status: int, text: str) -> None:
        state = self._hosts.state(host)
        body = text if 200 <= status < 300 else None
        self._hosts.update(
            replace(state, robots_status=status, robots_body=body, robots_checked_at=self._now())
        )


class RobotsUnreachable(FetchError):
    """robots.txt could not be had, which forbids everything for now (RFC 9309 2.3.1.4)."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "robots", "robots.txt unreachable")


def _target(answer: Answer) -> str:
    """Give where a redirect leads.

    Raises:
        Refused: nowhere we may go.
        BadStatus: nowhere at all.
    """
    location = answer.header("location")
    if not location:
        raise BadStatus(answer.url, answer.status, "redirect without Location")
    try:
        # servers send UTF-8; headers were read as Latin-1 to lose no byte
        text = location.encode("latin-1").decode("utf-8", "replace")
        return urls.absolute(text, answer.url)
    except ValueError as error:
        raise Refused(answer.url, "address", f"redirect to {error}") from error


def _unpacked(answer: Answer, cap: int) -> bytes:
    """Give the body, unpacked when it is a gzip file; an empty one is a failure."""
    try:
        body = coding.gunzip_if_magic(answer.body, cap)
    except ValueError as error:
        raise Truncated(answer.url, "content coding", str(error)) from error
    if not body.strip():
        raise FetchError(answer.url, "empty", f"http {answer.status}")
    return body
