"""`araxes reprocess`: stages done again over what is stored."""

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from flows.commands.options import pass_settings
from flows.commands.output import emit, say, show_table
from flows.commands.running import now, run_to_the_end
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.reprocessing import Options, Reprocessed

STAGE = click.Choice(["extract", "dedup", "tag"])
SHOWN = 20  # rows of a table; --json has all


@click.command(epilog="Example: araxes reprocess --stage tag --since 2026-01-01 --dry-run")
@click.option("--stage", type=STAGE, help="This stage only; otherwise all three, in order.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Articles of this day and later.")
@click.option("--dry-run", is_flag=True, help="Count what would change; change nothing.")
@click.option("--prefect", "on_server", is_flag=True, help="Run as a Prefect flow run.")
@pass_settings
def reprocess(settings: Settings, stage: str | None, since: datetime | None, **flags: bool) -> None:
    """Extract from the archive, deduplicate and tag again what is stored."""
    from flows.reprocessing import Options

    stages = (stage,) if stage else Options().stages
    options = Options(stages, since.date() if since else None)
    if not flags["dry_run"] and (flags["on_server"] or os.environ.get("PREFECT_API_URL")):
        reprocess_on_server(settings, options)
        return
    done = reprocess_here(settings, options, dry_run=flags["dry_run"])
    if settings.json:
        emit(done.detailed())
    else:
        report(settings, done)


def reprocess_here(settings: Settings, options: "Options", *, dry_run: bool) -> "Reprocessed":
    """Reprocess in this process, with progress bars on a terminal."""
    from flows.progress import watching
    from flows.reprocessing import Reprocessing
    from flows.setup import setup

    prepared = setup(settings.db, settings.sources, now)
    with watching(wanted=settings.verbosity >= 0) as watcher:
        work = Reprocessing(prepared, options, watcher)
        return run_to_the_end(work.preview() if dry_run else work.carry_out())


def reprocess_on_server(settings: Settings, options: "Options") -> None:
    """Reprocess as a Prefect flow run on the configured server."""
    from flows.reprocess import reprocess as flow

    done = run_to_the_end(
        flow(
            db=str(settings.db.absolute()),
            sources=str(settings.sources.absolute()),
            stages=list(options.stages),
            since=options.since,
        )
    )
    emit(done)


def report(settings: Settings, done: "Reprocessed") -> None:
    """Print what changed, stage by stage."""
    if settings.verbosity < 0:
        return
    would = "would change" if done.run_id == "dry-run" else "changed"
    if done.resumed:
        day = done.resumed["day"]
        say(settings, f"Taken up where an earlier run ended: {done.resumed['stage']}, {day}.")
    for name, changes in done.stages.items():
        document = changes.document()
        click.echo(f"{name}: {document['changed']} of {document['articles']} articles {would}")
        for key, value in document.items():
            _show(name, key, value)
        _show_failures(changes.lists())
    click.echo(f"{done.seconds:.1f} s")


def _show(stage: str, key: str, value: Any) -> None:
    if isinstance(value, dict) and value:
        rows = [(each, *counts.values()) for each, counts in value.items()][:SHOWN]
        show_table(f"{stage}: {key}", ("id", "gained", "lost"), rows)
    elif isinstance(value, int) and value and key not in {"articles", "changed"}:
        click.echo(f"  {key.replace('_', ' ')}: {value}")


def _show_failures(lists: dict[str, Any]) -> None:
    for failure in lists.get("failures", ())[:SHOWN]:
        click.echo(f"  {failure['article_id']}  {failure['url']}: {failure['reason']}", err=True)
