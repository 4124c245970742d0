"""Batches on disk before they are in the database: Parquet, written whole or not at all.

A batch is a folder of tables, `<sequence>-<kind>-<run>`, written under another name and synced
to disk, for which no lock is needed, then renamed into `ready/`, under the lock. Once loaded it
moves to `loaded/`: from these the whole core can be built again. What a kill left in `ready/` the
next opener loads.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PER_FOLDER = 1000
# Columns that hold words of an article, or say where it was: blanked when it is forgotten.
WORDS = frozenset(
    ("title", "text", "url", "canonical_url", "guid", "authors", "summary", "content_html",
     "surface", "evidence", "variant", "relevance_reason", "warc_ref")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StagedBatch:
    """A batch on disk; batches are loaded in the order of their sequence."""

    path: Path
    sequence: int
    kind: str
    run_id: str

    @property
    def name(self) -> str:
        """The name under which the core remembers that the batch is in."""
        return self.path.name

    def tables(self) -> dict[str, pa.Table]:
        """Read the tables of the batch."""
        return {file.stem: pq.read_table(file) for file in sorted(self.path.glob("*.parquet"))}


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """A batch that is on disk whole but has no place among the others yet."""

    path: Path
    kind: str
    run_id: str


class Staging:
    """The folder of batches beside a core."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self, kind: str, run_id: str, tables: Mapping[str, pa.Table]) -> PreparedBatch:
        """Write a batch to disk whole; it counts once it is queued.

        A run prepares one batch of a kind at a time: what a killed one left is written over.
        """
        part = self._folder / f"part-{kind}-{run_id}"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for table_name, table in tables.items():
            if table.num_rows:
                _write_synced(part / f"{table_name}.parquet", table)
        _sync_folder(part)
        return PreparedBatch(part, kind, run_id)

    def queue(self, sequence: int, prepared: PreparedBatch) -> StagedBatch:
        """Let a prepared batch count, at a place among the others."""
        name = f"{sequence:09d}-{prepared.kind}-{prepared.run_id}"
        ready = self._folder / "ready"
        ready.mkdir(exist_ok=True)
        prepared.path.rename(ready / name)
        _sync_folder(ready)
        return _batch(ready / name)

    def ready(self) -> tuple[StagedBatch, ...]:
        """Give the batches not known to be loaded, in order."""
        return tuple(_batch(path) for path in sorted((self._folder / "ready").glob("*-*-*")))

    def loaded(self) -> tuple[StagedBatch, ...]:
        """Give the batches that were loaded, in order."""
        return tuple(_batch(path) for path in sorted((self._folder / "loaded").glob("*/*-*-*")))

    def begun(self) -> frozenset[str]:
        """Give the ids of the runs that were begun here, not on another machine."""
        batches = (*self.loaded(), *self.ready())
        return frozenset(batch.run_id for batch in batches if batch.kind == "start")

    def load_again(
        self, known: frozenset[str], kinds: frozenset[str] | None = None
    ) -> tuple[StagedBatch, ...]:
        """Put loaded batches that a core does not know back among those to load, in order.

        Args:
            known: names of the batches that the core has.
            kinds: only these kinds; the others are put aside as undone. None: all.
        """
        missing = [batch for batch in self.loaded() if batch.name not in known]
        wanted = [batch for batch in missing if kinds is None or batch.kind in kinds]
        for batch in missing:
            self._move(batch, "ready" if batch in wanted else "undone")
        return tuple(wanted)

    def done(self, batch: StagedBatch) -> None:
        """Put a loaded batch away."""
        self._move(batch, f"loaded/{batch.sequence // PER_FOLDER:06d}")

    def refuse(self, batch: StagedBatch) -> None:
        """Put a batch aside that cannot be loaded, so that it is not tried for ever."""
        self._move(batch, "refused")

    def blank(self, article_ids: frozenset[str]) -> int:
        """Take the words of articles out of all batches; give how many files had any.

        Their rows stay, so that building the core again from the batches takes the same
        steps, up to the one that forgets the articles.
        """
        files = sorted(self._folder.glob("**/*.parquet"))
        ids = pa.array(sorted(article_ids), pa.string())
        return sum(_blanked(file, ids) for file in files)

    def last_sequence(self) -> int:
        """Give the highest sequence on disk, 0 if there is none."""
        batches = (*self.loaded(), *self.ready())
        return max((batch.sequence for batch in batches), default=0)

    def _move(self, batch: StagedBatch, folder: str) -> None:
        target = self._folder / folder
        target.mkdir(parents=True, exist_ok=True)
        batch.path.rename(target / batch.name)


def _blanked(file: Path, article_ids: pa.Array) -> bool:
    if "article_id" not in pq.read_schema(file).names:
        return False
    ids = pq.read_table(file, columns=["article_id"])["article_id"]
    if not pc.any(pc.is_in(ids, article_ids)).as_py():
        return False
    table = pq.read_table(file)
    theirs = pc.is_in(table["article_id"], article_ids)
    for name in WORDS & set(table.column_names):
        place = table.schema.get_field_index(name)
        empty = pa.scalar(
            [] if pa.types.is_list(table.schema.field(place).type) else "",
            table.schema.field(place).type,
        )
        table = table.set_column(
            place, table.schema.field(place), pc.if_else(theirs, empty, table[name])
        )
    part = file.with_suffix(".part")
    _write_synced(part, table)
    part.replace(file)
    return True


def _batch(path: Path) -> StagedBatch:
    sequence, kind, run_id = path.name.split("-", 2)
    return StagedBatch(path, int(sequence), kind, run_id)


def _write_synced(path: Path, table: pa.Table) -> None:
    with path.open("wb") as file:
        pq.write_table(table, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
