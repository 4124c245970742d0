"""The only opener for reading: the published snapshot, locked down for any SQL."""

from pathlib import Path

import duckdb

from flows.errors import Corrupt, WarehouseError
from warehouse.paths import Paths


def connect(db: Path, memory: str = "1GB") -> duckdb.DuckDBPyConnection:
    """Open the newest read snapshot of a warehouse.

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
        raise WarehouseError(f"{db} has no read snapshot yet: run `araxes publish`") from None
    try:
        connection = duckdb.connect(
            str(snapshot),
            read_only=True,
            config={
                "memory_limit": memory,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
    except (duckdb.IOException, duckdb.SerializationException) as error:
        raise Corrupt(snapshot, str(error), paths.newest_snapshot()) from error
    connection.execute("SET TimeZone = 'UTC'")
    # last: from here on SQL can neither reach files and network nor undo this
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
