"""Older articles of one source: its sitemaps walked, their pages fetched in turns.

    sitemaps ─► entries of the period ─► ledger, pending ─► pages, as an ingest fetches them

The entries belong to no feed that is polled, so that an ingest never takes up hours of
them; the same backfill, run again, finishes what an earlier one left pending.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from flows import ids, preview
from flows.cluster import employed
from flows.collect.backfill import Older, Period, Site, by_sitemaps, seconds_to_fetch
from flows.collect.collector import Collector
from flows.collect.warc import Archive
from flows.desk import Desk, Quota, Step, plainly, work_off
from flows.errors import AraxesError
from flows.homes import Homes
from flows.loader import Loader
from flows.model import Feed, FeedEntry, Item, Source
from flows.plan import Plan, check_only
from flows.progress import Watcher
from flows.runs import TURN, Setup, in_turns
from flows.summary import Summary, Tally
from flows.workers import Pool

RECORDED = 500  # entries the ledger takes at once
MOST = 2000  # pages of a turn, however fast they come
SHORT = 600.0  # seconds; a host that asks to wait no longer is waited for


@dataclass(frozen=True, slots=True)
class Request:
    """What a backfill is asked for; `limit` bounds the pages it fetches.

    `undated` takes articles, too, that may be of the period though nothing says so.
    """

    source_id: str
    period: Period
    limit: int | None = None
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a backfill has before it, once the sitemaps are read; `seconds` is an estimate."""

    older: Older
    found: int
    to_fetch: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Filled:
    """What a backfill did; `waits_until` is when entries that had to wait are due."""

    summary: Summary
    outlook: Outlook
    waits_until: datetime | None

    def document(self) -> dict[str, object]:
        """Give the run as `--json` prints it: an ingest's summary, and what is special here."""
        older = self.outlook.older
        return {
            **self.summary.document(),
            "sitemaps": {"read": older.sitemaps, "unread": list(older.unread)},
            "undated": len(older.undated),
            "estimated_seconds": round(self.outlook.seconds, 1),
            "waits_until": self.waits_until,
        }


Tell = Callable[[Outlook], None]


async def backfill(
    setup: Setup, request: Request, watcher: Watcher, tell: Tell, step: Step = plainly
) -> Filled:
    """Load a source's articles of a period, found through its sitemaps.

    Args:
        setup: what the run works with.
        request: whose articles, and of which days.
        watcher: told of the progress.
        tell: told what is ahead, before the first page is asked for.
        step: how the fetching of a turn is run.

    Raises:
        UsageError: no source has the id.
        Locked: another run holds the warehouse.
        AraxesError: no sitemap could be read, or a turn failed; what was done is kept.
    """
    check_only(setup.sources, [request.source_id])
    source = next(one for one in setup.sources if one.source_id == request.source_id)
    _, hosts = await asyncio.to_thread(preview.remembered, setup.store)
    async with employed() as workers:
        archive = Archive(setup.store.paths.archive)
        async with Collector(hosts, workers, setup.now, archive) as collector:
            quota = Quota(request.limit)
            filling = Filling(setup, request, source, collector, workers, watcher, tell, quota)
            summary = await in_turns(setup, "backfill", partial(filling.turn, step))
            assert filling.outlook is not None
            return Filled(summary, filling.outlook, filling.waits_until())


