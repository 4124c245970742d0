"""The publish flow: marts built anew, the read snapshot switched.

araxes publish                          in this process, without a Prefect server
prefect deployment run publish/publish  on a server and a worker (prefect.yaml)
"""

from pathlib import Path

from prefect import flow

from flows.reporting import named
from flows.settings import Settings
from warehouse.publish import publish as switch
from warehouse.store import Store


@flow(name="publish", flow_run_name="publish", retries=2, retry_delay_seconds=30)
async def publish(db: str | None = None) -> str:
    """Rebuild the marts from the facts and switch the read snapshot.

    Tried again when a writer holds the warehouse: it is free within minutes.

    Args:
        db: the warehouse file; what ARAXES_DB says, or the default, if None.
    """
    path = Path(db or Settings.from_environment().db)
    with Store(path).writing("publishing") as writer:
        writer.doubt_marts()
    snapshot = switch(path)
    await named(f"publish: {snapshot.name}")
    return str(snapshot)
