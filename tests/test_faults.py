"""What goes wrong on real machines, made to go wrong: the next run heals, unaided.

After each fault: nothing lost, nothing doubled, no half articles, sums equal to the ledger,
and readers were never in the way nor without a snapshot.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import saved_site
from test_ingest_run import ask, page

from warehouse.paths import Paths
from warehouse.store import Store

pytestmark = pytest.mark.slow

ARTICLES = 30
KILLS = int(os.environ.get("ARAXES_KILLS", "10"))  # 200 once by hand


PAGES = {f"/page/{n}": page(n) for n in range(ARTICLES)}


@pytest.fixture(scope="module")
def site():
    with saved_site.serving(PAGES) as base:
        yield base


@pytest.fixture
def newsroom(tmp_path, site):
    (tmp_path / "sources.toml").write_text(saved_site.sources_toml({"one": site}))
    return tmp_path


@pytest.fixture
def slow_newsroom(tmp_path):
    """Serve a site that takes its time over each page, so that a run can be caught at work."""
    with saved_site.serving(PAGES, delay=0.1) as base:
        (tmp_path / "sources.toml").write_text(saved_site.sources_toml({"one": base}))
        yield tmp_path


def start(folder: Path, *arguments: str, before: tuple[str, ...] = (), **environment: str):
    """Start `araxes` as a user would, in its own process group."""
    command = [*before, sys.executable, "-m", "flows.cli", "--db", str(folder / "w.duckdb")]
    return subprocess.Popen(
        [*command, "--sources", str(folder / "sources.toml"), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, **environment},
    )  # fmt: skip


def finish(process) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=600)
    assert "Traceback" not in err
    return process.returncode, out, err


def heals(folder: Path, articles: int = ARTICLES) -> None:
    """Run once more: all is there once, the sums add up, and every check holds."""
    code, out, err = finish(start(folder, "ingest", "--now", "--json"))
    assert code == 0, err
    entries = json.loads(out)["entries"]
    assert entries.pop("seen") == sum(entries.values())
    holds(folder, articles)
    assert ask(folder, "SELECT count(*) FROM items WHERE state = 'pending'") == [(0,)]


def holds(folder: Path, at_most: int) -> None:
    """What must be true of every snapshot there ever is."""
    [(articles, ids, empty)] = ask(
        folder,
        "SELECT count(*), count(DISTINCT article_id), count(*) FILTER (WHERE text = '')"
        "FROM articles",
    )
    assert articles == ids <= at_most
    assert empty == 0
    for view in ("assert_ids", "assert_ledger", "assert_clusters", "assert_marts"):
        assert ask(folder, f"FROM {view}") == [], view


def test_runs_killed_at_random_moments_lose_nothing_and_double_nothing(slow_newsroom):
    moments = random.Random(7)
    for _ in range(KILLS):
        process = start(slow_newsroom, "ingest", "--now")
        time.sleep(moments.uniform(0.3, 9))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if Paths(slow_newsroom / "w.duckdb").snapshot_link.exists():
            holds(slow_newsroom, ARTICLES)
    heals(slow_newsroom)
    [(loaded,)] = ask(slow_newsroom, "SELECT count(*) FROM articles")
    assert loaded == ARTICLES


@contextmanager
def small_disk(folder: Path, size: str):
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_fails_the_run_in_a_sentence_and_loses_nothing(tmp_path, site):
    with small_disk(tmp_path / "disk", "120m") as disk:
        (disk / "sources.toml").write_text(saved_site.sources_toml({"one": site}))
        assert finish(start(disk, "ingest", "--now", "--limit", "3"))[0] == 0
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        (disk / "filler").write_bytes(b"x" * (free - 100_000))
        code, _, err = finish(start(disk, "ingest", "--now"))
        assert code == 1
        assert "disk" in err
        holds(disk, ARTICLES)  # readers still have their snapshot
        (disk / "filler").unlink()
        heals(disk)


def test_a_garbage_write_ahead_log_is_noticed_and_what_it_held_is_loaded_again(newsroom):
    assert finish(start(newsroom, "ingest", "--now"))[0] == 0
    store = Store(newsroom / "w.duckdb")
    before = store.path.read_bytes()
    (newsroom / "sources.toml").write_text(
        (newsroom / "sources.toml").read_text().replace('name = "one"', 'name = "One more"')
    )
    assert finish(start(newsroom, "ingest", "--now"))[0] == 0
    # the file as it was before the last run, and a log of nothing: as after a crash
    store.path.write_bytes(before)
    Path(f"{store.path}.wal").write_bytes(os.urandom(4096))
    code, _, err = finish(start(newsroom, "ingest", "--now"))
    assert code == 0, err
    assert "write-ahead log" in err
    assert ask(newsroom, "SELECT count(*) FROM runs") == [(3,)]
    heals(newsroom)


def test_without_a_network_there_is_one_outage_and_no_feed_is_to_blame(newsroom):
    assert finish(start(newsroom, "ingest", "--now", "--limit", "3"))[0] == 0
    code, _, err = finish(start(newsroom, "ingest", "--now", before=("unshare", "-rn")))
    assert code == 1
    assert "network" in err
    assert ask(newsroom, "SELECT state, consecutive_failures FROM feeds") == [("active", 0)]
    heals(newsroom)


def test_a_clock_that_was_a_day_ahead_holds_nothing_up(newsroom):
    ahead = "import time_machine, datetime as d; from flows.cli import main;"
    ahead += "t = d.datetime.now(d.UTC) + d.timedelta(days=1);"
    ahead += "time_machine.travel(t, tick=True).start(); main()"
    command = [sys.executable, "-c", ahead, "--db", str(newsroom / "w.duckdb"), "--sources"]
    run = subprocess.run(
        [*command, str(newsroom / "sources.toml"), "ingest", "--limit", "3"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    code, out, _ = finish(start(newsroom, "ingest", "--json"))  # by the right clock, not --now
    assert code == 0
    assert json.loads(out)["feeds"]["polled"] == 1
    heals(newsroom)


def test_a_migration_cut_short_leaves_the_old_schema_and_is_done_by_the_next(newsroom):
    assert finish(start(newsroom, "ingest", "--now", "--limit", "3"))[0] == 0
    cut = """
