"""Run the collector against a loopback web of hostile servers, three times, and grade it.

    python tests/bench/collect_hostile.py --tool PATH/hostile_web.py [--only ids] [--verbose]

The tool serves scenarios on 127.10.0.0/16, judges what it sees of a client and prints a
verdict for each. Run 1 polls everything; run 2 polls all again at once, except what a
server itself asked to be left alone; run 3 comes after the Retry-After of the scenarios.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

from flows import ids
from flows.collect import polling
from flows.collect.collector import Collector
from flows.model import (
    Feed,
    FeedKind,
    FeedState,
    FeedStatus,
    FetchPolicy,
    HostState,
    Item,
    ItemState,
    Missed,
    Page,
    Poll,
)
from flows.workers import Workers

RETRY_AFTER = 60


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the clock of this bench


class Site:
    """One scenario: its feed, its state between runs, its ledger."""

    def __init__(self, name: str, url: str, policy: FetchPolicy) -> None:
        self.name = name
        self.feed = Feed(ids.feed_id(name, url), name, url, FeedKind.FEED, policy)
        self.state = FeedState(self.feed.feed_id, url)
        self.items: dict[str, Item] = {}
        self.seconds: list[float] = []
        self.polls: list[Poll] = []

    def due(self, run: int) -> bool:
        if self.state.state in {FeedStatus.GONE, FeedStatus.DISABLED}:
            return False
        wish = polling.fresh_until(self.state)
        return run == 1 or wish is None or wish <= now()

    async def visit(self, collector: Collector, run: int) -> None:
        started = time.monotonic()
        if self.due(run):
            poll = await collector.poll(self.feed, self.state)
            self.state = poll.after
            self.polls.append(poll)
            for entry in poll.entries:
                item_id = ids.item_id(self.feed.feed_id, entry.url)
                article_id = ids.article_id(entry.url)
                fresh = Item(item_id, self.feed.feed_id, self.name, article_id, entry, now())
                self.items.setdefault(item_id, fresh)
        pending = [item for item in self.items.values() if item.state is ItemState.PENDING]
        await asyncio.gather(*(self.fetch(collector, item) for item in pending))
        self.seconds.append(time.monotonic() - started)

    async def fetch(self, collector: Collector, item: Item) -> None:
        got = await collector.fetch(item, self.feed)
        state, reason = (ItemState.LOADED, None)
        if isinstance(got, Missed):
            state, reason = got.state, got.reason
        self.items[item.item_id] = Item(
            item.item_id, item.feed_id, item.source_id, item.article_id, item.entry,
            item.seen_at, state, reason, item.attempts + 1,
        )  # fmt: skip
        assert isinstance(got, Page | Missed)


async def one_run(sites: list[Site], hosts: dict[str, HostState], run: int) -> None:
    with Workers(2) as workers:
        async with Collector(hosts, workers, now) as collector:
            await asyncio.gather(*(site.visit(collector, run) for site in sites))
            hosts.update({state.host: state for state in collector.host_states()})


def report(sites: list[Site], *, verbose: bool) -> None:
    for site in sites:
        polls = " ".join(
            f"{poll.outcome}({poll.error})" if poll.error else str(poll.outcome)
            for poll in site.polls
        )
        reasons = Counter(
            f"{item.state}:{item.reason}" if item.reason else str(item.state)
            for item in site.items.values()
        )
        spent = " ".join(f"{seconds:.0f}" for seconds in site.seconds)
        if verbose:
            print(f"{site.name:26} {spent:12} {polls[:150]} | {dict(reasons)}"[:400])


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--tool", type=Path, required=True)
    ask.add_argument("--only")
    ask.add_argument("--port", type=int, default=8970)
    ask.add_argument("--verbose", action="store_true")
    args = ask.parse_args()
    tool = [sys.executable, str(args.tool), "--port", str(args.port)]
    if args.only:
        tool += ["--only", args.only]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "web.jsonl"
        server = subprocess.Popen(
            [*tool, "--serve", "--log", str(log), "--retry-after", str(RETRY_AFTER)]
        )
        try:
            wait_until_ready(log)
            runs(tool, verbose=args.verbose)
        finally:
            server.terminate()
            server.wait(20)
        subprocess.run([*tool, "--grade", str(log)], check=True)


def wait_until_ready(log: Path) -> None:
    for _ in range(600):
        if log.exists() and log.stat().st_size:
            return
        time.sleep(0.1)


def runs(tool: list[str], *, verbose: bool) -> None:
    listed = subprocess.run(
        [*tool, "--sources", "json"], check=True, capture_output=True, text=True
    )
    policy = FetchPolicy(
        "https://araxes.example/bench",
        min_delay=1.0,
        allow_networks=(ip_network("127.10.0.0/16"),),
    )
    sites = [Site(one["id"], one["url"], policy) for one in json.loads(listed.stdout)]
    hosts: dict[str, HostState] = {}
    for run in (1, 2, 3):
        if run == 3:
            time.sleep(RETRY_AFTER + 2)
        subprocess.run([*tool, "--mark", f"run-{run}"], check=True)
        started = time.monotonic()
        asyncio.run(one_run(sites, hosts, run))
        print(f"run {run}: {time.monotonic() - started:.0f} s", flush=True)
    report(sites, verbose=verbose)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    cpu = time.process_time()
    print(f"peak memory {peak} MB, of the largest worker {worker} MB; CPU {cpu:.0f} s")


if __name__ == "__main__":
    main()
