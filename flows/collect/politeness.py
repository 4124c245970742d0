"""Turns at a host: one request at a time, a pause between starts, and wishes to be left alone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flows.collect import freshness
from flows.model import HostState

MAX_CRAWL_DELAY = 30.0  # seconds; Crawl-delay is clamped to it
_MAX_ADAPTED = 15.0  # seconds; a slow host gets at most this pause
_LONGEST_QUEUE = 600.0  # seconds; what would wait longer is left to a later run


class NotNow(Exception):
    """The request is better made later: `seconds` from now, for this `reason`."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


@dataclass(slots=True)
class _Host:
    state: HostState
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0
    latency: float = 0.0
    waiting: int = 0
    crawl_delay: float = 0.0
    changed: bool = False


class Hosts:
    """What we owe each host, kept from run to run as `HostState`.

    Args:
        known: states as the last run left them.
        now: the clock.
    """

    def __init__(self, known: Mapping[str, HostState], now: Callable[[], datetime]) -> None:
        self._now = now
        self._hosts = {name: _Host(state) for name, state in known.items()}

    def state(self, host: str) -> HostState:
        """Give what is known of a host."""
        return self._host(host).state

    def update(self, state: HostState) -> None:
        """Remember something new about a host."""
        entry = self._host(state.host)
        entry.changed = entry.changed or entry.state != state
        entry.state = state

    def changed(self) -> tuple[HostState, ...]:
        """Give the states that differ from what was known at the start."""
        return tuple(entry.state for entry in self._hosts.values() if entry.changed)

    def held_until(self, host: str) -> datetime | None:
        """Give the time until which the host wants to be left alone, if that is still to come.

        A hold of over 31 days was never given: it comes from a clock that was wrong.
        """
        until = self._host(host).state.hold_until
        now = self._now()
        if until is None or until - now > timedelta(seconds=freshness.MAX_HOLD):
            return None
        return until if until > now else None

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for some time; a longer wish stands."""
        state = self._host(host).state
        until = self._now() + timedelta(seconds=seconds)
        if state.hold_until is None or until > state.hold_until:
            self.update(replace(state, hold_until=until))

    def pace(self, host: str, crawl_delay: float | None) -> None:
        """Follow the host's Crawl-delay, in seconds, clamped."""
        self._host(host).crawl_delay = min(max(crawl_delay or 0.0, 0.0), MAX_CRAWL_DELAY)

    def note(self, host: str, seconds: float) -> None:
        """Learn from how long an answer took."""
        entry = self._host(host)
        entry.latency = seconds if not entry.latency else (entry.latency + seconds) / 2

    def seconds_per_request(self, host: str, min_delay: float) -> float:
        """Give the seconds from one request to the next, for an estimate."""
        entry = self._host(host)
        return max(_pause(entry, min_delay), entry.latency)

    @asynccontextmanager
    async def turn(self, host: str, min_delay: float) -> AsyncIterator[None]:
        """Wait for our turn at the host and hold it.

        Raises:
            NotNow: the host asked to be left alone, or ten minutes of requests stand before us.
        """
        entry = self._host(host)
        pause = _pause(entry, min_delay)
        if entry.waiting * pause > _LONGEST_QUEUE:
            raise NotNow("long queue for this host", _LONGEST_QUEUE)
        entry.waiting += 1
        try:
            async with entry.turn:
                clock = asyncio.get_running_loop().time
                if (pause := entry.next_start - clock()) > 0:
                    await asyncio.sleep(pause)
                self._respect_hold(host)
                start = clock()
                try:
                    yield
                finally:
                    entry.next_start = start + _pause(entry, min_delay)
        finally:
            entry.waiting -= 1

    def _respect_hold(self, host: str) -> None:
        held = self.held_until(host)
        if held is not None:
            raise NotNow("host asked to wait", (held - self._now()).total_seconds())

    def _host(self, host: str) -> _Host:
        if host not in self._hosts:
            self._hosts[host] = _Host(HostState(host))
        return self._hosts[host]


def _pause(entry: _Host, min_delay: float) -> float:
    """Give the seconds between starts; a host that answers slowly is asked more slowly."""
    if min_delay <= 0:  # switched off for servers of one's own
        return entry.crawl_delay
    return max(min_delay, entry.crawl_delay, min(2 * entry.latency, _MAX_ADAPTED))
