"""What a flow run shows on a Prefect server: a name that says what happened, artifacts."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID

from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from typing_extensions import override

from flows.progress import Watcher
from flows.summary import Summary
from warehouse import reader

EVERY = 5.0  # seconds between two updates of a progress artifact: each is a request
BURSTS = """
SELECT kind, id, articles, independent, origins, round(score, 1) AS score FROM bursts
WHERE day >= (SELECT max(day) FROM bursts) - 1 ORDER BY score DESC, kind, id LIMIT 10
"""


class Counted(Watcher):
    """Counts what is found and done, for whoever asks how far the run is."""

    def __init__(self) -> None:
        self._found = Counter[str]()
        self._done = Counter[str]()

    @override
    def found(self, stage: str, count: int) -> None:
        self._found[stage] += count

    @override
    def done(self, stage: str, count: int = 1) -> None:
        self._done[stage] += count

    @property
    def percent(self) -> float:
        """How much of what was found is done; more may be found while the run goes on."""
        return 100.0 * self._done.total() / max(self._found.total(), 1)


@asynccontextmanager
async def progress() -> AsyncIterator[Watcher]:
    """Give a watcher whose counts are shown as a progress artifact while inside."""
    watcher = Counted()
    key = f"progress-{flow_run.flow_name}"
    artifact = await acreate_progress_artifact(0.0, key=key, description="Feeds and pages done")
    task = asyncio.create_task(_shown(watcher, artifact))
    try:
        yield watcher
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await aupdate_progress_artifact(artifact, 100.0)


async def _shown(watcher: Counted, artifact: UUID) -> None:
    while True:
        await asyncio.sleep(EVERY)
        with suppress(OSError, RuntimeError):  # a server that is away for a moment: no progress
            await aupdate_progress_artifact(artifact, watcher.percent)


async def named(name: str) -> None:
    """Give the flow run a name that says what happened."""
    async with get_client() as client:
        await client.update_flow_run(UUID(flow_run.id), name=name[:200])


async def report(summary: Summary, db: Path) -> None:
    """Show what a run did: in its name, its log and its artifacts."""
    entries, failed = summary.entries(), len(summary.failed_feeds)
    get_run_logger().info("entries: %s", entries)
    flow = flow_run.flow_name
    await named(f"{flow}: {summary.articles_loaded} new, {failed} feeds failed")
    await acreate_table_artifact(
        key=f"{flow}-entries",
        table=[{"state": state, "entries": count} for state, count in entries.items()],
        description=f"Run {summary.run_id}: every entry seen ends in exactly one state.",
    )
    if failed:
        await acreate_table_artifact(
            key=f"{flow}-failed-feeds",
            table=[
                {"source": feed.source_id, "url": feed.url, "error": feed.error}
                for feed in summary.failed_feeds
            ],
            description="Feeds that could not be read in this run.",
        )
    await acreate_markdown_artifact(
        key=f"{flow}-summary", markdown=as_markdown(summary, bursting(db))
    )


def bursting(db: Path) -> list[tuple[object, ...]]:
    """Give what is bursting by the snapshot: kind, id, articles, independent, origins, score."""
    with reader.connect(db) as connection:
        return connection.execute(BURSTS).fetchall()


def as_markdown(summary: Summary, bursts: list[tuple[object, ...]]) -> str:
    """Give what came in, what failed and what is bursting, for people who read the UI."""
    feeds = summary.feeds
    came_in = (
        f"{feeds.get('polled', 0)} feeds polled, {len(summary.failed_feeds)} failed, "
        f"{feeds.get('not_modified', 0)} unchanged; {summary.seen} entries seen, "
        f"{summary.known} of them known; {summary.seconds:.0f} s."
    )
    title = f"# {summary.articles_loaded} articles loaded"
    return "\n\n".join([title, came_in, "## Bursting", *_table(bursts)])


def _table(bursts: list[tuple[object, ...]]) -> list[str]:
    if not bursts:
        return ["Nothing."]
    head = "| kind | id | articles | independent | origins | score |\n|---|---|---|---|---|---|"
    return ["\n".join([head, *(f"| {' | '.join(map(str, row))} |" for row in bursts)])]
