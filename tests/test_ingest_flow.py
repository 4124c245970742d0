"""The ingest as a Prefect flow, on a real Prefect server of the test's own."""

import asyncio

import pytest
import saved_site
from test_ingest_run import page

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def prefect_server():
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
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
        first = asyncio.run(ingest(**places))
        again = asyncio.run(ingest(**places, everything=True))
    assert first["articles_loaded"] == 6
    assert first["entries"]["seen"] == first["entries"]["loaded"] == 6
    assert again["articles_loaded"] == 0
    # a task for each group of hosts, never one for each article
    assert asyncio.run(task_runs()) == 2


def test_a_failed_run_is_a_failed_flow_run(tmp_path, prefect_server):
    from flows.errors import ConfigError
    from flows.ingest import ingest

    (tmp_path / "sources.toml").write_text("[[source]]\n")
    with pytest.raises(ConfigError):
        asyncio.run(ingest(db=str(tmp_path / "w.duckdb"), sources=str(tmp_path / "sources.toml")))
