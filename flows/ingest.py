"""The ingest flow: new entries of all due feeds into the warehouse.

    araxes ingest                         in this process, without a Prefect server
    python -m flows.ingest                the same
    prefect deployment run ingest/ingest  on a server and a worker (prefect.yaml)

Every step is `flows.pipeline`'s; here it becomes a Prefect task, an artifact, a name. There are
no retries: what failed stays pending, and the next run honours whatever Retry-After was given.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.runtime import deployment
from prefect.states import Completed

from flows.desk import Work
from flows.errors import Locked
from flows.pipeline import Run
from flows.plan import Options
from flows.reporting import named, progress, report
from flows.settings import Settings
from flows.setup import setup


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
) -> dict[str, object] | State:
    """Poll what is due, load what is new, publish the snapshot.

    A deployment's run that finds another run at work is skipped: that one does its work.

    Args:
        db: the warehouse file; what ARAXES_DB says, or the default, if None.
        sources: the source list; what ARAXES_SOURCES says, or the default, if None.
        only: ids of the sources to poll; none means all.
        limit: pages to fetch at most; the rest waits for the next run.
        everything: poll feeds that are not due yet, too.
    """
    settings = Settings.from_environment()
    prepared = setup(Path(db or settings.db), Path(sources or settings.sources), now)
    options = Options(frozenset(only or ()), limit, everything)
    try:
        async with progress() as watcher:
            summary = await Run(prepared, watcher).ingest(options, step=as_task)
    except Locked as busy:
        if deployment.id is None:
            raise
        await named(f"skipped: {busy.holder} is at work")
        return Completed(name="Skipped", message=str(busy))
    await report(summary, prepared.store.path)
    return summary.document()


@flow(name="demo", flow_run_name="demo", log_prints=False, persist_result=False)
async def demo(db: str = "warehouse/demo.duckdb", port: int = 8947) -> None:
    """Ingest the fictional newsroom, served on loopback while the flow runs.

    The second run loads nothing; a deployment whose run loaded nothing has shown what there
    is to show, and pauses itself.

    Args:
        db: the demo's warehouse file, kept from run to run.
        port: where the newsroom listens; stored addresses hold it.
    """
    from flows.demo import newsroom

    with TemporaryDirectory() as folder, newsroom.serve(now(), port) as room:
        sources = Path(folder) / "sources.toml"
        sources.write_text(room.sources_toml, encoding="utf-8")
        done = await ingest(db=db, sources=str(sources), everything=True)
    if isinstance(done, dict) and not done["articles_loaded"] and deployment.id:
        async with get_client() as client:
            await client.pause_deployment(deployment.id)


async def server_answers() -> bool:
    """Say whether the configured Prefect server can be reached."""
    async with get_client() as client:
        return await client.api_healthcheck() is None


if __name__ == "__main__":
    from flows.cli import main

    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    main(["ingest"])
