"""The whole ingest over saved pages, next to plain trafilatura over the same files.

    uv run python tests/bench/ingest.py --data pages/regional pages/fundus

Each folder holds a `truth.jsonl` whose lines name saved pages (`file`). They are served on
loopback as a site with a feed, and ingested over real HTTP into a fresh warehouse.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

# the folder of tests instead of this one, whose warehouse.py would hide the package
sys.path[0] = str(Path(__file__).parents[1])

import saved_site  # noqa: E402

from flows.pipeline import Run  # noqa: E402
from flows.plan import Options  # noqa: E402
from flows.setup import setup  # noqa: E402
from flows.workers import CORES  # noqa: E402
from warehouse import reader  # noqa: E402

SITE = 20  # pages of one host

STATES = """
SELECT regexp_replace(i.source_id, '-[0-9]+$', '') AS folder, i.state,
  count(*) AS items, count(a.article_id) AS articles,
  count(*) FILTER (WHERE length(a.text) > 0) AS with_text, any_value(i.reason) AS reason
FROM items AS i LEFT JOIN articles AS a USING (article_id) GROUP BY ALL ORDER BY ALL
"""


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a benchmark owns its clock


def plain(body: bytes) -> int:
    """Extract one page as trafilatura does by default."""
    return len(trafilatura.extract(body) or "")


def plain_rate(pages: list[bytes]) -> float:
    """Give pages per second of plain trafilatura on all cores, warm."""
    with ProcessPoolExecutor(CORES) as pool:
        list(pool.map(plain, pages[: 2 * CORES]))
        started = time.perf_counter()
        list(pool.map(plain, pages, chunksize=4))
        return len(pages) / (time.perf_counter() - started)


def as_sites(folders: dict[str, dict[str, bytes]]) -> dict[str, dict[str, bytes]]:
    """Spread the pages of each folder over sites of 20: one host is asked one page at a time."""
    return {
        f"{name}-{start // SITE:02}": dict(list(pages.items())[start : start + SITE])
        for name, pages in folders.items()
        for start in range(0, len(pages), SITE)
    }


def ingest(folders: dict[str, dict[str, bytes]], work: Path) -> tuple[float, Path]:
    """Give the seconds an ingest of the folders took, and its warehouse."""
    with ExitStack() as stack:
        bases = {
            name: stack.enter_context(saved_site.serving(pages, f"127.0.2.{number}"))
            for number, (name, pages) in enumerate(folders.items(), start=1)
        }
        (work / "sources.toml").write_text(saved_site.sources_toml(bases), encoding="utf-8")
        prepared = setup(work / "bench.duckdb", work / "sources.toml", now)
        started = time.perf_counter()
        asyncio.run(Run(prepared).ingest(Options()))
        return time.perf_counter() - started, work / "bench.duckdb"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of pages")
    folders = {path.name: saved_site.saved_pages(path) for path in parser.parse_args().data}
    pages = [page for folder in folders.values() for page in folder.values()]
    with tempfile.TemporaryDirectory() as work:
        seconds, db = ingest(as_sites(folders), Path(work))
        with reader.connect(db) as connection:
            rows = connection.execute(STATES).fetchall()
    print("| source | state | items | articles | with text | a reason |\n|---|---|--:|--:|--:|---|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    items, with_text = sum(row[2] for row in rows), sum(row[4] for row in rows)
    baseline = plain_rate(pages)
    print(f"\n{len(pages)} pages served, {items} in the ledger, {with_text} with text")
    print(f"({with_text / len(pages):.1%}); whole ingest {len(pages) / seconds:.1f} pages/s,")
    print(f"plain trafilatura {baseline:.1f} pages/s: {len(pages) / seconds / baseline:.2f} of it")


if __name__ == "__main__":
    main()
