"""One run at work: every new entry is fetched, read in a worker, and handed to the loader."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from flows import ids, reading
from flows.collect.collector import Collector
from flows.errors import ClusterLost, WorkerError
from flows.loader import Loader
from flows.model import Item, ItemState, Missed, Page, Poll, Source, TaggedArticle
from flows.plan import DueFeed, Plan, as_items, host_groups
from flows.progress import Watcher
from flows.summary import Tally
from flows.workers import Pool

_LOG = logging.getLogger(__name__)

PAGES_OF_A_HOST = 2  # for each worker

Work = Callable[[], Coroutine[None, None, None]]
Step = Callable[[str, Work], Coroutine[None, None, None]]


async def plainly(name: str, work: Work) -> None:
    """Run a step as it is; the Prefect flow makes it a task instead."""
    del name
    await work()


@dataclass(slots=True)
class Quota:
    """How many more pages a run may fetch."""

    left: int | None

    def take(self) -> bool:
        """Take one, if there is one."""
        if self.left is None:
            return True
        self.left -= 1
        return self.left >= 0


@dataclass(slots=True)
class Desk:
    """What the coroutines of one run share.

    `slots` bounds the pages of each host that are between the network and the loader: memory
    stays bounded, and a slow host holds up only itself.
    """

    plan: Plan
    collector: Collector
    workers: Pool
    loader: Loader
    tally: Tally
    watcher: Watcher
    quota: Quota
    slots: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    under_way: dict[str, asyncio.Task[Missed | None]] = field(default_factory=dict)

    async def poll_group(self, group: Sequence[DueFeed]) -> None:
        """Poll the feeds of a group of hosts and see all their new entries through."""
        async with asyncio.TaskGroup() as tasks:
            for due in group:
                tasks.create_task(self._poll(due))

    async def resume(self, items: Sequence[Item]) -> None:
        """See entries through that an earlier run left pending."""
        self.watcher.found("pages", len(items))
        async with asyncio.TaskGroup() as tasks:
            for item in items:
                tasks.create_task(self._see_through(item))

    async def _poll(self, due: DueFeed) -> None:
        poll = await self.collector.poll(due.feed, due.state, due.source.languages)
        items = as_items(poll, due.source.source_id)
        recorded = await self.loader.record(poll, items)
        self._count(poll, due.source.source_id, recorded.new)
        self.watcher.done("feeds")
        waiting = [item for item in items if item.item_id in recorded.waiting]
        self.watcher.found("pages", len(waiting) + len(recorded.edited))
        async with asyncio.TaskGroup() as tasks:
            for item in (*waiting, *recorded.edited):
                tasks.create_task(self._see_through(item))

    def _count(self, poll: Poll, source_id: str, new: frozenset[str]) -> None:
        resumed = {item.item_id for item in self.plan.resumed}
        again = {ids.item_id(poll.feed_id, entry.url) for entry in poll.entries} & resumed
        self.tally.add_poll(poll, source_id)
        self.tally.seen += len(poll.entries) - len(again)  # counted when resumed
        self.tally.known += len(poll.entries) - len(again) - len(new)

    async def _see_through(self, item: Item) -> None:
        """Fetch, read and keep one entry; feeds that share an article share the work."""
        task = self.under_way.get(item.article_id)
        if task is None:
            task = asyncio.create_task(self._fetch_and_keep(item))
            self.under_way[item.article_id] = task
            await task
        elif (missed := await task) is not None:
            await self.loader.keep(item, missed)
        self.watcher.done("pages")

    async def _fetch_and_keep(self, item: Item) -> Missed | None:
        source = self.plan.sources.get(item.source_id)
        feed = self.plan.feeds.get(item.feed_id)
        if source is None or feed is None:
            return await self._kept(item, Missed(ItemState.REFUSED, "no longer in sources.toml"))
        host = urlsplit(item.entry.url).hostname or ""
        pages = PAGES_OF_A_HOST * self.workers.count
        async with self.slots.setdefault(host, asyncio.Semaphore(pages)):
            if not self.quota.take():
                return None
            page = await self.collector.fetch(item, feed)
            if isinstance(page, Page):
                return await self._kept(item, await self._read(page, item, source))
            return await self._kept(item, page)

    async def _read(self, page: Page, item: Item, source: Source) -> TaggedArticle | Missed:
        self.watcher.found("articles", 1)
        try:
            return await read_apart(self.workers, page, item, source)
        finally:
            self.watcher.done("articles")

    async def _kept(self, item: Item, outcome: TaggedArticle | Missed) -> Missed | None:
        await self.loader.keep(item, outcome)
        return outcome if isinstance(outcome, Missed) else None


async def read_apart(
    workers: Pool, page: Page, item: Item, source: Source
) -> TaggedArticle | Missed:
    """Read a page in a worker; whatever the page does to us, the run goes on."""
    try:
        async with workers.room(len(page.body)):
            return await workers.run(reading.SECONDS, reading.read_page, page, item, source)
    except ClusterLost:
        raise  # no page is at fault: all that is left waits for the next run
    except WorkerError as error:
        # the page is at fault, not the run: it is put aside, and named
        return Missed(ItemState.QUARANTINED, str(error))
    except Exception as error:  # noqa: BLE001 - whatever a stranger's page does to us
        _LOG.warning("page of item %s could not be read", item.item_id, exc_info=True)
        return Missed(ItemState.QUARANTINED, f"{type(error).__name__}: {error}"[:200])


async def work_off(desk: Desk, step: Step) -> None:
    """Poll, fetch, read and load all that is planned."""
    async with asyncio.TaskGroup() as outer:
        outer.create_task(desk.loader.run())
        async with asyncio.TaskGroup() as groups:
            if earlier := (*desk.plan.resumed, *desk.plan.revisits):
                groups.create_task(step("finish earlier entries", partial(desk.resume, earlier)))
            for group in host_groups(desk.plan.due):
                groups.create_task(step("poll and fetch", partial(desk.poll_group, group)))
        await desk.loader.close()
