# ruff: noqa: S608 - table names are the schema's, never input
"""The core written anew: deleted rows leave their bytes in a DuckDB file until then."""

from contextlib import closing
from pathlib import Path

from warehouse import lakehouse, locks, migrate
from warehouse.literals import text
from warehouse.paths import Paths, sync
from warehouse.store import WAIT_SECONDS, Store, connect


def compact(path: Path) -> int:
    """Write the core anew with what it holds, and give how many bytes smaller it is.

    Args:
        path: the core file.

    Raises:
        Locked: another writer held it for ten minutes.
    """
    fresh = path.with_suffix(".compact")
    if lake := lakehouse.of(Paths(path)):
        with Store(path).held("compacting"), closing(lake.connect()) as connection:
            return lakehouse.compact(connection)
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
        connection.execute(f"ATTACH {text(str(core))} AS old (READ_ONLY)")
        for table in migrate.tables(connection, "old"):
            connection.execute(f'INSERT INTO main."{table}" BY NAME SELECT * FROM old."{table}"')
        connection.execute("DETACH old")
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
