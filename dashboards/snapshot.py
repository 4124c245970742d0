"""The read snapshot: opened once per publication, asked through cached queries."""

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import streamlit as st

from warehouse import reader

Row = TypeVar("Row")
MEMORY = "256MB"  # what queries may use, of the 400 MB the whole dashboard should stay under


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published state of the warehouse; `name` changes with each publication."""

    name: str
    connection: duckdb.DuckDBPyConnection
    turn: threading.Lock = field(default_factory=threading.Lock)

    def rows(self, kind: type[Row], sql: str, given: Sequence[object] = ()) -> tuple[Row, ...]:
        """Run a query whose columns are the fields of `kind`, in order."""
        found = _run(self.name, self, sql, tuple(given))
        names = tuple(column.name for column in fields(kind))  # type: ignore[arg-type]
        assert found.columns == names, f"{found.columns} are not the fields of {kind.__name__}"
        return tuple(kind(*row) for row in found.rows)


@dataclass(frozen=True, slots=True)
class _Found:
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def current() -> Snapshot | None:
    """Give the newest snapshot, or None where nothing was published yet."""
    core = Path(os.environ.get("ARAXES_DB", "warehouse/araxes.duckdb")).absolute()
    link = core.with_name(core.stem + ".read.duckdb")
    if not link.exists():
        return None
    # the target of the symlink names the publication: a switched link opens a new connection
    return _open(str(core), link.resolve().name)


@st.cache_resource(max_entries=2, show_spinner="Opening the snapshot …")
def _open(core: str, name: str) -> Snapshot:
    return Snapshot(name, reader.connect(Path(core), memory=MEMORY))


@st.cache_data(max_entries=300, show_spinner="Counting …")
def _run(
    name: str,  # noqa: ARG001 - a part of the cache's key: each publication has its own answers
    _snapshot: Snapshot,
    sql: str,
    given: tuple[Any, ...],
) -> _Found:
    # sessions run in threads and take turns: a cursor of its own would lose the reader's settings
    with _snapshot.turn:
        found = _snapshot.connection.execute(sql, list(given))
        return _Found(tuple(column[0] for column in found.description or ()), found.fetchall())