@dataclass(slots=True)
class Filling:
    """One backfill under way; its sitemaps are walked in the first turn."""

    setup: Setup
    request: Request
    source: Source
    collector: Collector
    workers: Pool
    watcher: Watcher
    tell: Tell
    quota: Quota
    outlook: Outlook | None = None
    wanted: frozenset[str] = frozenset()
    feed: Feed = field(init=False)

    def __post_init__(self) -> None:
        feed = self.source.feeds[0]
        self.feed = replace(feed, feed_id=backfill_feed(self.source.source_id))

    async def turn(self, step: Step, run_id: str, tally: Tally) -> float | None:
        """Fetch the pages of one turn; give the seconds until the next, None when done."""
        loader = Loader(self.setup.store, run_id, tally, self.collector.host_states)
        if self.outlook is None:
            await self._walk(loader, tally)
            items = (await self._due())[: self._pages()]
        else:
            items = (await self._due())[: self._pages()]
            await asyncio.to_thread(self._resume, run_id, items)
            tally.seen = tally.again = len(items)
        await self._fetch(run_id, items, loader, step, tally)
        return await self._pause()

    async def _fetch(
        self, run_id: str, items: Sequence[Item], loader: Loader, step: Step, tally: Tally
    ) -> None:
        plan = Plan(
            run_id=run_id,
            due=(),
            resumed=tuple(items),
            sources={self.source.source_id: self.source},
            feeds={self.feed.feed_id: self.feed},
            hosts={},
        )
        self.watcher.found("pages", -len(items))  # the desk tells of them, too
        desk = Desk(plan, self.collector, self.workers, loader, tally, self.watcher, self.quota)
        try:
            await work_off(desk, step)
        finally:
            loader.load_rest()

    # ------------------------------------------------------------ the first turn

    async def _walk(self, loader: Loader, tally: Tally) -> None:
        homes = Homes(self.setup.sources)
        site = Site(
            feed=self.feed,
            homepage=self.source.homepage,
            owns=lambda url: homes.source_id(url) == self.source.source_id,
        )
        older = await by_sitemaps(site, self.request.period, self.collector, self.watcher)
        if not older.sitemaps:
            raise no_sitemap(self.source, older)
        entries = older.entries + (older.undated if self.request.undated else ())
        now = self.setup.now()
        items = [as_item(entry, self.source.source_id, now) for entry in entries]
        self.wanted = frozenset(item.item_id for item in items)
        await self._record(items, loader, tally)
        await self._look_ahead(older)

    async def _record(self, items: Sequence[Item], loader: Loader, tally: Tally) -> None:
        tally.seen += len(items)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(loader.run())
            for start in range(0, len(items), RECORDED):
                chunk = tuple(items[start : start + RECORDED])
                recorded = await loader.record(None, chunk)
                tally.known += len(chunk) - len(recorded.new | recorded.waiting)
            await loader.close()

    async def _look_ahead(self, older: Older) -> None:
        due = [item.entry for item in await self._due()][: self.request.limit]
        seconds = seconds_to_fetch(due, self.feed.policy, self.collector)
        self.outlook = Outlook(older, len(self.wanted), len(due), seconds)
        self.watcher.found("pages", len(due))
        self.tell(self.outlook)

    # ------------------------------------------------------------ between turns

    def _pages(self) -> int:
        """Give how many pages a turn takes at the polite pace."""
        pace = self.collector.seconds_per_page(self.source.homepage, self.feed.policy)
        fitting = MOST if pace * MOST <= TURN else max(1, round(TURN / pace))
        return fitting if self.quota.left is None else min(fitting, max(self.quota.left, 0))

    async def _due(self) -> list[Item]:
        """Give what waits and is due, the newest articles first."""
        pending = await asyncio.to_thread(self._pending)
        now = self.setup.now()
        due = [
            item for item in pending if item.next_attempt_at is None or item.next_attempt_at <= now
        ]
        return sorted(due, key=_newest, reverse=True)

    async def _pause(self) -> float | None:
        if self.quota.left is not None and self.quota.left <= 0:
            return None
        held = self.collector.held_until(self.source.homepage)
        if held is not None:
            seconds = max((held - self.setup.now()).total_seconds(), 60.0) + 1
            return seconds if seconds <= SHORT else None
        return 0.0 if await self._due() else None

    def _pending(self) -> list[Item]:
        with self.setup.store.writing() as writer:
            waiting = writer.pending_items(datetime.max.replace(tzinfo=UTC))
        return [item for item in waiting if item.item_id in self.wanted]

    def _resume(self, run_id: str, items: Sequence[Item]) -> None:
        with self.setup.store.writing() as writer:
            writer.resume(run_id, items)

    def waits_until(self) -> datetime | None:
        """Give when the last of what is left pending is due, None when nothing has to wait."""
        moments = [item.next_attempt_at for item in self._pending()]
        return max((moment for moment in moments if moment), default=None)


def backfill_feed(source_id: str) -> str:
    """Give the id under which the ledger keeps a source's entries from outside its feeds."""
    return ids.feed_id(source_id, "backfill")


def as_item(entry: FeedEntry, source_id: str, now: datetime) -> Item:
    """Give an entry from outside a source's feeds its place in the ledger."""
    feed_id = backfill_feed(source_id)
    return Item(
        item_id=ids.item_id(feed_id, entry.url),
        feed_id=feed_id,
        source_id=source_id,
        article_id=ids.article_id(entry.url),
        entry=entry,
        seen_at=now,
    )


def no_sitemap(source: Source, older: Older) -> AraxesError:
    """Give the error that says where sitemaps were looked for, and what else there is."""
    error = AraxesError(
        f"{source.source_id}: no sitemap of {source.homepage} could be read; "
        f"tried {', '.join(older.unread)}"
    )
    error.remedy = "older articles may be in an archive: araxes backfill --warc FILE"
    return error


def _newest(item: Item) -> datetime:
    entry = item.entry
    moment = entry.published_at or entry.modified_at
    return moment or datetime.min.replace(tzinfo=UTC)
