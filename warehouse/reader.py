"""The only opener for reading: the published snapshot, locked down for any SQL."""

from pathlib import Path

import duckdb

from flows.errors import Corrupt, WarehouseError
from warehouse.paths import Paths


def connect(db: Path, memory: str = "1GB") -> duckdb.DuckDBPyConnection:
    """Open the newest read snapshot of a warehouse.

    Each connection has an instance of its own, so that one's limits never bind another.

    Args:
        db: the core file, whose snapshot is opened; the core itself is never touched.
        memory: what a query may use, as DuckDB writes it.

    Raises:
        WarehouseError: nothing was published yet.
        Corrupt: the snapshot is damaged.
    """
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
        raise Corrupt(snapshot, str(error), paths.newest_snapshot()) from error
    return connection


def _attach(connection: duckdb.DuckDBPyConnection, snapshot: Path) -> None:
    quoted = str(snapshot).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS warehouse (READ_ONLY)")
    connection.execute("USE warehouse")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")  # for its cursors, too
    connection.execute("SET enable_progress_bar = false")  # it would go to standard output
    # last: from here on SQL can neither reach files and network nor undo this
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
