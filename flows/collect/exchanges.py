"""Exchanges with servers, as a good guest: redirects, robots.txt, turns, wishes."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from flows.collect import freshness, pages, robots, tdm, urls
from flows.collect.http import Answer, Client, Request
from flows.collect.politeness import Hosts, NotNow
from flows.collect.polling import Exchange
from flows.collect.robots import Rules
from flows.errors import BadStatus, FetchError, Refused, Throttled
from flows.model import FetchPolicy, HostState

_MAX_HOPS = 8
_ROBOTS_SECONDS = 15.0
_CHALLENGE_HOLD = 3600.0
_THROTTLE_HOLD = 300.0  # for a 429 that does not say how long
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_DEAD_HOST = frozenset(("address", "dns", "dns-temporary", "no-network", "connect", "tls"))


class Courier:
    """Asks servers for documents, as a good guest.

    Args:
        hosts: what the last run knew of each host.
        now: the clock.
    """

    def __init__(self, hosts: Mapping[str, HostState], now: Callable[[], datetime]) -> None:
        self.hosts = Hosts(hosts, now)
        self._now = now
        self._client = Client()
        self._robots_locks: dict[str, asyncio.Lock] = {}
        self._robots_failures: dict[str, FetchError] = {}
        self._tdm_locks: dict[str, asyncio.Lock] = {}

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def ask(
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
            rules = await self.rules(url, policy)
            if not permits(rules, url):
                if not rules.reachable:
                    # RFC 9309 2.3.1.4: complete disallow, for now
                    raise FetchError(url, pages.ROBOTS_UNREACHABLE)
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
        async with self.hosts.turn(host, request.policy.min_delay):
            answer = await self._client.get(request)
        self.hosts.note(host, answer.seconds)
        return answer

    def _accepted(self, answer: Answer) -> Answer:
        """Give an answer that is a success, or raise what it is instead."""
        host = urls.authority(answer.url)
        challenger = pages.challenge(answer)
        if challenger:
            self.hosts.hold(host, _CHALLENGE_HOLD)
            raise Refused(answer.url, "bot challenge", challenger)
        wait = self._asked_to_wait(answer)
        if wait is not None:
            self.hosts.hold(host, wait)
            raise Throttled(answer.url, answer.status, wait)
        if answer.status not in {200, 203, 304}:
            raise BadStatus(answer.url, answer.status)
        return answer

    def _asked_to_wait(self, answer: Answer) -> float | None:
        """Give the seconds an error answer asks us to stay away, or None when it does not."""
        if answer.status < 400:
            return None
        date = answer.header("date")
        wait = freshness.retry_after(answer.header("retry-after"), self._now(), date)
        return _THROTTLE_HOLD if wait is None and answer.status == 429 else wait

    # ------------------------------------------------------------ robots

    async def rules(self, url: str, policy: FetchPolicy) -> Rules:
        """Give the rules of a URL's host, asked for at most once a day and once at a time."""
        host = urls.authority(url)
        async with self._robots_locks.setdefault(host, asyncio.Lock()):
            known = robots.cached(self.hosts.state(host), self._now())
            if known is None:
                known = await self._ask_for_robots(url, host, policy)
            elif host in self._robots_failures and not known.reachable:
                raise self._robots_failures[host]
            self.hosts.pace(host, known.crawl_delay)
            return known

    async def _ask_for_robots(self, url: str, host: str, policy: FetchPolicy) -> Rules:
        status, text = 0, ""
        try:
            answer = await self._robots_answer(url, policy)
            status, text = robots.outcome(answer.status), robots.text_of(answer.body)
        except FetchError as error:
            if error.fault in _DEAD_HOST and urls.authority(error.url) == host:
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
        state = self.hosts.state(host)
        body = text if 200 <= status < 300 else None
        self.hosts.update(
            replace(state, robots_status=status, robots_body=body, robots_checked_at=self._now())
        )

    # ------------------------------------------------------------ reservations

    async def reserves(self, url: str, policy: FetchPolicy) -> bool:
        """Say whether a page's host reserves it from text and data mining.

        Its tdmrep.json is asked for at most once a week, and not where robots.txt forbids it.
        """
        host = urls.authority(url)
        async with self._tdm_locks.setdefault(host, asyncio.Lock()):
            known = tdm.cached(self.hosts.state(host), self._now())
            if known is None:
                try:
                    known = await self._ask_for_reservations(url, host, policy)
                except NotNow:
                    known = tdm.Reservations()  # the page is here already: asked with the next
            return known.reserve(url)

    async def _ask_for_reservations(
        self, url: str, host: str, policy: FetchPolicy
    ) -> tdm.Reservations:
        target = urls.absolute(tdm.PATH, url)
        text = None
        if (await self.rules(url, policy)).permits(target):
            brief = min(policy.timeout, _ROBOTS_SECONDS)
            try:
                answer = await self._turn(Request(target, policy, (), brief, tdm.MAX_BYTES))
                if (wait := self._asked_to_wait(answer)) is not None:
                    self.hosts.hold(host, wait)
                text = tdm.text_of(answer.status, answer.body)
            except FetchError:
                text = None  # silence reserves nothing; redirects are not followed
        state = replace(self.hosts.state(host), tdm_body=text, tdm_checked_at=self._now())
        self.hosts.update(state)
        return tdm.read(text or "")


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
        raise Refused(answer.url, "redirect", str(error)) from error
