"""The warehouse on DuckLake, its catalogue in a real PostgreSQL: in an environment of its own.

uv run --project warehouse/lake pytest -m lake tests/test_lake.py
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import duckdb
import postgres_server
import pytest
import scale_cases
from test_ingest_run import NOW, ask, prepare

from flows.errors import WarehouseError
from flows.pipeline import Run
from flows.plan import Options
from flows.serving import private_server
from warehouse import backup, lakehouse, reader
from warehouse.compact import compact
from warehouse.paths import Paths
from warehouse.publish import publish
from warehouse.store import Store

pytestmark = [
    pytest.mark.lake,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.usefixtures("swept"),
]

ROOT = Path(__file__).parents[1]
# two runs instead of one, each of which saw its own part when it ended
BY_WRITER = frozenset(("runs", "run_items"))


@pytest.fixture(scope="module")
def postgres():
    with postgres_server.running() as catalog:
        yield catalog


@pytest.fixture
def lake(postgres, tmp_path):
    """Make a catalogue of the test's own; give what writes `w.lake.toml` into a home."""
    import psycopg

    name = f"lake_{abs(hash(tmp_path))}"
    with psycopg.connect(postgres, autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name}")
    catalog = postgres.replace("dbname=postgres", f"dbname={name}")

    def home(folder: str) -> Path:
        place = tmp_path / folder
        place.mkdir()
        toml = f'catalog = "{catalog}"\ndata = "{tmp_path / "data"}"\n'
        (place / "w.lake.toml").write_text(toml)
        return place

    return home


def ingest(folder: Path, bases: dict[str, str], only: frozenset[str] = frozenset()):
    folder.mkdir(exist_ok=True)
    options = Options(only, everything=True)
    return asyncio.run(Run(prepare(folder, bases)).ingest(options)).articles_loaded


def contents(home: Path, but: frozenset[str] = frozenset()):
    found = scale_cases.contents(home / "w.duckdb")
    return {name: rows for name, rows in found.items() if name not in but}


def test_two_hundred_pages_give_the_same_rows_on_a_lake_as_in_a_file(tmp_path, lake):
    there = lake("there")
    with scale_cases.served() as bases:
        for home in (tmp_path / "here", there):
            assert [ingest(home, bases), ingest(home, bases)] == [scale_cases.PAGES, 0]
    assert contents(there) == contents(tmp_path / "here")
    assert not (there / "w.duckdb").exists()


def test_two_workers_write_at_once_and_give_the_rows_of_one(tmp_path, lake):
    homes = [lake("one"), lake("two")]
    parts = [frozenset(("site-0", "site-1")), frozenset(("site-2", "site-3"))]
    context = get_context("spawn")
    with scale_cases.served() as bases, ProcessPoolExecutor(2, mp_context=context) as pool:
        ingest(tmp_path / "here", bases)
        loaded = list(pool.map(ingest, homes, [bases, bases], parts))
    assert loaded == [100, 100]
    publish(homes[0] / "w.duckdb")  # the last to load has seen all, whichever it was
    assert contents(homes[0], BY_WRITER) == contents(tmp_path / "here", BY_WRITER)
    assert set(ask(homes[0], "SELECT state FROM runs")) == {("completed",)}


def test_a_worker_killed_at_its_work_loses_nothing_and_holds_up_nobody(tmp_path, lake):
    homes = [lake("one"), lake("two")]
    with scale_cases.served(delay=0.02) as bases:
        for home in homes:
            prepare(home, bases)
        kill_at_work(homes[0])
        assert ingest(homes[1], bases, frozenset(("site-2", "site-3"))) == 100
        ingest(homes[0], bases, frozenset(("site-0", "site-1")))
    [(articles, ids)] = ask(homes[0], "SELECT count(*), count(DISTINCT article_id) FROM articles")
    assert articles == ids == scale_cases.PAGES
    for view in ("assert_ids", "assert_ledger", "assert_clusters", "assert_marts"):
        assert ask(homes[0], f"FROM {view}") == [], view
    states = ask(homes[0], "SELECT state, count(*) FROM runs GROUP BY ALL ORDER BY ALL")
    assert states == [("completed", 2), ("died", 1)]


