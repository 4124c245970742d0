"""Pages a second past one machine: Dask with one and two workers, DuckLake with one and two.

    uv run python tests/bench/scale.py --pages 200
    uv run --project warehouse/lake python tests/bench/scale.py --pages 200 --lake

Pages of ours are served on loopback. Everything runs on this machine, so two workers can be
faster only as far as it has cores to spare beside server, scheduler and database.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

# the folder of tests instead of this one, whose warehouse.py would hide the package
sys.path[0] = str(Path(__file__).parents[1])

import postgres_server  # noqa: E402
import scale_cases  # noqa: E402
from test_ingest_run import prepare  # noqa: E402

from flows.pipeline import Run  # noqa: E402
from flows.plan import Options  # noqa: E402


def ingest(home: Path, bases: dict[str, str], only: tuple[str, ...] = ()) -> int:
    """Ingest some sites into a warehouse, and give how many articles were loaded."""
    options = Options(frozenset(only), everything=True)
    return asyncio.run(Run(prepare(home, bases)).ingest(options)).articles_loaded


def timed(name: str, work: Callable[[], int]) -> None:
    """Do some work, and print how many pages a second it was."""
    started = time.perf_counter()
    loaded = work()
    seconds = time.perf_counter() - started
    print(f"| {name} | {loaded} | {seconds:.1f} | {loaded / seconds:.1f} |", flush=True)


def on_dask(folder: Path, bases: dict[str, str]) -> None:
    """Time this machine's workers, then one and two Dask workers of one process each."""
    from test_cluster import cluster_of

    timed("here", lambda: ingest(_home(folder, "here"), bases))
    for workers in (1, 2):
        with cluster_of(folder / f"dask-{workers}", workers) as (_, address):
            os.environ["ARAXES_DASK"] = address
            home = _home(folder, f"on-{workers}")
            timed(f"Dask, {workers} of one thread", lambda home=home: ingest(home, bases))
    del os.environ["ARAXES_DASK"]


def on_lake(folder: Path, bases: dict[str, str]) -> None:
    """Time a file, then one and two processes that load into one lake."""
    timed("a file", lambda: ingest(_home(folder, "here"), bases))
    for workers in (1, 2):
        with lake_homes(folder, workers) as homes:
            parts = [tuple(bases)[at::workers] for at in range(workers)]
            with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
                every = [bases] * workers
                timed(
                    f"DuckLake, {workers} at once",
                    lambda pool=pool, homes=homes, every=every, parts=parts: sum(
                        pool.map(ingest, homes, every, parts)
                    ),
                )


@contextmanager
def lake_homes(folder: Path, count: int) -> Iterator[list[Path]]:
    """Give the homes of some workers of a lake of their own."""
    with postgres_server.running() as catalog:
        homes = [_home(folder, f"lake-{count}-{n}") for n in range(count)]
        for home in homes:
            toml = f'catalog = "{catalog}"\ndata = "{folder / f"data-{count}"}"\n'
            (home / "w.lake.toml").write_text(toml)
        yield homes


def _home(folder: Path, name: str) -> Path:
    home = folder / name
    home.mkdir()
    return home


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=scale_cases.PAGES)
    parser.add_argument("--lake", action="store_true")
    given = parser.parse_args()
    scale_cases.PAGES = given.pages
    print(f"load {os.getloadavg()[0]:.1f}\n\n| | pages | s | pages/s |\n|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder, scale_cases.served() as bases:
        (on_lake if given.lake else on_dask)(Path(folder), bases)


if __name__ == "__main__":
    main()
