"""The ingest as a Prefect flow, on a real Prefect server of the test's own."""

import asyncio
from pathlib import Path

import pytest
import saved_site
import yaml
from test_ingest_run import page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.usefixtures("swept"),
]

ROOT = Path(__file__).parents[1]


def deployments():
    return yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]


@pytest.fixture(scope="module")
def prefect_server():
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=900):
        yield


async def task_runs() -> int:
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        return len(await client.read_task_runs(limit=200))


def test_the_flow_gives_the_same_sums_as_a_plain_run(tmp_path, prefect_server):
    from flows.ingest import ingest

    pages = {f"/page/{n}": page(n) for n in range(6)}
    with saved_site.serving(pages) as base:
        (tmp_path / "sources.toml").write_text(saved_site.sources_toml({"one": base}))
        places = {"db": str(tmp_path / "w.duckdb"), "sources": str(tmp_path / "sources.toml")}
        before = asyncio.run(task_runs())
        first = asyncio.run(ingest(**places))
        again = asyncio.run(ingest(**places, everything=True))
    assert first["articles_loaded"] == 6
    assert first["entries"]["seen"] == first["entries"]["loaded"] == 6
    assert again["articles_loaded"] == 0
    # a task for each group of hosts, never one for each article
    assert asyncio.run(task_runs()) - before == 2


def test_a_run_is_named_by_what_happened_and_shows_it(tmp_path, prefect_server):
    from flows.ingest import ingest

    with saved_site.serving({"/page/1": page(1)}) as base:
        bases = {"one": base, "dead": "http://127.0.0.1:48999"}
        (tmp_path / "sources.toml").write_text(saved_site.sources_toml(bases))
        asyncio.run(ingest(db=str(tmp_path / "w.duckdb"), sources=str(tmp_path / "sources.toml")))
    names, artifacts = asyncio.run(shown())
    assert "ingest: 1 new, 1 feeds failed" in names
    assert artifacts["ingest-failed-feeds"]
    assert "1 articles loaded" in artifacts["ingest-summary"]
    assert artifacts["progress-ingest"] == 100.0


async def shown():
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        runs = await client.read_flow_runs(limit=200)
        artifacts = await client.read_artifacts(limit=200)
    latest = {one.key: one.data for one in sorted(artifacts, key=lambda one: one.created)}
    return {run.name for run in runs}, latest


def test_the_demo_s_flow_loads_its_newsroom_once(tmp_path, prefect_server):
    from flows.ingest import demo
    from warehouse import reader

    db = tmp_path / "demo.duckdb"
    for expected in (False, True):
        asyncio.run(demo(db=str(db), port=8961))
        with reader.connect(db) as connection:
            loaded = connection.execute(
                "SELECT CAST(counts->'articles_loaded' AS INTEGER) FROM runs ORDER BY started_at"
            ).fetchall()
        assert (loaded[-1] == (0,)) is expected


@pytest.mark.parametrize("deployment", deployments(), ids=lambda one: one["name"])
def test_every_deployment_runs_a_flow_that_takes_its_parameters(deployment):
    from prefect.flows import load_flow_from_entrypoint

    flow = load_flow_from_entrypoint(str(ROOT / deployment["entrypoint"]))
    given = deployment.get("parameters", {})
    assert given.keys() <= flow.parameters.properties.keys()
    # what runs by itself has nobody to fill in its form
    assert not deployment.get("schedules") or not set(flow.parameters.required) - given.keys()


def test_a_failed_run_is_a_failed_flow_run(tmp_path, prefect_server):
    from flows.errors import ConfigError
    from flows.ingest import ingest

    (tmp_path / "sources.toml").write_text("[[source]]\n")
    with pytest.raises(ConfigError):
        asyncio.run(ingest(db=str(tmp_path / "w.duckdb"), sources=str(tmp_path / "sources.toml")))
