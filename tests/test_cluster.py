"""Pages read on a real Dask cluster: a scheduler, and two workers in folders of their own."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import scale_cases
from test_ingest_run import ask, prepare

from flows import cluster
from flows.errors import ClusterLost, UsageError, WorkerError
from flows.pipeline import Run
from flows.plan import Options
from flows.workers import Workers

# distributed warns of what it does itself: sockets left to the garbage collector, busy ports
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.usefixtures("swept"),
]

PATIENCE = 300.0


@contextmanager
def dask(folder: Path, *arguments: str):
    """Run a `dask` command in a folder of its own, and give what it logs."""
    folder.mkdir(parents=True)
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("dask"), *arguments, "--no-dashboard"],
            cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield process, log
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(found):
    until = time.monotonic() + PATIENCE
    while not (value := found()):
        assert time.monotonic() < until, "it never came"
        time.sleep(0.1)
    return value


@contextmanager
def cluster_of(folder: Path, workers: int):
    """Run a scheduler and workers; give its process and address."""
    scheduler = ("scheduler", "--host", "127.0.0.1", "--port", "0")
    with ExitStack() as stack:
        process, log = stack.enter_context(dask(folder / "scheduler", *scheduler))
        address = wait_for(lambda: _address(log))
        worker = ("worker", address, "--host", "127.0.0.1", "--no-nanny", "--nthreads", "1")
        logs = [
            stack.enter_context(dask(folder / f"worker-{n}", *worker))[1] for n in range(workers)
        ]
        wait_for(lambda: all("Registered to" in log.read_text() for log in logs))
        yield process, address


def _address(log: Path) -> str:
    said = [line for line in log.read_text().splitlines() if "Scheduler at:" in line]
    return said[0].split()[-1] if said else ""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with cluster_of(tmp_path_factory.mktemp("dask"), 2) as (_, address):
        yield address


@pytest.fixture
def on_cluster(address, monkeypatch):
    monkeypatch.setenv("ARAXES_DASK", address)


def ingest(folder: Path, bases: dict[str, str]):
    folder.mkdir(exist_ok=True)
    return asyncio.run(Run(prepare(folder, bases)).ingest(Options(everything=True)))


def test_two_hundred_pages_give_the_same_rows_on_a_cluster_as_here(tmp_path, address, monkeypatch):
    with scale_cases.served() as bases:
        ingest(tmp_path / "here", bases)
        monkeypatch.setenv("ARAXES_DASK", address)
        summary = ingest(tmp_path / "there", bases)
    assert summary.articles_loaded == scale_cases.PAGES
    here, there = (scale_cases.contents(tmp_path / one / "w.duckdb") for one in ("here", "there"))
    assert there == here


def test_a_flow_on_a_prefect_server_reads_on_the_cluster(tmp_path, on_cluster):
    with scale_cases.served() as bases:
        prepare(tmp_path, {"site-0": bases["site-0"]})
        command = [sys.executable, "-m", "flows.cli", "--db", str(tmp_path / "w.duckdb")]
        command += ["--sources", str(tmp_path / "sources.toml"), "ingest", "--prefect"]
        places = {
            "PREFECT_HOME": str(tmp_path / "prefect"),
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        }
        done = subprocess.run(
            command, env={**os.environ, **places}, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    assert ask(tmp_path, "SELECT count(*) FROM articles") == [(50,)]


def test_stored_articles_are_tagged_again_on_the_cluster(tmp_path, on_cluster):
    from flows.reprocessing import Options as Stages
    from flows.reprocessing import Reprocessing

    with scale_cases.served() as bases:
        ingest(tmp_path, {"site-0": bases["site-0"]})
    before = scale_cases.contents(tmp_path / "w.duckdb")
    done = asyncio.run(Reprocessing(prepare(tmp_path, bases), Stages()).carry_out())
    assert [changes.document()["articles"] for changes in done.stages.values()] == [50, 50, 50]
    after = scale_cases.contents(tmp_path / "w.duckdb")
    assert after["mentions"] == before["mentions"]
    assert after["articles"] == before["articles"]


def test_what_hangs_or_crashes_on_the_cluster_costs_itself_only(on_cluster):
    async def try_them():
        async with cluster.employed() as workers:
            with pytest.raises(WorkerError, match="hung"):
                await workers.run(1.0, time.sleep, 60)
            with pytest.raises(WorkerError, match="died"):
                await workers.run(30.0, os.abort)
            return workers.count, await workers.run(30.0, abs, -7)

    assert asyncio.run(try_them()) == (2, 7)


def test_a_cluster_that_goes_away_fails_the_run_and_blames_no_page(tmp_path, monkeypatch):
    async def lose(scheduler, bases):
        running = asyncio.create_task(
            Run(prepare(tmp_path, bases)).ingest(Options(everything=True))
        )
        loaded = tmp_path / "w.staging" / "loaded"
        await asyncio.to_thread(wait_for, lambda: any(loaded.glob("*/*-polls-*")))
        os.killpg(scheduler.pid, signal.SIGKILL)
        await running

    with scale_cases.served(delay=0.1) as served:
        bases = dict(list(served.items())[:2])
        with cluster_of(tmp_path / "dask", 1) as (scheduler, address):
            monkeypatch.setenv("ARAXES_DASK", address)
            with pytest.raises(ClusterLost):
                asyncio.run(lose(scheduler, bases))
        monkeypatch.delenv("ARAXES_DASK")
        healed = ingest(tmp_path, bases)
    assert healed.reconciles
    states = ask(tmp_path, "SELECT DISTINCT state FROM items")
    assert set(states) == {("loaded",), ("duplicate",)}
    assert ask(tmp_path, "SELECT count(*) FROM articles") == [(scale_cases.PAGES // 2,)]
    assert ask(tmp_path, "SELECT sum(consecutive_failures) FROM feeds") == [(0,)]


def test_a_cluster_that_runs_other_code_is_refused(tmp_path, on_cluster, monkeypatch):
    monkeypatch.setattr(cluster, "version", lambda _: "0.0.1")
    with pytest.raises(UsageError, match=r"runs .*0\.1\.0.*we run .*0\.0\.1"):
        ingest(tmp_path, {"one": "http://127.0.0.1:8123"})


def test_an_address_without_a_scheduler_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", "1s")
    monkeypatch.setenv("ARAXES_DASK", "tcp://127.0.0.1:9")
    with pytest.raises(UsageError, match="no Dask scheduler answers"):
        ingest(tmp_path, {"one": "http://127.0.0.1:8123"})


def test_without_a_cluster_this_machine_reads(monkeypatch):
    async def kind():
        async with cluster.employed() as workers:
            return type(workers)

    monkeypatch.delenv("ARAXES_DASK", raising=False)
    assert asyncio.run(kind()) is Workers
