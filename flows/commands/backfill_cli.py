"""`araxes backfill`: older articles, by a source's sitemaps or from WARC files."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.commands.options import pass_settings
from flows.commands.output import emit, say
from flows.commands.running import now, report, run_to_the_end
from flows.errors import UsageError
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.archived import Unpacked
    from flows.older import Filled, Outlook, Request

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])
NAMED = 5  # sitemaps that could not be read, named in the text output


@click.command(
    epilog="Example: araxes backfill --source oc-media --from 2026-01-01 --to 2026-01-31; "
    "araxes backfill --warc CC-NEWS-20260101000000-00001.warc.gz"
)
@click.option("--source", metavar="ID", help="Whose sitemaps to walk.")
@click.option("--from", "first", type=DAY, metavar="DAY", help="The first day, 2026-01-01.")
@click.option("--to", "last", type=DAY, metavar="DAY", help="The last day, included.")
@click.option("--limit", type=click.IntRange(min=0), help="Fetch at most this many pages.")
@click.option("--undated", is_flag=True, help="Take articles that no sitemap dates, too.")
@click.option("--warc", "warcs", type=FILE, multiple=True, metavar="FILE...", help="Archives.")
@click.argument("files", type=FILE, nargs=-1, metavar="")
@pass_settings
def backfill(
    settings: Settings, warcs: tuple[Path, ...], files: tuple[Path, ...], **asked: object
) -> None:
    """Load older articles; run it again to go on where it stopped."""
    chosen = [name for name in ("source", "first", "last", "limit", "undated") if asked[name]]
    if bool(warcs) == bool(chosen):
        raise UsageError("give either --source ID --from DAY --to DAY, or --warc FILE...")
    if warcs:
        unpack_here(settings, (*warcs, *files))
    elif files:
        raise UsageError(f"{files[0]}: files are given with --warc")
    else:
        fill(settings, request_of(asked))


def request_of(asked: Mapping[str, object]) -> "Request":
    """Give what the options ask for.

    Raises:
        UsageError: one is missing, or the days are in the wrong order.
    """
    from flows.collect.backfill import Period
    from flows.older import Request

    source, first, last, limit = (asked[name] for name in ("source", "first", "last", "limit"))
    if not (isinstance(source, str) and isinstance(first, datetime) and isinstance(last, datetime)):
        raise UsageError("--source, --from and --to belong together: give all three")
    if last < first:
        raise UsageError(f"--to {last.date()} is before --from {first.date()}")
    assert limit is None or isinstance(limit, int)
    return Request(source, Period(first.date(), last.date()), limit, bool(asked["undated"]))


def fill(settings: Settings, request: "Request") -> None:
    """Run a backfill by sitemaps, on a Prefect server if one is configured."""
    if os.environ.get("PREFECT_API_URL"):
        fill_on_server(settings, request)
    else:
        fill_here(settings, request)


def fill_on_server(settings: Settings, request: "Request") -> None:
    """Run a backfill by sitemaps as a Prefect flow run on the configured server."""
    from flows.backfill import backfill as flow

    document = run_to_the_end(
        flow(
            source=request.source_id,
            first=request.period.first,
            last=request.period.last,
            limit=request.limit,
            undated=request.undated,
            db=str(settings.db.absolute()),
            sources=str(settings.sources.absolute()),
        )
    )
    emit(document)


def fill_here(settings: Settings, request: "Request") -> None:
    """Run a backfill by sitemaps in this process."""
    from flows.older import backfill as work
    from flows.progress import watching
    from flows.setup import setup

    prepared = setup(settings.db, settings.sources, now)
    with watching(wanted=settings.verbosity >= 0) as watcher:
        filled = run_to_the_end(
            work(prepared, request, watcher, lambda outlook: say_ahead(settings, request, outlook))
        )
    if settings.json:
        emit(filled.document())
        return
    report(settings, filled.summary)
    say_left(settings, filled)


def say_ahead(settings: Settings, request: "Request", outlook: "Outlook") -> None:
    """Say what is ahead, and how long it takes at the polite pace."""
    older = outlook.older
    days = f"{request.period.first} to {request.period.last}"
    duration = _duration(outlook.seconds)
    lines = [
        f"{request.source_id}: {outlook.found} articles from {days} in {older.sitemaps} sitemaps",
        f"{outlook.to_fetch} pages to fetch, about {duration} at the polite pace",
    ]
    if older.unread:
        named = ", ".join(older.unread[:NAMED])
        lines.append(f"{len(older.unread)} sitemaps could not be read: {named}")
    if older.undated and not request.undated:
        lines.append(f"{len(older.undated)} pages without a date left out; --undated takes them")
    say(settings, "; ".join(lines))


def say_left(settings: Settings, filled: "Filled") -> None:
    """Say what is left for another run, and when."""
    pending = filled.summary.entries().get("pending", 0)
    if not pending:
        return
    when = f" after {filled.waits_until:%Y-%m-%d %H:%M} UTC" if filled.waits_until else ""
    say(settings, f"{pending} entries wait; run the same command again{when}.")


def unpack_here(settings: Settings, files: tuple[Path, ...]) -> None:
    """Load WARC files in this process."""
    from flows.archived import unpack
    from flows.progress import watching
    from flows.setup import setup

    prepared = setup(settings.db, settings.sources, now)
    with watching(wanted=settings.verbosity >= 0) as watcher:
        unpacked = run_to_the_end(unpack(prepared, files, watcher))
    if settings.json:
        emit(unpacked.document())
    else:
        report(settings, unpacked.summary)
        passed = ", ".join(f"{kind} {count}" for kind, count in unpacked.passed.items())
        say(settings, f"{unpacked.records} records; no article pages: {passed or 'none'}")
    tell_malformed(unpacked)


def tell_malformed(unpacked: "Unpacked") -> None:
    """Name the records that could not be read; the rest is loaded."""
    for record in unpacked.malformed:
        click.echo(f"{record.file}:{record.offset}: {record.error}", err=True)
    if unpacked.malformed_count > len(unpacked.malformed):
        more = unpacked.malformed_count - len(unpacked.malformed)
        click.echo(f"… and {more} more malformed records", err=True)


def _duration(seconds: float) -> str:
    """Give a time as people say it: `50 s`, `12 min`, `3.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