def kill_at_work(home: Path) -> None:
    command = [sys.executable, "-m", "flows.cli", "--db", str(home / "w.duckdb"), "--sources"]
    command += [str(home / "sources.toml"), "ingest", "--source", "site-0", "--now"]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 300
    while not list((home / "w.staging").glob("*/*-polls-*")):
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_two_prefect_workers_share_one_server_and_one_lake(tmp_path, lake, postgres):
    """The server keeps its state in PostgreSQL; each worker has its own home and its own part."""
    database = postgres.replace("dbname=postgres", "")
    where = dict(pair.split("=") for pair in database.split())
    url = "postgresql+asyncpg://{user}@{host}:{port}/postgres".format(**where)
    with scale_cases.served() as bases, prefect_server(tmp_path, url) as environment:
        homes = {"north": lake("north"), "south": lake("south")}
        for home in homes.values():
            prepare(home, bases)
        (tmp_path / "prefect.yaml").write_text(DEPLOYMENTS)
        prefect(tmp_path, environment, "work-pool", "create", "--type", "process", "araxes")
        prefect(tmp_path, environment, "--no-prompt", "deploy", "--all")
        for part in homes:
            prefect(tmp_path, environment, "deployment", "run", f"ingest/{part}")
        workers = [
            subprocess.Popen(
                [*PREFECT, "worker", "start", "--pool", "araxes", "-q", part, "--run-once"],
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**environment, **places(home)},
            )
            for part, home in homes.items()
        ]
        assert [worker.wait(600) for worker in workers] == [0, 0]
    publish(homes["north"] / "w.duckdb")
    assert ask(homes["north"], "SELECT count(*) FROM articles") == [(scale_cases.PAGES,)]
    assert ask(homes["north"], "SELECT state FROM runs") == [("completed",), ("completed",)]


PREFECT = (sys.executable, "-m", "prefect")
DEPLOYMENTS = f"""
pull:
  - prefect.deployments.steps.set_working_directory: {{directory: "{ROOT}"}}
deployments:
  - name: north
    entrypoint: {ROOT}/flows/ingest.py:ingest
    parameters: {{only: [site-0, site-1], everything: true}}
    work_pool: {{name: araxes, work_queue_name: north}}
  - name: south
    entrypoint: {ROOT}/flows/ingest.py:ingest
    parameters: {{only: [site-2, site-3], everything: true}}
    work_pool: {{name: araxes, work_queue_name: south}}
"""


def places(home: Path) -> dict[str, str]:
    return {"ARAXES_DB": str(home / "w.duckdb"), "ARAXES_SOURCES": str(home / "sources.toml")}


def prefect(folder: Path, environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [*PREFECT, *arguments], cwd=folder, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def prefect_server(folder: Path, database: str):
    """Run a Prefect server on a PostgreSQL database; give the environment of its clients."""
    setting = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(setting, database)
        with private_server(folder / "prefect") as api:
            yield {**os.environ, "PREFECT_API_URL": api, "PREFECT_HOME": str(folder / "client")}


def test_what_is_forgotten_is_in_no_file_of_the_lake(tmp_path, lake):
    home = lake("home")
    with scale_cases.served() as bases:
        ingest(home, {"site-0": bases["site-0"]})
    store = Store(home / "w.duckdb")
    [(article, text)] = ask(home, "SELECT article_id, text FROM articles LIMIT 1")
    with store.writing() as writer:
        assert writer.forget(frozenset([article]), NOW, "asked by its author") == 1
    compact(store.path)
    publish(store.path)
    assert ask(home, "SELECT count(*) FROM articles") == [(49,)]
    files = [
        str(file) for file in (tmp_path / "data").rglob("*.parquet") if "articles" in str(file)
    ]
    assert files
    kept = duckdb.execute("SELECT text FROM read_parquet(?, union_by_name = true)", [files])
    assert text not in {one for (one,) in kept.fetchall()}


def test_readers_have_the_tables_views_and_macros_of_the_contract(lake):
    home = lake("home")
    with Store(home / "w.duckdb").writing():
        pass
    publish(home / "w.duckdb")
    with reader.connect(home / "w.duckdb") as connection:
        assert connection.execute("FROM topic_trend('peace', 'day')").fetchall() == []
        assert connection.execute("FROM attention_by_topic").fetchall() == []
    with lakehouse.of(Paths(home / "w.duckdb")).connect() as connection:
        assert connection.execute("FROM topic_trend('peace', 'day')").fetchall() == []
        assert connection.execute("FROM attention_by_topic").fetchall() == []


def test_a_catalogue_that_does_not_answer_is_named_with_a_remedy(tmp_path):
    toml = 'catalog = "host=127.0.0.1 port=9 dbname=x"\ndata = "/nowhere"\n'
    (tmp_path / "w.lake.toml").write_text(toml)
    with pytest.raises(WarehouseError, match="/nowhere") as found:
        ingest(tmp_path, {"one": "http://127.0.0.1:8123"})
    assert "PostgreSQL" in found.value.remedy


@pytest.mark.parametrize("wrong", ["catalog = 1\ndata = '/x'", "catalog = 'x'", "catalog"])
def test_a_wrong_description_of_a_lake_is_refused(tmp_path, wrong):
    (tmp_path / "w.lake.toml").write_text(wrong)
    with pytest.raises(WarehouseError, match=r"w\.lake\.toml"):
        lakehouse.of(Paths(tmp_path / "w.duckdb"))


def test_a_lake_is_backed_up_with_its_own_tools(lake, tmp_path):
    store = Store(lake("home") / "w.duckdb")
    with pytest.raises(WarehouseError, match="DuckLake") as found:
        backup.take(store, tmp_path, datetime(2026, 11, 22, tzinfo=UTC), "0.1.0")
    assert "pg_dump" in found.value.remedy
