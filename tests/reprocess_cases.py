"""A small warehouse ingested over real HTTP, for the tests of doing stages again."""

import asyncio
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import saved_site
from test_ingest_run import page

from flows.pipeline import Run
from flows.plan import Options
from flows.reprocessing import Options as Again
from flows.reprocessing import Reprocessing
from flows.setup import setup
from warehouse import reader
from warehouse.publish import publish

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LEFT_OUT = ("runs", "polls", "applied_batches", "schema_views", "search_documents")
LEFT_OUT += ("postings_recent", "postings_sealed", "search_words")  # numbers, not content


def wine() -> bytes:
    """Give a page that is about nothing we watch."""
    words = " ".join(f"Barrel {n} of the invented cellar holds {n * 7} litres." for n in range(40))
    title = "A harvest in an invented valley"
    return (
        f"<html lang='en'><head><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1><p>{words}</p></article></body></html>"
    ).encode()


PAGES = {f"/page/{n}": page(n) for n in range(4)} | {"/page/wine": wine()}
COPIES = {"/page/copy": page(1)}


def build(folder: Path, workers) -> Path:
    """Ingest two sites into a warehouse: five articles, and a copy of one elsewhere."""
    with saved_site.serving(PAGES) as one, saved_site.serving(COPIES) as two:
        toml = saved_site.sources_toml({"one": one, "two": two})
        (folder / "sources.toml").write_text(toml, encoding="utf-8")
        asyncio.run(Run(prepare(folder), workers=workers).ingest(Options(everything=True)))
    return folder


def prepare(folder: Path, at: datetime = NOW):
    return setup(folder / "w.duckdb", folder / "sources.toml", lambda: at)


def copied(template: Path, folder: Path) -> Path:
    """Give a warehouse of one's own."""
    shutil.copytree(template, folder, dirs_exist_ok=True, symlinks=True)
    return folder


def doing(folder: Path, workers, stages, options) -> Reprocessing:
    return Reprocessing(prepare(folder), Again(stages, **options), workers=workers)


def again(folder: Path, workers, *stages: str, **options):
    """Do stages again."""
    return asyncio.run(doing(folder, workers, stages, options).carry_out())


def would(folder: Path, workers, *stages: str, **options):
    """Say what stages would change."""
    return asyncio.run(doing(folder, workers, stages, options).preview())


@contextmanager
def core(folder: Path):
    """Open the core behind the store's back, to damage it."""
    connection = duckdb.connect(str(folder / "w.duckdb"))
    try:
        yield connection
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
    publish(folder / "w.duckdb")


def facts(folder: Path) -> dict[str, list]:
    """Give all that is stored, outside the books of runs and polls."""
    with reader.connect(folder / "w.duckdb") as connection:
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse' ORDER BY 1"
        ).fetchall()
        return {
            name: sorted(connection.execute(f"FROM {name}").fetchall(), key=repr)
            for (name,) in tables
            if name not in LEFT_OUT
        }


def ask(folder: Path, query: str):
    with reader.connect(folder / "w.duckdb") as connection:
        return connection.execute(query).fetchall()
