"""Any SQL on the snapshot: in limited time, with errors that say where to look."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches

import duckdb
import pyarrow as pa

from flows.errors import UsageError, WarehouseError

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
    timer = threading.Timer(seconds, connection.interrupt)
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

    Args:
        connection: from `reader.connect`.
        sql: any SQL; the connection can only read.
        seconds: how long it may take.

    Raises:
        UsageError: the SQL is wrong; says where, and what there is.
        WarehouseError: it took too long or too much memory.
    """
    try:
        with limited(connection, seconds):
            return connection.execute(sql).to_arrow_table()
    except duckdb.OutOfMemoryException as error:
        raise WarehouseError(f"the query needs more memory: {_first_line(error)}") from None
    except duckdb.Error as error:
        raise _explained(connection, error) from None


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
