"""What commands print: one JSON document, or tables and sentences for people."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows import jsontext
from flows.errors import UsageError
from flows.settings import Settings

_WIDEST = 1000
_ID = re.compile("[0-9a-f]{16,}")


def emit(document: Mapping[str, object]) -> None:
    """Print one JSON document on standard output."""
    click.echo(jsontext.text(document))


def refuse_both(settings: Settings, shape: str | None, *same: str) -> None:
    """Refuse `--json` beside another format than the ones that are JSON, too.

    Raises:
        UsageError: both were asked for.
    """
    if settings.json and shape not in (None, *same):
        raise UsageError(f"--json and --format {shape} exclude each other: leave one out")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Write a file, or a folder of files, while inside.

    Raises:
        UsageError: nothing can be written there.
        DiskFull: there is no room.
    """
    from warehouse.disk import needing_room

    try:
        with needing_room(path):
            yield
    except BrokenPipeError:  # as of /dev/stdout: no failure
        raise
    except OSError as error:
        wrong = UsageError(f"{path} cannot be written: {error.strerror or error}")
        wrong.remedy = "name another place with --out"
        raise wrong from error


def say(settings: Settings, sentence: str) -> None:
    """Print a sentence: on standard error where standard output is a JSON document."""
    if settings.verbosity >= 0:
        click.echo(sentence, err=settings.json)


def show_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, err: bool = False
) -> None:
    """Print a table; text from the web is never read as markup, and no id is broken.

    Where ids alone need more room than there is, lines are longer than the terminal.
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    table = Table(title=title, title_justify="left", header_style="bold")
    for place, column in enumerate(columns):
        ids = any(_ID.fullmatch(row[place]) for row in cells)
        table.add_column(column, overflow="fold", no_wrap=ids)
    for row in cells:
        table.add_row(*map(escape, row))
    console = Console(stderr=err)
    unbounded = console.options.update(max_width=_WIDEST)
    console.width = max(console.width, console.measure(table, options=unbounded).minimum)
    console.print(table)
