# ruff: noqa: S608 - table names are the schema's, never input
"""The core written anew: deleted rows leave their bytes in a DuckDB file until then."""

from pathlib import Path

from warehouse import locks, migrate
from warehouse.loading import Connection
from warehouse.paths import Paths, sync
from warehouse.store import WAIT_SECONDS, connect

BOOKS = ("schema_migrations", "schema_views")


def compact(path: Path) -> int:
    """Write the core anew with what it holds, and give how many bytes smaller it is.

    Args:
        path: the core file.

    Raises:
        Locked: another writer held it for ten minutes.
    """
    fresh = path.with_suffix(".compact")
    with locks.held(Paths(path).write_lock, "compacting", WAIT_SECONDS):
        before = path.stat().st_size
        fresh.unlink(missing_ok=True)
        _fill(fresh, path)
        sync(fresh)
        fresh.replace(path)
        sync(path.parent)
        return before - path.stat().st_size


def _fill(fresh: Path, core: Path) -> None:
    connection = connect(fresh)
    try:
        migrate.migrate(connection, migrate.pending(connection, fresh))
        connection.execute(f"ATTACH '{str(core).replace(chr(39), chr(39) * 2)}' AS old (READ_ONLY)")
        for table in _tables(connection):
            connection.execute(f'INSERT INTO main."{table}" BY NAME SELECT * FROM old."{table}"')
        connection.execute("DETACH old")
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _tables(connection: Connection) -> list[str]:
    rows = connection.execute("""
        SELECT table_name FROM duckdb_tables() WHERE database_name = 'old' ORDER BY table_name
    """).fetchall()
    return [name for (name,) in rows if name not in BOOKS]
