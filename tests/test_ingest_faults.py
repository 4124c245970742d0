"""Runs that are interrupted or misled: the next one heals, nothing lost or doubled."""

import json
import signal
import subprocess
import sys
from threading import Event

import pytest
import saved_site
from test_ingest_run import page

from warehouse import reader

ARTICLES = 12
ENDS_WITHIN = 300.0  # seconds in which a run is over on a busy machine


def start(folder, *arguments: str) -> subprocess.Popen[str]:
    """Start `araxes` as a user would, in its own process group."""
    command = [sys.executable, "-m", "flows.cli", "--db", str(folder / "w.duckdb")]
    return subprocess.Popen(
        [*command, "--sources", str(folder / "sources.toml"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=ENDS_WITHIN)
    return process.returncode, out, err


class Held(dict):
    """Pages of which one is not given until it is let go, so that a run can be caught at work."""

    def __init__(self) -> None:
        super().__init__({f"/page/{n}": page(n) for n in range(ARTICLES)})
        self.asked, self.let_go = Event(), Event()

    def get(self, path: str, other: bytes | None = None) -> bytes | None:
        if path == f"/page/{ARTICLES // 2}":
            self.asked.set()
            self.let_go.wait(2 * ENDS_WITHIN)
        return super().get(path, other)


@pytest.fixture
def pages():
    return Held()


@pytest.fixture
def newsroom(tmp_path, pages):
    with saved_site.serving(pages) as base:
        toml = saved_site.sources_toml({"one": base})
        # who waits for the page that is held does not end in time
        toml = toml.replace("[defaults]", f'[defaults]\ntimeout = "{2 * ENDS_WITHIN:.0f}s"')
        (tmp_path / "sources.toml").write_text(toml)
        yield tmp_path


def loaded(folder) -> int:
    with reader.connect(folder / "w.duckdb") as connection:
        rows = connection.execute("SELECT count(*), count(DISTINCT url) FROM articles").fetchall()
    [(articles, addresses)] = rows
    assert articles == addresses
    return articles


def heals(folder) -> None:
    """Run again until nothing waits; every entry must be there once, and the sums must add up."""
    code, out, err = finish(start(folder, "ingest", "--now", "--json"))
    assert code == 0, err
    entries = json.loads(out)["entries"]
    seen = entries.pop("seen")
    assert seen == sum(entries.values())
    assert loaded(folder) == ARTICLES


@pytest.fixture
def interruptible():
    """Let what is started heed SIGINT, which a shell's jobs in the background ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_cleanly_and_is_finished_by_the_next(newsroom, pages, kind):
    process = start(newsroom, "ingest", "--now")
    assert pages.asked.wait(ENDS_WITHIN)
    process.send_signal(kind)
    code, _, err = finish(process)
    assert code == 130, err
    assert "Traceback" not in err
    pages.let_go.set()
    heals(newsroom)


@pytest.mark.slow
def test_a_second_run_leaves_at_once_and_names_the_first(newsroom, pages):
    first = start(newsroom, "ingest", "--now")
    assert pages.asked.wait(ENDS_WITHIN)
    code, _, err = finish(start(newsroom, "ingest", "--now"))
    assert code == 1
    assert "in use by araxes ingest" in err
    assert str(first.pid) in err
    pages.let_go.set()
    assert finish(first)[0] == 0


def test_a_wrong_source_list_stops_the_run_before_any_request(tmp_path):
    toml = saved_site.sources_toml({"one": "http://127.0.0.1:48999"})
    (tmp_path / "sources.toml").write_text(toml.replace("ownership", "owner"))
    code, out, err = finish(start(tmp_path, "ingest", "--json"))
    assert (code, list(json.loads(out))) == (2, ["error", "remedy"])
    assert "sources.toml:10: source[one].owner" in err
    assert not (tmp_path / "w.duckdb").exists()


def test_a_run_that_reaches_no_feed_fails(tmp_path):
    toml = saved_site.sources_toml({"one": "http://127.0.0.1:48999"})
    (tmp_path / "sources.toml").write_text(toml)
    code, out, _ = finish(start(tmp_path, "ingest", "--json"))
    assert code == 1
    assert json.loads(out)["feeds"]["failed"] == 1
