"""`araxes import`: documents you already have, through every stage after extraction."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from flows.commands.options import pass_settings
from flows.commands.output import emit, say
from flows.commands.running import now, report, run_to_the_end
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.importing import MalformedLine


FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)


@click.command("import", epilog="Example: araxes import archive.jsonl")
@click.argument("files", metavar="FILE.jsonl...|-", type=FILE, nargs=-1, required=True)
@pass_settings
def import_documents(settings: Settings, files: tuple[str, ...]) -> None:
    """Load JSON Lines with url, title, text, published_at (and source_id, authors, language)."""
    from flows.importing import import_lines
    from flows.progress import watching
    from flows.setup import setup

    prepared = setup(settings.db, settings.sources, now)
    with watching(wanted=settings.verbosity >= 0) as watcher:
        done = run_to_the_end(import_lines(prepared, lines_of(files), watcher))
    if settings.json:
        emit({**done.summary.document(), "malformed": done.malformed_count})
    else:
        report(settings, done.summary)
    tell_malformed(settings, done.malformed, done.malformed_count)
    if done.malformed_count and not done.summary.seen:
        click.echo("araxes: not one line is a document", err=True)
        click.get_current_context().exit(1)


def lines_of(files: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Give file, number and text of every line, reading as it goes."""
    for file in files:
        with click.open_file(file, encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, start=1):
                yield file, number, line


def tell_malformed(settings: Settings, lines: Sequence["MalformedLine"], count: int) -> None:
    """Name the lines that are no documents; the rest was loaded."""
    for line in lines:
        click.echo(f"{line.file}:{line.number}: {line.error}", err=True)
    if count > len(lines):
        click.echo(f"… and {count - len(lines)} more malformed lines", err=True)
    if count and not settings.json:
        say(settings, f"{count} lines were no documents; the rest is loaded.")
