"""The tables of a warehouse in words, from the comments kept in the database itself."""

from collections.abc import Iterator
from itertools import groupby

import duckdb

COLUMNS = """
SELECT c.table_name, coalesce(t.comment, v.comment) AS about, c.column_name, c.data_type, c.comment
FROM duckdb_columns() AS c
LEFT JOIN duckdb_tables() AS t USING (table_oid)
LEFT JOIN duckdb_views() AS v ON v.view_oid = c.table_oid
WHERE NOT c.internal AND c.schema_name = 'main' AND c.database_name = current_database()
ORDER BY t.table_name IS NULL, c.table_name, c.column_index
"""


def as_markdown(connection: duckdb.DuckDBPyConnection) -> str:
    """Give every table and column with what it holds."""
    return "\n".join(_lines(connection.execute(COLUMNS).fetchall()))


def _lines(rows: list[tuple[str, str, str, str, str]]) -> Iterator[str]:
    for (table, about), columns in groupby(rows, key=lambda row: row[:2]):
        yield f"- **{table}**: {about}"
        yield "  " + " · ".join(
            f"`{name}` {kind.lower().replace('timestamp with time zone', 'timestamptz')}: "
            f"{comment.rstrip('.')}"
            for _, _, name, kind, comment in columns
        )
