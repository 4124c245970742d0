"""Schedules on one machine, without a Prefect server of your own to run.

    araxes serve

`prefect.serve` runs what is due, in processes of its own. It needs the schedules kept
somewhere: with no PREFECT_API_URL a private server on loopback, in a folder beside the
warehouse, lives as long as the command does.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from flows.errors import AraxesError

STARTS_WITHIN = 180.0  # seconds: a server's first start makes its database


@contextmanager
def private_server(folder: Path) -> Iterator[str]:
    """Run a Prefect server on loopback while inside, and give its API address.

    Args:
        folder: holds its database and its log.

    Raises:
        AraxesError: it did not start; the message names its log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    port = _free_port()
    url = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)]
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603 - our own interpreter
            [*command, "--host", "127.0.0.1"],
            env=_environment(folder),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we end it after the runs have ended
        )
    try:
        _wait_for(server, url, log)
        yield url
    finally:
        server.terminate()
        server.wait()


def serve(every: timedelta, db: Path, sources: Path) -> None:
    """Ingest at an interval until interrupted; `PREFECT_API_URL` says where that is kept.

    Args:
        every: from one ingest's start to the next; one that finds another at work is dropped.
        db: the warehouse.
        sources: the source list.
    """
    from prefect import serve as run_what_is_due
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment

    from flows.ingest import ingest

    one_run = ConcurrencyLimitConfig(
        limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
    )
    places = {"db": str(db.absolute()), "sources": str(sources.absolute())}
    deployment = ingest.to_deployment(
        "served", interval=every, parameters=places, concurrency_limit=one_run
    )
    assert isinstance(deployment, RunnerDeployment)  # a coroutine only where a loop is running
    run_what_is_due(deployment)


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PREFECT_HOME": str(folder.absolute()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while server.poll() is None and time.monotonic() < until:
        try:
            with urlopen(f"{url}/health", timeout=5):  # noqa: S310 - our own loopback server
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise AraxesError(f"the private Prefect server did not start; its log is {log}")
