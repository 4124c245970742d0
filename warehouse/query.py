"""Any SQL on the snapshot: in limited time, with errors that say where to look."""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import count

import duckdb
import pyarrow as pa

from flows.errors import UsageError, WarehouseError
from warehouse.reader import raise_damage

BATCH_ROWS = 50_000


@contextmanager
def limited(connection: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[None]:
    """Interrupt what runs on the connection after some seconds; None lets it run.

    Raises:
        WarehouseError: the time was over.
    """
    if seconds is None:
        yield
        return
    timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), connection.interrupt)
    timer.start()
    try:
        yield
    except duckdb.InterruptException:
        raise WarehouseError(f"the query took longer than {seconds:g} s") from None
    finally:
        timer.cancel()


def answer(
    connection: duckdb.DuckDBPyConnection, sql: str, seconds: float | None = None
) -> pa.Table:
    """Give the answer to a query as an Arrow table.

    No two columns share a name, and whole numbers are integers where these can hold them: what
    every format can keep.

    Args:
        connection: from `reader.connect`.
        sql: any SQL; the connection can only read.
        seconds: how long it may take.

    Raises:
        UsageError: the SQL is wrong; says where, and what there is.
        WarehouseError: it took too long or too much memory.
        Corrupt: it came upon a damaged block of the snapshot.
    """
    try:
        with limited(connection, seconds):
            table = run(connection, sql).to_arrow_table()
    except duckdb.OutOfMemoryException as error:
        raise WarehouseError(f"the query needs more memory: {_first_line(error)}") from None
    except duckdb.Error as error:
        raise_damage(connection, error)
        raise _explained(connection, error) from None
    return _integers(table.rename_columns(distinct(table.column_names)))


def run(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyConnection:
    """Run a query, and give what its rows can be fetched from.

    Raises:
        UsageError: there is none, but empty text or a comment.
    """
    found = connection.execute(sql)
    if found is None:
        missing = UsageError("there is no query in the SQL")
        missing.remedy = "give one, as: araxes query 'FROM articles LIMIT 5'"
        raise missing
    return found


def distinct(names: Sequence[str]) -> list[str]:
    """Give names of which no two are the same to SQL: later ones get _1, _2 and so on.

    DuckDB's CREATE TABLE AS does so, too; here none takes a name that another column was given.
    """
    taken = {name.lower() for name in names}
    told: dict[str, str] = {}
    for name in names:
        fresh = name if name.lower() not in told else _free(name, taken)
        taken.add(fresh.lower())
        told[fresh.lower()] = fresh
    return list(told.values())


def _free(name: str, taken: set[str]) -> str:
    numbered = (f"{name}_{number}" for number in count(1))
    return next(each for each in numbered if each.lower() not in taken)


def _integers(table: pa.Table) -> pa.Table:
    """Give a table whose sums are integers: DuckDB's are HUGEINT, to Arrow decimals."""
    for place, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type) and field.type.scale == 0:
            table = table.set_column(place, field.name, _as_integers(table.column(place)))
    return table


def _as_integers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:  # a value is too large
        return column


def _explained(connection: duckdb.DuckDBPyConnection, error: duckdb.Error) -> UsageError:
    """Give the error with the names that may have been meant."""
    told = UsageError(str(error).strip())
    told.remedy = _suggestion(connection, str(error))
    return told


def _suggestion(connection: duckdb.DuckDBPyConnection, message: str) -> str:
    """Name what DuckDB's own message leaves out: macros, and how to write files."""
    if "operations are disabled" in message:
        return "a query can only read the warehouse; write files with --out or `araxes export`"
    missing = re.search(r"(?:Table|Function).* name (\w+) does not exist", message)
    if missing is None:
        return ""
    macro = connection.execute(
        "SELECT parameters FROM duckdb_functions() WHERE NOT internal AND function_name = ?",
        [missing[1]],
    ).fetchone()
    if macro is not None:
        return f"{missing[1]} takes parameters: {missing[1]}({', '.join(macro[0])})"
    found = connection.execute("""
        SELECT table_name FROM duckdb_columns() WHERE NOT internal
        UNION SELECT function_name FROM duckdb_functions() WHERE NOT internal ORDER BY 1
    """).fetchall()
    names = [name for (name,) in found]
    return f"there are: {', '.join(get_close_matches(missing[1], names, 4, 0.5) or names)}"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
