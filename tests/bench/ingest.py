"""The whole ingest over saved pages, next to its extraction stage and to trafilatura alone.

    uv run python tests/bench/ingest.py --data pages/regional pages/fundus

Each folder holds a `truth.jsonl` whose lines name saved pages (`file`). They are served on
loopback as sites with feeds, and ingested over real HTTP into a fresh warehouse by a process of
its own, whose CPU is counted with that of all its workers. Start-up is that of an ingest of one
page; the larger the run, the less it weighs: `--times 3` serves every page three times. What an
ingest asks of trafilatura is text, title, authors and date: `with metadata`; its text alone is
given beside it.
"""

import argparse
import asyncio
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

# the folder of tests instead of this one, whose warehouse.py would hide the package
sys.path[0] = str(Path(__file__).parents[1])

import saved_site  # noqa: E402

from flows.model import FeedEntry, Item, Page, Source  # noqa: E402
from flows.reading import read_page  # noqa: E402
from flows.workers import CORES, Workers  # noqa: E402
from warehouse import reader  # noqa: E402

SITE = 20  # pages of one host
ARAXES = Path(sys.executable).with_name("araxes")
SUBREAPER = 36  # prctl(2): workers of a fork server come back to us, and so does their CPU

STATES = """
SELECT regexp_replace(i.source_id, '-[0-9]+$', '') AS folder, i.state,
  count(*) AS items, count(a.article_id) AS articles,
  count(*) FILTER (WHERE length(a.text) > 0) AS with_text, any_value(i.reason) AS reason
FROM items AS i LEFT JOIN articles AS a USING (article_id) GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a run: on the wall, and of CPU in all its processes."""

    wall: float
    cpu: float

    def line(self, name: str, pages: int, bases: Sequence["Cost"]) -> str:
        """Give a row of the table; ratios are rates, against each of the bases."""
        rates = f"{pages / self.wall:.1f} | {1000 * self.cpu / pages:.0f}"
        ratios = (f"{base.wall / self.wall:.2f} | {base.cpu / self.cpu:.2f}" for base in bases)
        return f"| {name} | {rates} | {' | '.join(ratios)} |"


def text_only(body: bytes) -> float:
    """Extract the text of one page as trafilatura does by default; give its CPU seconds."""
    begun = time.process_time()
    trafilatura.extract(body)
    return time.process_time() - begun


def with_metadata(body: bytes) -> float:
    """Extract text, title, authors and date of one page, as an ingest needs; give CPU seconds."""
    begun = time.process_time()
    trafilatura.bare_extraction(body, url="https://bench.example/", with_metadata=True)
    return time.process_time() - begun


def plain_cost(pages: list[bytes], extract: Callable[[bytes], float]) -> Cost:
    """Trafilatura alone on all cores, warm."""
    with ProcessPoolExecutor(CORES) as pool:
        list(pool.map(extract, pages[: 2 * CORES]))
        started = time.perf_counter()
        cpu = sum(pool.map(extract, pages, chunksize=4))
        return Cost(time.perf_counter() - started, cpu)


def stage(body: bytes, number: int) -> float:
    """Do to one page what a worker of an ingest does; give its CPU seconds."""
    begun = time.process_time()
    url = f"https://bench.example/{number}"
    now = datetime.now(UTC)  # noqa: TID251 - a benchmark owns its clock
    page = Page("bench", url, body, "text/html", now)
    source = Source("b", "B", url, "AM", "independent", "regional", ("en", "ru", "hy"), "", ())
    read_page(page, Item("b", "b", "b", "bench", FeedEntry(url, None, ""), now), source)
    return time.process_time() - begun


async def stage_cost(pages: list[bytes]) -> Cost:
    """The extraction stage alone in the same worker pool, warm."""
    with Workers(CORES) as workers:
        await asyncio.gather(*(workers.run(60, stage, page, 0) for page in pages[: 2 * CORES]))
        started = time.perf_counter()
        tasks = (workers.run(600, stage, page, number) for number, page in enumerate(pages))
        cpu = sum(await asyncio.gather(*tasks))
        return Cost(time.perf_counter() - started, cpu)