import os, signal, sys, duckdb
from pathlib import Path
from warehouse import migrate
from warehouse.store import Store
known = migrate.scripts
def scripts(folder):
    more = (migrate.Script(998, "0998_x.sql", "CREATE TABLE x AS SELECT 1 AS y"),
            migrate.Script(999, "0999_y.sql", "SELECT die()"))
    return known(folder) + (more if folder == "migrations" else ())
migrate.scripts = scripts
connect = duckdb.connect
def connected(*a, **k):
    c = connect(*a, **k)
    c.create_function("die", lambda: os.kill(os.getpid(), signal.SIGKILL), [], "INTEGER",
                      side_effects=True)
    return c
duckdb.connect = connected
with Store(Path(sys.argv[1])).writing(): pass
"""
    db = str(newsroom / "w.duckdb")
    run = subprocess.run([sys.executable, "-c", cut, db], capture_output=True, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr
    assert list(newsroom.glob("w.before-*.duckdb"))
    repaired = cut.replace("SELECT die()", "CREATE TABLE z AS SELECT 1 AS y")
    run = subprocess.run([sys.executable, "-c", repaired, db], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr


def test_a_source_taken_out_between_runs_leaves_no_entry_waiting(newsroom, site):
    assert finish(start(newsroom, "ingest", "--now", "--limit", "3"))[0] == 0
    (newsroom / "sources.toml").write_text(saved_site.sources_toml({"two": f"{site}/page/1?"}))
    finish(start(newsroom, "ingest", "--now"))
    [(waiting,)] = ask(newsroom, "SELECT count(*) FROM items WHERE state = 'pending'")
    assert waiting == 0
    (newsroom / "sources.toml").write_text(saved_site.sources_toml({"one": site}))
    code, _, err = finish(start(newsroom, "ingest", "--now"))
    assert code == 0, err
    holds(newsroom, ARTICLES)


def test_a_prefect_server_that_dies_mid_run_costs_nothing_stored(slow_newsroom):
    from flows.serving import private_server

    with private_server(slow_newsroom / "prefect") as url:
        process = start(
            slow_newsroom, "ingest", "--now", PREFECT_API_URL=url, PREFECT_CLIENT_MAX_RETRIES="1"
        )
        wait_for(slow_newsroom / "w.warc")  # it is fetching
    process.communicate(timeout=600)  # the server is gone: however it ends, it ends
    heals(slow_newsroom)


def wait_for(path: Path) -> None:
    until = time.monotonic() + 300
    while not path.exists():
        assert time.monotonic() < until, f"{path} never came"
        time.sleep(0.2)
