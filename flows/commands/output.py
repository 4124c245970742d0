"""What commands print: one JSON document, or tables and sentences for people."""

import json
from collections.abc import Iterable, Mapping, Sequence

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.settings import Settings


def emit(document: Mapping[str, object]) -> None:
    """Print one JSON document on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))


def say(settings: Settings, sentence: str) -> None:
    """Print a sentence: on standard error where standard output is a JSON document."""
    if settings.verbosity >= 0:
        click.echo(sentence, err=settings.json)


def show_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, err: bool = False
) -> None:
    """Print a table; text from the web is never read as markup."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    Console(stderr=err).print(table)
