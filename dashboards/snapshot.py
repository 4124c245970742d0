"""The read snapshot: opened once per publication, asked through cached queries."""

import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import streamlit as st

from dashboards.query import Query
from warehouse import reader

T = TypeVar("T")
MEMORY = "200MB"  # what queries may use, of the 400 MB the whole dashboard should stay under
KEPT = 400  # answers kept; a page asks for ten to twenty


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published state of the warehouse; `name` changes with each publication."""

    name: str
    connection: duckdb.DuckDBPyConnection

    def rows(self, kind: type[T], sql: str, /, **given: object) -> tuple[T, ...]:
        """Run a query whose columns are the fields of `kind`, in order; `$name` is a value."""
        return self.answer(kind, Query(sql, given))

    def answer(self, kind: type[T], query: Query) -> tuple[T, ...]:
        """Run a query whose columns are the fields of `kind`, in order."""
        found: tuple[T, ...] = _rows(self.name, self, kind, query.literal())
        return found

    def told(self, tell: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Give what one of the warehouse's own questions answers."""
        found: T = _told(self.name, self, f"{tell.__module__}.{tell.__qualname__}", tell)
        return found

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Give a way in of one's own: sessions run in threads, which must not share one."""
        cursor = self.connection.cursor()
        cursor.execute("USE warehouse")
        return cursor


def current() -> Snapshot | None:
    """Give the newest snapshot, or None where nothing was published yet."""
    core = Path(os.environ.get("ARAXES_DB", "warehouse/araxes.duckdb")).absolute()
    link = core.with_name(core.stem + ".read.duckdb")
    if not link.exists():
        return None
    # the target of the symlink names the publication: a switched link opens a new connection
    name = link.resolve().name
    found: Snapshot = _open(str(core), name)
    while link.resolve().name != name:  # it switched meanwhile: which one was opened?
        _open.clear(str(core), name)
        name = link.resolve().name
        found = _open(str(core), name)
    return found


@st.cache_resource(max_entries=2, show_spinner="Opening the snapshot …")
def _open(core: str, name: str) -> Snapshot:
    return Snapshot(name, reader.connect(Path(core), memory=MEMORY))


# Rows are frozen, so all sessions share them: `cache_data` would copy them for each.
@st.cache_resource(max_entries=KEPT, show_spinner="Counting …")
def _rows(
    name: str,  # noqa: ARG001 - a part of the cache's key: each publication has its own answers
    _snapshot: Snapshot,
    kind: type[Any],
    sql: str,
) -> tuple[Any, ...]:
    with _snapshot.cursor() as cursor:
        found = cursor.execute(sql)
        columns = tuple(column[0] for column in found.description or ())
        wanted = tuple(column.name for column in fields(kind))
        assert columns == wanted, f"{columns} are not the fields of {kind.__name__}"
        return tuple(kind(*row) for row in found.fetchall())


@st.cache_resource(max_entries=20, show_spinner="Counting …")
def _told(
    name: str,  # noqa: ARG001 - a part of the cache's key
    _snapshot: Snapshot,
    question: str,  # noqa: ARG001 - a part of the cache's key
    _tell: Callable[[duckdb.DuckDBPyConnection], Any],
) -> Any:
    with _snapshot.cursor() as cursor:
        return _tell(cursor)
