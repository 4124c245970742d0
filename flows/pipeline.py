"""From due feeds to a published snapshot: one ingest run, without Prefect.

    plan ─► poll feeds ─► new entries pending ─► fetch pages ─► read in workers ─► load

A run that dies leaves its entries `pending` in the ledger; the next run finishes
them. `flows.ingest` runs the same steps as Prefect tasks.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from flows import ids
from flows.collect.collector import Collector
from flows.desk import Desk, Quota, Step, plainly, work_off
from flows.errors import AraxesError
from flows.loader import Loader
from flows.model import Item, SeedDocument, Source
from flows.plan import Options, Plan, check_only, due_feeds
from flows.progress import Silent, Watcher
from flows.summary import Summary, Tally
from flows.tag.vocabulary import Vocabulary
from flows.workers import CORES, Workers
from warehouse.publish import publish
from warehouse.store import Store, Writer

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run works with.

    Args:
        store: the warehouse.
        sources: all configured sources.
        vocabulary: what articles are tagged with.
        seeds: the seed corpus, as fingerprints.
        now: the clock.
    """

    store: Store
    sources: tuple[Source, ...]
    vocabulary: Vocabulary
    seeds: tuple[SeedDocument, ...]
    now: Clock


class Run:
    """One ingest run: from its plan to its summary."""

    def __init__(
        self, setup: Setup, watcher: Watcher | None = None, workers: Workers | None = None
    ) -> None:
        self._setup = setup
        self._store = setup.store
        self._watcher = watcher or Silent()
        self._workers = workers  # for callers that do many runs; else each has its own
        self._started = time.monotonic()

    async def ingest(self, options: Options, step: Step = plainly) -> Summary:
        """Poll, fetch, read and load what is due; publish; give the sums.

        Raises:
            Locked: another run holds the warehouse.
            AraxesError: the run failed; what it had done is kept.
        """
        check_only(self._setup.sources, options.only)
        with self._store.run_lock("araxes ingest"):
            plan = self._plan(options)
            tally = Tally(seen=len(plan.resumed))
            state = "failed"
            try:
                with _unwrapped():
                    await self._collect(plan, options, tally, step)
                state = "completed"
            except (asyncio.CancelledError, KeyboardInterrupt):
                state = "interrupted"
                raise
            finally:
                summary = self._finish(plan, tally, state)
            publish(self._store.path)
            return summary

    def _plan(self, options: Options) -> Plan:
        setup = self._setup
        now = setup.now()
        run_id = ids.stable_id("run", now.isoformat(), str(os.getpid()))
        with self._store.writing() as writer:
            writer.sync_sources(setup.sources)
            writer.sync_vocabulary(setup.vocabulary)
            writer.sync_seeds(setup.seeds)
            writer.start_run(run_id, "ingest", now, code_version(), setup.vocabulary.version)
            resumed = _resumed(writer, options, now)
            writer.resume(run_id, resumed)
            return Plan(
                run_id=run_id,
                started_at=now,
                due=due_feeds(setup.sources, writer.feed_states(), options, now),
                resumed=resumed,
                sources={source.source_id: source for source in setup.sources},
                feeds={feed.feed_id: feed for source in setup.sources for feed in source.feeds},
                hosts=writer.host_states(),
            )

    async def _collect(self, plan: Plan, options: Options, tally: Tally, step: Step) -> None:
        self._watcher.found("feeds", len(plan.due))
        with nullcontext(self._workers) if self._workers else Workers(CORES) as workers:
            async with Collector(plan.hosts, workers, self._setup.now) as collector:
                loader = Loader(self._store, plan.run_id, tally, collector.host_states)
                desk = Desk(plan, collector, workers, loader, tally, self._watcher)
                desk.quota = Quota(options.limit)
                try:
                    await work_off(desk, step)
                finally:
                    loader.load_rest()

    def _finish(self, plan: Plan, tally: Tally, state: str) -> Summary:
        with self._store.writing() as writer:
            summary = Summary(
                run_id=plan.run_id,
                feeds=tally.feeds,
                seen=tally.seen,
                known=tally.known,
                states=writer.run_states(plan.run_id),
                articles_loaded=tally.articles_loaded,
                duplicates=tally.duplicates,
                seconds=time.monotonic() - self._started,
                failed_feeds=tuple(tally.failed_feeds),
            )
            differs = state == "completed" and not summary.reconciles
            final = "failed" if differs else state
            writer.finish_run(plan.run_id, final, summary.document(), self._setup.now())
        if differs:
            raise AraxesError(f"run {plan.run_id}: entries seen differ from the ledger: {summary}")
        return summary


def _resumed(writer: Writer, options: Options, now: datetime) -> tuple[Item, ...]:
    pending = writer.pending_items(now)
    return tuple(item for item in pending if not options.only or item.source_id in options.only)


@contextmanager
def _unwrapped() -> Iterator[None]:
    """Raise the first cause out of nested exception groups: one run has one reason to fail."""
    try:
        yield
    except BaseExceptionGroup as group:
        cause: BaseException = group
        while isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        raise cause from None


def code_version() -> str:
    """Version of this code, as stored with each run."""
    from importlib.metadata import version

    return version("araxes")
