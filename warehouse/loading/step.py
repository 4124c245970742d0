# ruff: noqa: S608 - table and column names are ours, never input
"""What a step of a load works with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

Connection = duckdb.DuckDBPyConnection


@dataclass(slots=True)
class Outcome:
    """What applying a batch did."""

    articles_loaded: int = 0
    revisions: int = 0
    states: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)
    new_items: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One batch being applied inside an open transaction.

    `has` names the tables the batch brought rows for; each is there as `staged_<name>`, and so
    are, empty, the others that its kind of batch may bring.
    """

    connection: Connection
    run_id: str
    has: frozenset[str]
    outcome: Outcome = field(default_factory=Outcome)

    def sql(self, *statements: str) -> None:
        """Execute statements."""
        self.connection.execute(";".join(statements))

    def for_run(self, statement: str) -> None:
        """Execute one statement that names the run as `$run`."""
        self.connection.execute(statement, {"run": self.run_id})

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        """Give all rows of a query."""
        return self.connection.execute(query).fetchall()

    def count(self, statement: str) -> int:
        """Give the one number a statement returns: rows inserted, deleted or counted."""
        row = self.connection.execute(statement).fetchone()
        return int(row[0]) if row else 0

    def note_items(self, items: str) -> None:
        """Write down for this run where items stand.

        Args:
            items: a table of their row in `items` (`place`), their `item_id` and their `state`.
        """
        self.for_run(f"""
            MERGE INTO run_items AS r USING {items} AS s
            ON r.run_id = $run AND r.item_id = s.item_id
            WHEN MATCHED AND r.state <> s.state THEN UPDATE SET state = s.state
            WHEN NOT MATCHED THEN INSERT VALUES ($run, s.item_id, s.state)
        """)
        self.for_run(f"""
            UPDATE items SET run_id = $run
            WHERE run_id <> $run AND rowid IN (SELECT place FROM {items})
        """)
