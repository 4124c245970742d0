"""The reprocess flow: stages done again over what is stored.

    araxes reprocess                        in this process, without a Prefect server
    prefect deployment run reprocess/reprocess  on a server and a worker (prefect.yaml)

Every step is `flows.reprocessing`'s; here it becomes a flow run and an artifact.
"""

from datetime import date
from pathlib import Path

from prefect import flow
from prefect.artifacts import acreate_table_artifact
from prefect.logging import get_run_logger

from flows.ingest import now
from flows.reprocessing import Options, Reprocessed, Reprocessing
from flows.settings import Settings
from flows.setup import setup


@flow(name="reprocess", flow_run_name="reprocess", log_prints=False, persist_result=False)
async def reprocess(
    db: str | None = None,
    sources: str | None = None,
    stages: list[str] | None = None,
    since: date | None = None,
) -> dict[str, object]:
    """Extract, deduplicate and tag again what is stored; publish the snapshot.

    Args:
        db: the warehouse file; what ARAXES_DB says, or the default, if None.
        sources: the source list; what ARAXES_SOURCES says, or the default, if None.
        stages: of `extract`, `dedup`, `tag`, in this order; all if None.
        since: the first day (UTC+4) of the articles; all if None.
    """
    settings = Settings.from_environment()
    prepared = setup(Path(db or settings.db), Path(sources or settings.sources), now)
    options = Options(tuple(stages), since) if stages else Options(since=since)
    done = await Reprocessing(prepared, options).carry_out()
    await _report(done)
    return done.detailed()


async def _report(done: Reprocessed) -> None:
    rows = [{"stage": name} | _counts(changes.document()) for name, changes in done.stages.items()]
    get_run_logger().info("changed: %s", rows)
    await acreate_table_artifact(
        key="reprocess-stages",
        table=rows,
        description=f"Run {done.run_id}: what each stage changed.",
    )


def _counts(document: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in document.items() if isinstance(value, int)}
