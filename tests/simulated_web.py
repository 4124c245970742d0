"""A made-up web of feeds with a clock of its own, polled by the real planner and collector.

Real are `flows.plan`, `Collector`, `Courier`, `Hosts` and `polling`. Made up are the clock
(an event loop that never waits), the servers behind the HTTP client, and the parsing.
"""

import asyncio
import random
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from inline_workers import Inline

from flows import ids
from flows.collect.collector import Collector
from flows.collect.feeds import FeedDocument
from flows.collect.http import Answer
from flows.model import Feed, FeedEntry, FeedKind, FeedState, FetchPolicy, PollOutcome, Source
from flows.plan import Options, due_feeds, host_groups

START = datetime(2026, 3, 1, tzinfo=UTC)
ENTRIES = 20  # in one feed document
POSTS_PER_DAY = ((200.0, 0.05), (50.0, 0.15), (10.0, 0.4), (1.0, 0.4))  # and their share
FEEDS_OF_A_HOST = (1, 1, 1, 2, 3)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next thing to do."""

    def __init__(self) -> None:
        super().__init__()
        self._moment = 0.0
        self._selector.select = self._skip

    def time(self) -> float:
        return self._moment

    def jump(self, seconds: float) -> None:
        """Let time pass in which nothing happens: the machine is off."""
        self._moment += seconds

    def _skip(self, timeout: float | None = None) -> list:
        self._moment += max(timeout or 0.0, 0.0)
        return []


@dataclass
class Served:
    """One feed as its server sees it."""

    feed: Feed
    posts: list[float]  # seconds after START
    validators: bool
    gave_validators: bool = False
    told_to_wait_until: float = 0.0
    entries: list[FeedEntry] = field(default_factory=list)

    def document(self, there: int) -> FeedDocument:
        """Give the newest entries of the first `there` posts, newest first."""
        for number in range(len(self.entries), there):
            at = START + timedelta(seconds=self.posts[number])
            self.entries.append(FeedEntry(f"{self.feed.url}/{number}", None, "", published_at=at))
        return FeedDocument(entries=tuple(self.entries[max(0, there - ENTRIES) : there][::-1]))


@dataclass
class Observed:
    """What the servers saw, and what a reader of the warehouse would have."""

    requests: int = 0
    polls: Counter = field(default_factory=Counter)
    unconditional_refetches: int = 0
    retry_after_breaches: int = 0
    too_close: int = 0  # two starts at a host nearer than min_delay
    staleness: list[float] = field(default_factory=list)  # seconds from post to poll
    missed: int = 0  # posts that a feed had pushed out before it was polled
    starts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    run_seconds: list[float] = field(default_factory=list)


class SimulatedWeb:
    """Feeds, their servers, and the runs that poll them every half hour."""

    def __init__(self, feeds: int, seed: int = 1, every: float = 1800.0, days: float = 30) -> None:
        self.random = random.Random(seed)
        self.every, self.seconds = every, days * 86400
        self.loop = VirtualLoop()
        self.served = {one.feed.url: one for one in self._made(feeds)}
        self.sources = tuple(_source(one.feed) for one in self.served.values())
        self.states = {one.feed.feed_id: FeedState(one.feed.feed_id, one.feed.url)
                       for one in self.served.values()}  # fmt: skip
        self.hosts = {}
        self.seen = dict.fromkeys(self.states, 0)
        self.observed = Observed()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.loop.time())

    def run_for(self, seconds: float) -> None:
        """Start a run every half hour, as the schedule does; a late one is dropped."""
        until = self.loop.time() + seconds
        while self.loop.time() < until:
            began = self.loop.time()
            self.loop.run_until_complete(self._run())
            took = self.loop.time() - began
            self.observed.run_seconds.append(took)
            self.loop.jump(self.every - took % self.every)

    async def _run(self) -> None:
        due = due_feeds(self.sources, self.states, Options(), self.now())
        collector = Collector(self.hosts, _NoWorkers(self.served), self.now)
        collector._courier._client = self
        tasks = [self._poll(collector, one) for group in host_groups(due) for one in group]
        await asyncio.gather(*tasks)
        self.hosts |= {state.host: state for state in collector.host_states()}

    async def _poll(self, collector: Collector, due) -> None:
        poll = await collector.poll(due.feed, due.state)
        self.states[due.feed.feed_id] = poll.after
        self.observed.polls[str(poll.outcome)] += 1
        if poll.outcome == PollOutcome.OK:
            self._note_posts(self.served[due.feed.url])

    def _note_posts(self, served: Served) -> None:
        """Note how old new posts are, and those that were pushed out unseen."""
        moment = self.loop.time()
        there, seen = bisect_right(served.posts, moment), self.seen[served.feed.feed_id]
        first = max(seen, there - ENTRIES)
        if seen:
            self.observed.missed += first - seen
            self.observed.staleness += [moment - post for post in served.posts[first:there]]
        self.seen[served.feed.feed_id] = there

    # ------------------------------------------------------------ the servers

    async def aclose(self) -> None:
        """Be the HTTP client that a collector closes."""

    async def get(self, request) -> Answer:
        """Answer a request as the servers of this web do."""
        self.observed.requests += 1
        began = self.loop.time()
        host = urlsplit(request.url).netloc
        starts = self.observed.starts[host]
        if starts and began - starts[-1] < 2.0 - 1e-6:
            self.observed.too_close += 1
        starts.append(began)
        latency = self.random.uniform(0.05, 0.5)
        await asyncio.sleep(latency)
        if request.url.endswith("/robots.txt"):
            return Answer(request.url, 404, (), b"", latency)
        return self._feed(self.served[request.url], request, began, latency)

    def _feed(self, served: Served, request, began: float, latency: float) -> Answer:
        asked = dict(request.headers)
        if began < served.told_to_wait_until:
            self.observed.retry_after_breaches += 1
        chance = self.random.random()
        if chance < 0.003:
            wait = self.random.choice((120, 3600, 86400))
            host = urlsplit(request.url).netloc
            for other in self.served.values():
                if urlsplit(other.feed.url).netloc == host:
                    other.told_to_wait_until = began + latency + wait
            return Answer(request.url, 429, (("retry-after", str(wait)),), b"", latency)
        if chance < 0.02:
            return Answer(request.url, 503, (), b"", latency)
        there = bisect_right(served.posts, began)
        etag = f'"{there}"'
        if served.gave_validators and "If-None-Match" not in asked:
            self.observed.unconditional_refetches += 1
        if asked.get("If-None-Match") == etag:
            return Answer(request.url, 304, (("etag", etag),), b"", latency)
        served.gave_validators = served.validators
        headers = (("etag", etag),) if served.validators else ()
        return Answer(request.url, 200, headers, f"{request.url} {there}".encode(), latency)

    def _made(self, feeds: int):
        host = 0
        while feeds > 0:
            host += 1
            for number in range(min(feeds, self.random.choice(FEEDS_OF_A_HOST))):
                feeds -= 1
                yield self._one(f"http://h{host}.example/feed{number}", f"s{host}-{number}")

    def _one(self, url: str, name: str) -> Served:
        rates, shares = zip(*POSTS_PER_DAY, strict=True)
        rate = self.random.choices(rates, shares)[0] * self.random.uniform(0.5, 2)
        moment, posts = -30 * 86400 / rate, []
        while moment < self.seconds:
            moment += self.random.expovariate(rate / 86400)
            posts.append(moment)
        feed = Feed(ids.feed_id(name, url), name, url, FeedKind.FEED, FetchPolicy("mailto:a@b.c"))
        return Served(feed, posts, self.random.random() < 0.8)


class _NoWorkers(Inline):
    """Stands where feeds are parsed: the body names a document of the made-up web."""

    def __init__(self, served: dict[str, Served]) -> None:
        self._served = served

    async def run(self, seconds, function, body, *rest):
        del seconds, function, rest
        url, there = body.decode().split(" ")
        return self._served[url].document(int(there))


def _source(feed: Feed) -> Source:
    return Source(
        feed.source_id, feed.source_id, "http://x.example/", "GE", "independent", "regional",
        ("en",), "http://x.example/about", (feed,),
    )  # fmt: skip
