"""What an ingest would find: feeds are polled, and nothing is fetched or stored."""

import asyncio
import time
from collections.abc import Iterable

from flows.collect.collector import Collector
from flows.errors import WarehouseError
from flows.model import FeedState, HostState, Poll
from flows.plan import DueFeed, Options, as_items, check_only, due_feeds
from flows.runs import Setup
from flows.summary import Summary, Tally
from flows.workers import CORES, Workers
from warehouse import reader
from warehouse.store import Store


async def preview(setup: Setup, options: Options) -> Summary:
    """Poll what is due and count what is new; new entries are counted as pending."""
    started = time.monotonic()
    check_only(setup.sources, options.only)
    states, hosts = remembered(setup.store)
    due = due_feeds(setup.sources, states, options, setup.now())
    with Workers(CORES) as workers:
        async with Collector(hosts, workers, setup.now) as collector:
            polls = await asyncio.gather(*(_poll(collector, one) for one in due))
    return _summary(setup, list(zip(due, polls, strict=True)), started)


def remembered(store: Store) -> tuple[dict[str, FeedState], dict[str, HostState]]:
    """Give what is remembered of feeds and hosts; nothing where there is no warehouse yet."""
    if not store.path.exists():
        return {}, {}
    with store.writing("a preview") as writer:
        return writer.feed_states(), writer.host_states()


async def _poll(collector: Collector, due: DueFeed) -> Poll:
    return await collector.poll(due.feed, due.state, due.source.languages)


def _summary(setup: Setup, polled: list[tuple[DueFeed, Poll]], started: float) -> Summary:
    tally = Tally()
    found: set[str] = set()
    for due, poll in polled:
        tally.add_poll(poll, due.source.source_id)
        tally.seen += len(poll.entries)
        found |= {item.item_id for item in as_items(poll, due.source.source_id)}
    new = found - _known(setup.store, found)
    tally.known = tally.seen - len(new)
    return tally.summary("dry-run", {"pending": len(new)}, time.monotonic() - started)


def _known(store: Store, items: Iterable[str]) -> set[str]:
    query = "SELECT item_id FROM items WHERE item_id IN (SELECT unnest(?))"
    try:
        with reader.connect(store.path) as connection:
            return {item for (item,) in connection.execute(query, [sorted(items)]).fetchall()}
    except WarehouseError:
        return set()  # nothing was ever published: everything is new
