"""The ingest flow: new entries of all due feeds into the warehouse.

    araxes ingest                       in this process, without a Prefect server
    python -m flows.ingest              the same
    prefect deployment run ingest/main  on a server and a worker (prefect.yaml)

Every step is `flows.pipeline`'s; here it becomes a Prefect task, an artifact, a name.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.logging import get_run_logger

from flows.desk import Work
from flows.pipeline import Run
from flows.plan import Options
from flows.settings import Settings
from flows.setup import setup
from flows.summary import Summary


def now() -> datetime:
    """Give the time, aware and in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the flow modules own the clock


async def as_task(name: str, work: Work) -> None:
    """Run a step as a Prefect task; it is large enough that the server's cost vanishes."""
    await task(name=name, cache_policy=NO_CACHE, persist_result=False)(_awaiting(work))()


def _awaiting(work: Work) -> Work:
    # Prefect asks the function itself whether it is async; a partial does not say
    async def step() -> None:
        await work()

    return step


@flow(name="ingest", flow_run_name="ingest", log_prints=False, persist_result=False)
async def ingest(
    db: str | None = None,
    sources: str | None = None,
    only: list[str] | None = None,
    limit: int | None = None,
    *,
    everything: bool = False,
) -> dict[str, object]:
    """Poll what is due, load what is new, publish the snapshot.

    Args:
        db: the warehouse file; what ARAXES_DB says, or the default, if None.
        sources: the source list; what ARAXES_SOURCES says, or the default, if None.
        only: ids of the sources to poll; none means all.
        limit: pages to fetch at most; the rest waits for the next run.
        everything: poll feeds that are not due yet, too.
    """
    settings = Settings.from_environment()
    run = Run(setup(Path(db or settings.db), Path(sources or settings.sources), now))
    summary = await run.ingest(Options(frozenset(only or ()), limit, everything), step=as_task)
    await _report(summary)
    return summary.document()


async def server_answers() -> bool:
    """Say whether the configured Prefect server can be reached."""
    async with get_client() as client:
        return await client.api_healthcheck() is None


async def _report(summary: Summary) -> None:
    get_run_logger().info("entries: %s", summary.entries())
    await acreate_table_artifact(
        key="ingest-entries",
        table=[{"state": state, "entries": count} for state, count in summary.entries().items()],
        description=f"Run {summary.run_id}: every entry seen ends in exactly one state.",
    )
    if summary.failed_feeds:
        await acreate_table_artifact(
            key="ingest-failed-feeds",
            table=[
                {"source": feed.source_id, "url": feed.url, "error": feed.error}
                for feed in summary.failed_feeds
            ],
            description="Feeds that could not be read in this run.",
        )


if __name__ == "__main__":
    from flows.cli import main

    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    main(["ingest"])
