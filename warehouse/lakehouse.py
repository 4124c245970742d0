"""A core that several machines write: on DuckLake, its catalogue in PostgreSQL.

This is the only module that knows either.
A file `X.lake.toml` beside where the core `X.duckdb` would be says where it is instead:

    catalog = "host=db.example dbname=araxes"   # as libpq takes it; passwords from ~/.pgpass
    data = "/srv/araxes/lake"                   # Parquet files; every machine sees this folder

Staged batches, archive and snapshots stay beside it, on each machine its own. Loads take turns
by an advisory lock of PostgreSQL, which its server releases when their process dies: DuckLake
has no unique keys, so two loads at once could both find that an article is new.
"""

import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from flows.errors import Locked, WarehouseError
from warehouse import migrate
from warehouse.literals import text
from warehouse.paths import Paths

NAME = "core"
LOCK = 7_274_931  # one number for all warehouses of a catalogue, for there is one in each
EXTENSIONS = ("postgres_scanner", "ducklake")
MISSING = "run it as `uv run --project warehouse/lake araxes …`, which has DuckLake"


@dataclass(frozen=True, slots=True)
class Lake:
    """Where a core on DuckLake is.

    Args:
        catalog: how to reach its PostgreSQL database, as libpq takes it.
        data: the folder of its Parquet files.
    """

    catalog: str
    data: str

    def connect(self, moment: int | None = None) -> duckdb.DuckDBPyConnection:
        """Open the core, as it is or, for reading, as it was at a moment.

        Raises:
            WarehouseError: the extensions are missing, or the catalogue cannot be reached.
        """
        connection = (_kept(self) if moment is None else self.attach(moment)).cursor()
        connection.execute(f"USE {NAME}")
        connection.execute("SET enable_progress_bar = false")  # it would go to standard output
        return connection

    def attach(self, moment: int | None = None) -> duckdb.DuckDBPyConnection:
        """Make a DuckDB that has the core attached; see `connect`."""
        database = duckdb.connect(config={"autoinstall_known_extensions": "false"})
        database.execute("SET GLOBAL TimeZone = 'UTC'")  # for its cursors, too
        for name in EXTENSIONS:
            database.execute(f"LOAD {text(str(_extension(name)))}")
        source = text(f"ducklake:postgres:{self.catalog}")
        then = "" if moment is None else f", SNAPSHOT_VERSION {moment}"
        try:
            database.execute(f"ATTACH {source} AS {NAME} (DATA_PATH {text(self.data)}{then})")
        except duckdb.Error as error:
            raise self._unreachable(error) from error
        return database

    def moment(self) -> int:
        """Give the number of what was committed last."""
        with closing(self.connect()) as connection:
            found = connection.execute(f"FROM {NAME}.current_snapshot()").fetchone()
        return int(found[0]) if found else 0

    @contextmanager
    def held(self, holder: str, seconds: float) -> Iterator[None]:
        """Be the only one who loads while inside.

        Raises:
            Locked: another held it for longer than `seconds`.
            WarehouseError: the catalogue cannot be reached.
        """
        psycopg = _psycopg()
        try:
            session = psycopg.connect(self.catalog, autocommit=True, application_name=holder)
        except psycopg.OperationalError as error:
            raise self._unreachable(error) from error
        with session:
            session.execute(f"SET lock_timeout = '{int(seconds * 1000)}ms'")
            try:
                session.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            except psycopg.errors.LockNotAvailable:
                raise Locked(Path(self.data), _holder(session)) from None
            yield

    def _unreachable(self, error: Exception) -> WarehouseError:
        found = WarehouseError(f"the catalogue of {self.data} cannot be used: {error}")
        found.remedy = "see to its PostgreSQL server, then run again: nothing is lost"
        return found


@cache
def _kept(lake: Lake) -> duckdb.DuckDBPyConnection:
    """Keep a process attached: extensions and catalogue take a second each time."""
    return lake.attach()


def of(paths: Paths) -> Lake | None:
    """Give where the core is if it is on DuckLake, None if it is a file.

    Raises:
        WarehouseError: `X.lake.toml` is wrong.
    """
    try:
        found = tomllib.loads(paths.lake.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise WarehouseError(f"{paths.lake}: {error}") from None
    if found.keys() != {"catalog", "data"} or not all(map(_is_text, found.values())):
        raise WarehouseError(f"{paths.lake}: wants two texts, catalog and data, and no other key")
    return Lake(found["catalog"], found["data"])


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def copy(connection: duckdb.DuckDBPyConnection, snapshot: Path) -> None:
    """Fill an empty core file with all rows of the open lake, as of one moment."""
    connection.execute(f"ATTACH {text(str(snapshot))} AS snapshot")
    connection.execute("BEGIN")
    for table in migrate.tables(connection, NAME):
        order = " ORDER BY term, document" if table == "postings_sealed" else ""
        connection.execute(f'INSERT INTO snapshot."{table}" BY NAME FROM {NAME}."{table}"{order}')
    connection.execute("COMMIT")
    connection.execute("CHECKPOINT snapshot")
    connection.execute("DETACH snapshot")


def compact(connection: duckdb.DuckDBPyConnection) -> int:
    """Write the open lake anew with what it holds now, and give how many bytes smaller it is.

    Until then deleted rows can be read, as of an earlier moment and from their files.
    """
    before = _size(connection)
    for call in (
        f"ducklake_flush_inlined_data('{NAME}')",
        f"ducklake_rewrite_data_files('{NAME}', delete_threshold => 0)",
        f"ducklake_merge_adjacent_files('{NAME}')",
        f"ducklake_expire_snapshots('{NAME}', older_than => now())",
        f"ducklake_cleanup_old_files('{NAME}', cleanup_all => true)",
    ):
        connection.execute(f"CALL {call}")
    return before - _size(connection)


def _size(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.execute(
        "SELECT sum(file_size_bytes + delete_file_size_bytes) FROM ducklake_table_info(?)", [NAME]
    ).fetchone()
    return int(found[0]) if found and found[0] else 0


def _extension(name: str) -> Path:
    try:
        package = files(f"duckdb_extension_{name}")
    except ModuleNotFoundError:
        error = WarehouseError(f"the extension {name} of DuckDB {duckdb.__version__} is missing")
        error.remedy = MISSING
        raise error from None
    return Path(str(package)) / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"


def _psycopg() -> Any:
    try:
        import psycopg
    except ModuleNotFoundError:
        error = WarehouseError("psycopg is missing")
        error.remedy = MISSING
        raise error from None
    return psycopg


def _holder(session: Any) -> str:
    found = session.execute(
        """
        SELECT a.application_name, a.pid, a.client_addr FROM pg_locks AS l
        JOIN pg_stat_activity AS a USING (pid)
        WHERE l.locktype = 'advisory' AND l.objid = %s AND l.granted
        """,
        [LOCK],
    ).fetchone()
    return "{} (session {} of {})".format(*found) if found else "another machine"
