"""The only opener for reading: the published snapshot, locked down for any SQL."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from flows.errors import Corrupt, UsageError, WarehouseError
from warehouse.paths import Paths

# "none" and negative sizes, which DuckDB takes too, would be no limit
MEMORY = re.compile(r"\d+(\.\d+)? ?[kmgt](i?b)?", re.IGNORECASE)
# how DuckDB says, in the middle of a query, that a block is not what was written or is not there
DAMAGE = re.compile(r"Corrupt database file|Could not read|Failed to deserialize")


@contextmanager
def reading(db: Path, memory: str = "1GB") -> Iterator[duckdb.DuckDBPyConnection]:
    """Read the newest snapshot while inside: `connect`, with damage found later told as such.

    Raises:
        Corrupt: a query came upon a damaged block.
    """
    with connect(db, memory) as connection:
        try:
            yield connection
        except duckdb.Error as error:
            raise_damage(connection, error)
            raise


def raise_damage(connection: duckdb.DuckDBPyConnection, error: duckdb.Error) -> None:
    """Raise an error as what it is if it means that the snapshot is damaged.

    Raises:
        Corrupt: it does.
    """
    if DAMAGE.search(str(error)):
        row = connection.execute(
            "SELECT path FROM duckdb_databases() WHERE database_name = 'warehouse'"
        ).fetchone()
        assert row is not None, "every reader is attached to its snapshot"
        raise _damaged(Path(row[0]), error) from error


def _damaged(snapshot: Path, error: duckdb.Error) -> Corrupt:
    told = Corrupt(snapshot, str(error), None)
    told.remedy = "araxes publish makes a new snapshot from the core"
    return told


def connect(db: Path, memory: str = "1GB") -> duckdb.DuckDBPyConnection:
    """Open the newest read snapshot of a warehouse.

    Each connection has an instance of its own, so that one's limits never bind another.

    Args:
        db: the core file, whose snapshot is opened; the core itself is never touched.
        memory: what a query may use, as DuckDB writes it.

    Raises:
        UsageError: the memory is no size, or too small to open anything.
        WarehouseError: nothing was published yet.
        Corrupt: the snapshot is damaged.
    """
    _check_memory(memory)
    paths = Paths(db)
    try:
        snapshot = paths.snapshot_link.resolve(strict=True)
    except OSError:
        missing = WarehouseError(f"{db} has no read snapshot yet")
        missing.remedy = "araxes publish" if db.exists() else "araxes demo, or araxes ingest"
        raise missing from None
    connection = duckdb.connect(
        config={
            "memory_limit": memory,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    try:
        _attach(connection, snapshot)
    except (duckdb.IOException, duckdb.SerializationException) as error:
        connection.close()
        raise _damaged(snapshot, error) from error
    except duckdb.OutOfMemoryException:
        connection.close()
        small = UsageError(f"{memory} of memory is too little to open {snapshot}")
        small.remedy = "give more, as 500MB or 2GB"
        raise small from None
    return connection


def _check_memory(memory: str) -> None:
    if not MEMORY.fullmatch(memory):
        wrong = UsageError(f"{memory!r} is no size of memory")
        wrong.remedy = "write it as 500MB or 2GB"
        raise wrong


def _attach(connection: duckdb.DuckDBPyConnection, snapshot: Path) -> None:
    quoted = str(snapshot).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS warehouse (READ_ONLY)")
    connection.execute("USE warehouse")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")  # for its cursors, too
    connection.execute("SET enable_progress_bar = false")  # it would go to standard output
    # last: from here on SQL can neither reach files and network nor undo this
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
