"""Numbered migrations, each in one transaction, checksummed; views and macros after them.

A file that newer code wrote is refused. A migration that was applied must never change.
"""

import re
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import duckdb

from flows.errors import NewerSchema, WarehouseError

COMPRESSED = re.compile(r" USING COMPRESSION \w+")  # a lake compresses its files whole
COMMENTS = 99  # number of the script of comments: a lake takes none on columns of views
BOOKS = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  version INTEGER NOT NULL, name VARCHAR NOT NULL, checksum VARCHAR NOT NULL
);
CREATE TABLE IF NOT EXISTS schema_views (checksum VARCHAR NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Script:
    """A numbered SQL file."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Hash of what the script does."""
        return sha256(self.sql.encode()).hexdigest()


def scripts(folder: str) -> tuple[Script, ...]:
    """Give the numbered SQL files of a folder of this package, in order."""
    found = [
        Script(int(file.name.split("_")[0]), file.name, file.read_text(encoding="utf-8"))
        for file in files("warehouse").joinpath(folder).iterdir()
        if file.name.endswith(".sql")
    ]
    return tuple(sorted(found, key=lambda script: script.number))


def pending(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[Script, ...]:
    """Give the migrations a database lacks.

    Raises:
        NewerSchema: the database knows migrations that this code does not.
        WarehouseError: a migration changed after it was applied.
    """
    known = scripts("migrations")
    applied = _applied(connection)
    newest = max(applied, default=0)
    if newest > max(script.number for script in known):
        raise NewerSchema(path, newest, max(script.number for script in known))
    for script in known:
        if applied.get(script.number, script.checksum) != script.checksum:
            raise WarehouseError(f"{path}: migration {script.name} was changed after it was run")
    return tuple(script for script in known if script.number not in applied)


def migrate(connection: duckdb.DuckDBPyConnection, missing: tuple[Script, ...]) -> None:
    """Apply migrations, each in one transaction, then bring views and macros up to date."""
    connection.execute(BOOKS)
    for script in missing:
        connection.execute("BEGIN")
        connection.execute(script.sql)
        _note(connection, script)
        connection.execute("COMMIT")
    if missing:
        # right after schema changes: replaying them from the WAL is where DuckDB has had bugs
        connection.execute("CHECKPOINT")
    refresh_views(connection)


def migrate_lake(connection: duckdb.DuckDBPyConnection, missing: tuple[Script, ...]) -> None:
    """Bring a lake to the schema of a file; what it cannot do, a new one need not.

    A migration that DuckLake refuses on a lake with rows needs a script of its own for lakes.
    """
    if not missing:
        refresh_views(connection, on_lake=True)
        return
    new = len(missing) == len(scripts("migrations"))
    statements = _shape() if new else [COMPRESSED.sub("", script.sql) for script in missing]
    connection.execute("BEGIN")
    connection.execute(BOOKS)
    for statement in statements:
        connection.execute(statement)
    for script in missing:
        _note(connection, script)
    connection.execute("COMMIT")
    refresh_views(connection, on_lake=True)


def _shape() -> list[str]:
    """Give the statements that make the tables as they are after all migrations."""
    with closing(duckdb.connect()) as empty:
        migrate(empty, scripts("migrations"))
        found = empty.execute(
            "SELECT sql FROM duckdb_tables() WHERE table_name NOT LIKE 'schema_%' ORDER BY sql"
        ).fetchall()
    return [COMPRESSED.sub("", sql) for (sql,) in found]


def _note(connection: duckdb.DuckDBPyConnection, script: Script) -> None:
    connection.execute(
        "INSERT INTO schema_migrations VALUES (?, ?, ?)",
        [script.number, script.name, script.checksum],
    )


def refresh_views(connection: duckdb.DuckDBPyConnection, *, on_lake: bool = False) -> None:
    """Create the views and macros anew if this code's differ from the database's."""
    marts = [script for script in scripts("marts") if not (on_lake and script.number == COMMENTS)]
    checksum = sha256("".join(script.checksum for script in marts).encode()).hexdigest()
    if connection.execute("SELECT checksum FROM schema_views").fetchone() == (checksum,):
        return
    connection.execute("BEGIN")
    for script in marts:
        connection.execute(script.sql)
    connection.execute("DELETE FROM schema_views")
    connection.execute("INSERT INTO schema_views VALUES (?)", [checksum])
    connection.execute("COMMIT")


def tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """Give the names of the tables of an attached database, but those that keep its schema."""
    found = connection.execute(
        """
        SELECT table_name FROM duckdb_tables()
        WHERE database_name = ? AND table_name NOT LIKE 'schema_%' ORDER BY table_name
        """,
        [database],
    ).fetchall()
    return [name for (name,) in found]


def _applied(connection: duckdb.DuckDBPyConnection) -> dict[int, str]:
    try:
        rows = connection.execute("SELECT version, checksum FROM schema_migrations").fetchall()
    except duckdb.CatalogException:
        return {}  # it is new
    return dict(rows)
