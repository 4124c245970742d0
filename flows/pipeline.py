"""From due feeds to loaded articles: one ingest run, without Prefect.

    plan ─► poll feeds ─► new entries pending ─► fetch pages ─► read in workers ─► load

A run that dies leaves its entries `pending` in the ledger; the next run finishes
them. `flows.ingest` runs the same steps as Prefect tasks.
"""

from collections.abc import Container, Iterable
from functools import partial

from flows.cluster import employed
from flows.collect.collector import Collector
from flows.collect.warc import Archive
from flows.desk import Desk, Quota, Step, plainly, work_off
from flows.loader import Loader
from flows.model import Item
from flows.plan import Options, Plan, check_only, due_feeds
from flows.progress import Silent, Watcher
from flows.runs import Setup, carry_out
from flows.summary import Summary, Tally
from flows.workers import Pool


class Run:
    """One ingest run.

    Args:
        setup: what it works with.
        watcher: told of its progress.
        workers: processes to use, for callers that do many runs; else each has its own.
    """

    def __init__(
        self, setup: Setup, watcher: Watcher | None = None, workers: Pool | None = None
    ) -> None:
        self._setup = setup
        self._watcher = watcher or Silent()
        self._workers = workers

    async def ingest(self, options: Options, step: Step = plainly) -> Summary:
        """Poll, fetch, read and load what is due; publish; give the sums.

        Raises:
            Locked: another run holds the warehouse.
            UsageError: an id in `options.only` is no source's.
            AraxesError: the run failed; what it had done is kept.
        """
        check_only(self._setup.sources, options.only)
        return await carry_out(self._setup, "ingest", partial(self._collect, options, step))

    async def _collect(self, options: Options, step: Step, run_id: str, tally: Tally) -> None:
        plan = self._plan(run_id, options)
        tally.seen = len(plan.resumed)
        self._watcher.found("feeds", len(plan.due))
        async with employed(self._workers) as workers:
            archive = Archive(self._setup.store.paths.archive)
            async with Collector(plan.hosts, workers, self._setup.now, archive) as collector:
                loader = Loader(self._setup.store, run_id, tally, collector.host_states)
                quota = Quota(options.limit)
                desk = Desk(plan, collector, workers, loader, tally, self._watcher, quota)
                try:
                    await work_off(desk, step)
                finally:
                    loader.load_rest()

    def _plan(self, run_id: str, options: Options) -> Plan:
        sources, now = self._setup.sources, self._setup.now()
        with self._setup.store.writing() as writer:
            states = writer.feed_states()
            resumed = _resumed(writer.pending_items(now), states, options)
            writer.resume(run_id, resumed)
            return Plan(
                run_id=run_id,
                due=due_feeds(sources, states, options, now),
                resumed=resumed,
                sources={source.source_id: source for source in sources},
                feeds={feed.feed_id: feed for source in sources for feed in source.feeds},
                hosts=writer.host_states(),
                revisits=_resumed(writer.revisits(now), states, options),
            )


def _resumed(pending: Iterable[Item], feeds: Container[str], options: Options) -> tuple[Item, ...]:
    """Give the entries an earlier ingest left pending; those of an import wait for its file."""
    return tuple(
        item
        for item in pending
        if item.feed_id in feeds
        if not options.only or item.source_id in options.only
    )
