# ruff: noqa: E402 - imports wait for the path
"""Four read in a loop while one loads each second, and may be killed: what anyone saw go wrong.

    python tests/bench/readers.py --seconds 60
    python tests/bench/readers.py --seconds 60 --kill [--db FILE.duckdb]

A reader opens the snapshot anew each time and asks what must hold in every one: marts equal facts,
nothing put off, no doubled id, no fewer articles than before. The writer records a poll, loads a
batch and publishes, as an ingest does, and says which batches it was told were loaded; `--kill`
ends it with SIGKILL at random moments and starts it again. Ends with 1 if anything was wrong.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

# a sibling script bears the name of the package it measures
sys.path[:] = [path for path in sys.path if Path(path).resolve() != Path(__file__).parent]
sys.path.insert(0, str(Path(__file__).parents[1]))

from filelock import FileLock
from warehouse_cases import a_poll, a_source, alone, an_article, an_item, begin

from flows.model import Batch
from warehouse import reader
from warehouse.publish import publish
from warehouse.store import Store

READERS = 4
BATCH = 20
ASKED = """
SELECT (SELECT count(*) FROM articles), (SELECT count(DISTINCT article_id) FROM articles),
  (SELECT sum(articles) FROM source_days), (SELECT sum(articles) FROM covered_days),
  (SELECT count(*) FROM clusters), (SELECT count(*) FROM stale_days),
  (SELECT count(*) FROM stale_stories) + (SELECT count(*) FROM unlinked_stories)
"""


def main() -> int:
    """Run readers and a writer, and print what they saw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--db", type=Path, help="start from a copy of this core")
    parser.add_argument("--role", choices=("all", "read", "write"), default="all")
    options = parser.parse_args()
    if options.role == "read":
        return read(options.db, options.seconds)
    if options.role == "write":
        return write(options.db, int(options.seconds))
    with tempfile.TemporaryDirectory() as folder:
        core = Path(folder) / "w.duckdb"
        if options.db:
            shutil.copyfile(options.db, core)
        return watch(core, options.seconds, kill=options.kill)


def watch(core: Path, seconds: float, *, kill: bool) -> int:
    """Let some read while one writes; say whether all was well."""
    with Store(core).writing() as writer:
        begin(writer, a_source())
    publish(core)
    readers = [_start("read", core, seconds) for _ in range(READERS)]
    loaded, waits, kills = _write(core, seconds, random.Random(7) if kill else None)
    seen = [json.loads(each.communicate()[0]) for each in readers]
    publish(core)
    with reader.connect(core) as connection:
        found = connection.execute("""
            SELECT CAST(split_part(url, '/', 4) AS INTEGER), count(*) FROM articles
            WHERE source_id = 'alpha' GROUP BY 1
        """).fetchall()
    lost = loaded - {number for number, _ in found}
    doubled = [number for number, times in found if times != BATCH]
    wrong = {
        key: sum(each[key] for each in seen) for key in ("errors", "inconsistent", "backwards")
    }
    print(
        f"{sum(each['answers'] for each in seen)} answers, {len(loaded)} batches, {kills} kills: "
        f"{wrong}, lost {len(lost)}, not whole {len(doubled)}"
    )
    print(f"told wrong: {[each['told'] for each in seen if each['told']]}")
    print(
        f"writer's wait for its lock: p50 {_rank(waits, 0.5):.1f} ms, p99 {_rank(waits, 0.99):.1f}"
    )
    print(f"load average {os.getloadavg()}")
    return 1 if any(wrong.values()) or lost or doubled or not loaded else 0


def _start(role: str, core: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--role", role, "--db", str(core)]
    return subprocess.Popen(
        [*command, "--seconds", str(seconds)], stdout=subprocess.PIPE, text=True
    )


def _write(
    core: Path, seconds: float, moments: random.Random | None
) -> tuple[set[int], list[float], int]:
    """Run the writer, again and again if it is killed; give what it acknowledged."""
    loaded, waits, kills, until = set[int](), list[float](), 0, time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        writer = _start("write", core, max(loaded, default=-1) + 1)
        first = writer.stdout.readline() if writer.stdout else ""
        time.sleep(max(0, min(left, moments.uniform(0, 4) if moments else left)))
        writer.send_signal(signal.SIGKILL if moments else signal.SIGTERM)
        kills += moments is not None
        for line in (first + writer.communicate()[0]).splitlines():
            number, *waited = json.loads(line)
            loaded.add(number)
            waits += waited
    return loaded, waits, kills


def _rank(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))] if values else 0.0


# ---------------------------------------------------------------- one process each


def read(core: Path, seconds: float) -> int:
    """Ask in a loop; print what went wrong."""
    seen = {"answers": 0, "errors": 0, "inconsistent": 0, "backwards": 0, "told": ""}
    last, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with reader.connect(core) as connection:
                row = connection.execute(ASKED).fetchone()
        except Exception as error:  # noqa: BLE001 - any error at all is what is counted
            seen |= {"errors": seen["errors"] + 1, "told": str(error)}
            continue
        articles, ids, in_sources, in_days, members, *put_off = row or ()
        same = {articles, ids, in_sources or 0, in_days or 0, members}
        if len(same) > 1 or any(put_off):
            seen |= {"inconsistent": seen["inconsistent"] + 1, "told": str(row)}
        seen["backwards"] += articles < last
        seen["answers"] += 1
        last = articles
    print(json.dumps(seen))
    return 0


def write(core: Path, number: int) -> int:
    """Load and publish each second; print each batch that was loaded and what it waited, ms."""
    waited: list[float] = []
    acquire = FileLock.acquire

    def timed(*arguments: object, **named: object) -> object:
        started = time.monotonic()
        held = acquire(*arguments, **named)
        waited.append((time.monotonic() - started) * 1000)
        return held

    FileLock.acquire = timed
    store, source = Store(core), a_source()
    for batch in count(number):
        started = time.monotonic()
        urls = [f"https://alpha.example/{batch}/{n}" for n in range(BATCH)]
        items = [an_item(source, url) for url in urls]
        articles = [an_article(item, f"Text {item.item_id}") for item in items]
        with store.writing() as writer:
            begin(writer, source, run=f"run{batch}")
            writer.record_polls(f"run{batch}", [a_poll(source, items)], items)
            writer.load(
                f"run{batch}",
                Batch(items=tuple(items), articles=tuple(articles)),
                alone(*articles),
            )
        print(json.dumps([batch, *waited]), flush=True)
        waited.clear()
        publish(core)
        time.sleep(max(0.0, started + 1 - time.monotonic()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