def whole_cost(folders: dict[str, dict[str, bytes]], work: Path) -> Cost:
    """A whole ingest of the folders in a process of its own, from its first import to its end."""
    with ExitStack() as stack:
        bases = {
            name: stack.enter_context(saved_site.serving(pages, f"127.0.2.{number}"))
            for number, (name, pages) in enumerate(folders.items(), start=1)
        }
        (work / "sources.toml").write_text(saved_site.sources_toml(bases), encoding="utf-8")
        before, started = _cpu_of_children(), time.perf_counter()
        db, sources = str(work / "bench.duckdb"), str(work / "sources.toml")
        command = (str(ARAXES), "--db", db, "--sources", sources, "--json", "-q", "ingest")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        wall = time.perf_counter() - started
        _reap()
        return Cost(wall, _cpu_of_children() - before)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap() -> None:
    """Wait a moment for the processes that an ingest left to us; the fork server of ours stays."""
    for _ in range(40):
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.05)
        except ChildProcessError:
            return


def as_sites(folders: dict[str, dict[str, bytes]], times: int) -> dict[str, dict[str, bytes]]:
    """Spread the pages of each folder over sites of 20: one host is asked one page at a time."""
    return {
        f"{name}-{again}{start // SITE:02}": dict(list(pages.items())[start : start + SITE])
        for again in range(times)
        for name, pages in folders.items()
        for start in range(0, len(pages), SITE)
    }


def measured(pages: list[bytes], sites: dict[str, dict[str, bytes]]) -> tuple[Cost, ...]:
    """Measure each once: an ingest of a page, of all, the stage, trafilatura in both ways."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as all_of_them:
        start = whole_cost({"one-00": {"/page/0": pages[0]}}, Path(one))
        whole = whole_cost(sites, Path(all_of_them))
        print_states(Path(all_of_them) / "bench.duckdb")
    alone = asyncio.run(stage_cost(pages))
    return start, whole, alone, plain_cost(pages, with_metadata), plain_cost(pages, text_only)


def best(costs: tuple[Cost, ...]) -> Cost:
    """Give the least of each: what else the machine does only adds to it."""
    return Cost(min(cost.wall for cost in costs), min(cost.cpu for cost in costs))


def print_states(db: Path) -> None:
    """Print what became of the entries."""
    with reader.connect(db) as connection:
        rows = connection.execute(STATES).fetchall()
    print("| source | state | items | articles | with text | a reason |\n|---|---|--:|--:|--:|---|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of pages")
    parser.add_argument("--times", type=int, default=1, help="serve every page so often")
    parser.add_argument("--rounds", type=int, default=1, help="measure in turns; the best counts")
    options = parser.parse_args()
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    folders = {path.name: saved_site.saved_pages(path) for path in options.data}
    pages = [page for folder in folders.values() for page in folder.values()] * options.times
    sites = as_sites(folders, options.times)
    rounds = [measured(pages, sites) for _ in range(options.rounds)]
    start, whole, alone, *bases = (best(costs) for costs in zip(*rounds, strict=True))
    later = Cost(whole.wall - start.wall, whole.cpu - start.cpu)
    print(f"\n{len(pages)} pages served\n")
    print("| | pages/s | CPU ms/page | rate × trafilatura with metadata, wall | by CPU |", end="")
    print(" rate × its text only, wall | by CPU |\n|---|--:|--:|--:|--:|--:|--:|")
    rows = {
        "trafilatura with metadata, warm": bases[0],
        "trafilatura, text only, warm": bases[1],
        "extraction stage alone, warm": alone,
        "whole ingest with start-up": whole,
        "whole ingest after start-up": later,
    }
    for name, cost in rows.items():
        print(cost.line(name, len(pages), bases))
    print(f"\nStart-up (an ingest of one page): {start.wall:.1f} s, {start.cpu:.1f} s CPU. Whole")
    print(f"ingest against the stage alone: {alone.wall / whole.wall:.2f} with start-up,")
    print(f"{alone.wall / later.wall:.2f} after it; by CPU {alone.cpu / later.cpu:.2f}.")


if __name__ == "__main__":
    main()
