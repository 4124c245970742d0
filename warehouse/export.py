"""Answers as files: Parquet, CSV that no spreadsheet executes, JSON Lines."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows import jsontext
from warehouse import receipts

ROWS = 20_000  # at a time

EXPORTED = (
    "articles",
    "sources",
    "topics",
    "actors",
    "places",
    "duplicates",
    "clusters",
    "attention_by_topic",
    "attention_by_actor",
    "attention_by_naming",
    "coverage",
    "bursts",
    "co_mentions",
    "reprints",
    "feed_health",
    "ledger",
)
# of a table as it was written, whatever the order of its rows
SUMS = "SELECT count(*) AS rows, bit_xor(hash(t)) AS checksum FROM (FROM {table}) AS t"


def export(connection: duckdb.DuckDBPyConnection, folder: Path, form: str) -> dict[Path, str]:
    """Write the marts and articles as files, their receipts beside them; give both.

    Args:
        connection: on the snapshot, from `reader.connect`.
        folder: made if missing; files of the same names are replaced.
        form: parquet, csv or jsonl.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in EXPORTED:
        path = folder / f"{table}.{form}"
        part = path.with_name(path.name + ".part")
        write(connection.execute(f"FROM {table}").to_arrow_reader(ROWS), part, form)
        written.append(part.replace(path))
    proven = {
        path: str(receipts.receipt(connection, SUMS.format(table=path.stem))) for path in written
    }
    _list_beside(folder / receipts.BESIDE, {path.name: line for path, line in proven.items()})
    return proven


def _list_beside(listed: Path, fresh: Mapping[str, str]) -> None:
    """Write the receipts of files into the list beside them; those of others stay."""
    lines = listed.read_text("utf-8").splitlines() if listed.exists() else []
    kept = [line for line in lines if line.partition("\t")[0] not in fresh]
    part = listed.with_name(listed.name + ".part")
    added = [f"{name}\t{line}" for name, line in fresh.items()]
    part.write_text("\n".join((*kept, *added, "")), encoding="utf-8")
    part.replace(listed)


def write(rows: pa.RecordBatchReader, path: Path, form: str) -> None:
    """Write rows to a file as parquet, csv or jsonl, a part at a time."""
    if form == "parquet":
        with pq.ParquetWriter(path, rows.schema, compression="zstd") as writer:
            for batch in rows:
                writer.write_batch(batch)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        TEXTS[form](rows, file)


def write_csv(rows: pa.RecordBatchReader, file: IO[str]) -> None:
    """Write rows as CSV; what a spreadsheet would run as a formula gets an apostrophe."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([neutral(name) for name in rows.schema.names])
    for row in _rows(rows):
        writer.writerow([neutral(value) for value in row.values()])


def write_jsonl(rows: pa.RecordBatchReader, file: IO[str]) -> None:
    """Write rows as JSON Lines; times in ISO 8601."""
    for row in _rows(rows):
        file.write(jsontext.text(row) + "\n")


TEXTS: Mapping[str, Callable[[pa.RecordBatchReader, IO[str]], None]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
}


def neutral(value: object) -> object:
    """Give a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, (list, tuple, dict)):
        value = jsontext.text(value)
    if isinstance(value, str) and value.lstrip().startswith(
        ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    ):
        return f"'{value}"
    if isinstance(value, str) and value.startswith(("\t", "\r", "\n")):
        return f"'{value}"
    return value


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()
