"""Values written into SQL: receipts keep a query whole, with nothing left to bind."""

from collections.abc import Iterable
from datetime import date


def text(value: str) -> str:
    """Give a text as an SQL literal."""
    quoted = value.replace("'", "''")
    return f"'{quoted}'"


def day(value: date) -> str:
    """Give a day as an SQL literal."""
    return f"DATE '{value.isoformat()}'"


def texts(values: Iterable[str]) -> str:
    """Give texts as an SQL list literal."""
    return f"[{', '.join(map(text, values))}]"
