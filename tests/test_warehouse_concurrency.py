"""Many read while one writes and is killed: nothing wrong, nothing lost, nothing doubled."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from warehouse_cases import a_source, alone, an_article, an_item, answers, begin, run_of

from flows.errors import Locked
from flows.model import Batch
from warehouse import locks, reader
from warehouse.paths import Paths
from warehouse.publish import publish
from warehouse.retention import SNAPSHOTS

WRITER = """
import sys
from pathlib import Path
from warehouse_cases import a_poll, a_source, alone, an_article, an_item, begin
from flows.model import Batch
from warehouse.store import Store

store, source = Store(Path(sys.argv[1])), a_source()
number = int(sys.argv[2])
while True:
    items = [an_item(source, f"https://alpha.example/{number}/{n}") for n in range(3)]
    articles = [an_article(item, f"Text {item.item_id}") for item in items]
    with store.writing() as writer:
        begin(writer, source, run=f"run{number}")
        writer.record_polls(f"run{number}", [a_poll(source, items)], items)
        writer.load(
            f"run{number}", Batch(items=tuple(items), articles=tuple(articles)), alone(*articles)
        )
    print(number, flush=True)
    number += 1
"""


def write_until_killed(store, number, seconds):
    """Run a writer in its own process, kill it, and give the numbers it said were loaded."""
    root = Path(__file__).parent
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store.path), str(number)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{root}:{root.parent}"},
        text=True,
    )
    first = writer.stdout.readline()
    time.sleep(seconds)
    writer.send_signal(signal.SIGKILL)
    rest = writer.communicate()[0]
    return [int(line) for line in (first + rest).split()]


def test_a_killed_writer_loses_nothing_it_acknowledged_and_doubles_nothing(store):
    acknowledged, number = [], 0
    for seconds in (0.1, 0.4):
        acknowledged += write_until_killed(store, number, seconds)
        number = acknowledged[-1]  # the next writer does the last batch again
    found = answers(
        store, "SELECT CAST(split_part(url, '/', 4) AS INT), count(*) FROM articles GROUP BY 1"
    )
    assert {count for _, count in found} == {3}
    assert set(acknowledged) <= {number for number, _ in found}
    for view in ("assert_ids", "assert_ledger", "assert_clusters", "assert_marts"):
        assert answers(store, f"FROM {view}") == []


@pytest.mark.slow
@pytest.mark.parametrize("killing", [(), ("--kill",)], ids=["undisturbed", "killed"])
def test_four_readers_see_whole_snapshots_that_never_go_back_while_one_loads_each_second(killing):
    bench = Path(__file__).parent / "bench" / "readers.py"
    watched = subprocess.run(
        [sys.executable, bench, "--seconds", "10", *killing],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert watched.returncode == 0, watched.stdout + watched.stderr


def test_a_reader_keeps_its_snapshot_while_newer_ones_appear(store):
    source = a_source()
    item = an_item(source, "https://alpha.example/1")
    run_of(store, source, [item], [an_article(item)])
    publish(store.path)
    with reader.connect(store.path) as early:
        for _ in range(SNAPSHOTS + 1):
            publish(store.path)
        assert early.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    assert len(Paths(store.path).snapshots()) == SNAPSHOTS


def test_what_is_loaded_while_the_core_is_copied_is_in_the_snapshot_whole(store, monkeypatch):
    source, copyfile = a_source(), shutil.copyfile
    items = [an_item(source, f"https://alpha.example/{n}") for n in range(2)]
    run_of(store, source, items[:1], [an_article(items[0])])

    def copy_while_one_loads(core, part):
        monkeypatch.undo()
        copyfile(core, part)
        run_of(store, source, items[1:], [an_article(items[1], "Other words")], run="run2")

    monkeypatch.setattr(shutil, "copyfile", copy_while_one_loads)
    assert answers(store, "SELECT count(*) FROM articles") == [(2,)]
    assert answers(store, "SELECT sum(articles) FROM source_days") == [(2,)]


def test_a_second_run_is_told_who_holds_the_first(store):
    told = f"araxes ingest .process {os.getpid()}, since "
    with store.run_lock("araxes ingest"), pytest.raises(Locked, match=told):
        locks.held(store.paths.run_lock, "another").__enter__()
    with store.run_lock("another"):
        pass


def test_a_batch_that_was_staged_but_not_loaded_is_loaded_by_the_next_opener(store, monkeypatch):
    source = a_source()
    item = an_item(source, "https://alpha.example/1")
    article = an_article(item)
    with store.writing() as writer:
        begin(writer, source)
        monkeypatch.setattr(type(writer), "_apply", lambda *_: None)
        with pytest.raises(AttributeError):
            writer.load("run1", Batch(items=(item,), articles=(article,)), alone(article))
        monkeypatch.undo()
    assert answers(store, "SELECT count(*) FROM articles") == [(1,)]
    assert list(store.paths.staging.glob("ready/*")) == []


def test_the_core_is_built_again_from_what_was_staged(store):
    source = a_source()
    items = [an_item(source, f"https://alpha.example/{n}") for n in range(3)]
    run_of(store, source, items, [an_article(item, f"Text {item.item_id}") for item in items])
    tables = ("articles", "items", "totals", "topic_days", "covered_days", "clusters", "runs")
    before = {table: answers(store, f"FROM {table} ORDER BY ALL") for table in tables}
    store.path.unlink()
    store.rebuild()
    assert {table: answers(store, f"FROM {table} ORDER BY ALL") for table in tables} == before
