"""A query with its values, as it is run and as anyone can run it again.

Values are written into the SQL: bound ones make DuckDB's Python client import pandas, which takes
seconds and 100 MB, and a receipt needs them written anyway. The connection can only read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

NAME = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class Query:
    """SQL in which `$name` stands for a value of that name; values it does not name are left."""

    sql: str
    given: Mapping[str, object]

    def literal(self) -> str:
        """Give the SQL with its values written out."""
        return NAME.sub(lambda found: _literal(self.given[found[1]]), self.sql)


def _literal(value: object) -> str:
    if isinstance(value, str):
        quoted = value.replace("'", "''").replace("\0", "")  # at which the parser would stop
        return f"'{quoted}'"
    if isinstance(value, datetime):
        return f"TIMESTAMPTZ '{value.isoformat()}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, list | tuple):
        return f"CAST([{', '.join(_literal(item) for item in value)}] AS VARCHAR[])"
    assert isinstance(value, bool | int | float), f"no SQL literal for {type(value).__name__}"
    return str(value)
