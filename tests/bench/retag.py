"""How fast, and in how much memory, stored articles are tagged again from the warehouse alone.

    python tests/bench/retag.py --articles 100000

Every article is stored with the tags of an older vocabulary, so all of them change.
"""

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

sys.path.pop(0)  # this folder, which has a `warehouse.py`
sys.path.insert(0, str(Path(__file__).parents[1]))

import saved_site
from warehouse_cases import NOON, a_source, alone, an_article, an_item

from flows.model import Batch
from flows.reprocessing import Options, Reprocessing
from flows.setup import setup
from warehouse.publish import publish
from warehouse.store import Store

BATCH = 5000
TEXT = (
    "Envoys of Armenia and Azerbaijan met at crossing {n} to speak of the peace treaty. "
    "The foreign ministry in Yerevan said that the border would be drawn by year {n}, and "
    "Baku asked for the road through Syunik; Georgia offered to host round {n} in Tbilisi."
)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    wanted = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder:
        prepared = _filled(Path(folder), wanted)
        before, started = _cpu(), time.monotonic()
        done = asyncio.run(Reprocessing(prepared, Options(("tag",))).carry_out())
        seconds, cpu = time.monotonic() - started, _cpu() - before
    counts = done.stages["tag"].document()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| articles | changed | seconds | CPU s | articles per CPU s | peak MB of the parent |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    print(
        f"| {counts['articles']} | {counts['changed']} | {seconds:.1f} | {cpu:.1f} "
        f"| {wanted / cpu:.0f} | {memory:.0f} |"
    )


def _filled(folder: Path, articles: int):
    source = a_source()
    sources = folder / "sources.toml"
    sources.write_text(saved_site.sources_toml({"alpha": "http://127.0.0.1:48999"}))
    store = Store(folder / "w.duckdb")
    with store.writing() as writer:
        writer.sync_sources((source,))
        writer.start_run("run1", "ingest", NOON, "0.1", "v1")
        for batch in _batches(source, articles):
            writer.load("run1", Batch(articles=batch), alone(*batch))
    publish(store.path)
    return setup(store.path, sources, lambda: NOON + timedelta(days=400))


def _batches(source, articles: int) -> Iterator[tuple]:
    for begin in range(0, articles, BATCH):
        numbers = range(begin, min(begin + BATCH, articles))
        items = (
            an_item(source, f"https://alpha.example/{n}", NOON + timedelta(days=n // 1000))
            for n in numbers
        )
        yield tuple(
            an_article(item, TEXT.format(n=n)) for n, item in zip(numbers, items, strict=True)
        )


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


if __name__ == "__main__":
    main()
