"""Commands that run the pipeline: ingest, publish, dashboard."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flows.commands.options import pass_settings
from flows.commands.output import emit, say, show_table
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.plan import Options
    from flows.runs import Setup
    from flows.summary import Summary

T = TypeVar("T")

NOTHING_REACHED = """\
araxes: not one feed could be reached
  remedy: see whether this machine has a network; an outage of ours is held against no feed\
"""

PLACEHOLDER = """\
WARNING: the contact in {} reaches nobody. Newsrooms see it in their logs and write to it
before they block anyone: put your own address there.\
"""


def now() -> datetime:
    """Give the time, aware and in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the command line owns the clock


def run_to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine; SIGTERM ends it as cleanly as Ctrl-C does."""

    async def watched() -> T:
        task = asyncio.ensure_future(work)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await task

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


@click.command(epilog="Example: araxes ingest --source oc-media --limit 20")
@click.option("--source", "only", multiple=True, metavar="ID", help="This source only; repeatable.")
@click.option("--limit", type=click.IntRange(min=0), help="Fetch at most this many pages.")
@click.option("--now", "everything", is_flag=True, help="Poll feeds that are not due yet, too.")
@click.option("--dry-run", is_flag=True, help="Poll and count what is new; store nothing.")
@click.option("--prefect", "on_server", is_flag=True, help="Run as a Prefect flow run.")
@pass_settings
def ingest(settings: Settings, only: tuple[str, ...], limit: int | None, **flags: bool) -> int:
    """Poll the feeds that are due, load what is new, publish the snapshot."""
    from flows.plan import Options

    options = Options(frozenset(only), limit, flags["everything"])
    if flags["dry_run"]:
        return preview(settings, options)
    if flags["on_server"] or os.environ.get("PREFECT_API_URL"):
        return ingest_on_server(settings, options)
    say(settings, "Running in this process, without a Prefect server (PREFECT_API_URL is not set).")
    summary = ingest_here(settings, options)
    report(settings, summary)
    if summary.nothing_reached:
        click.echo(NOTHING_REACHED, err=True)
    return 1 if summary.nothing_reached else 0


def ingest_here(settings: Settings, options: "Options") -> "Summary":
    """Run an ingest in this process, with progress bars on a terminal."""
    from flows import cluster, config
    from flows.setup import setup
    from flows.workers import warm_up

    if cluster.scheduler() is None:
        warm_up()
    prepared = setup(settings.db, settings.sources, now)
    if config.placeholder_contact(prepared.sources):
        click.echo(PLACEHOLDER.format(settings.sources), err=True)
    return run_ingest(settings, prepared, options)


def run_ingest(settings: Settings, prepared: "Setup", options: "Options") -> "Summary":
    """Run an ingest with what was prepared for it."""
    from flows.pipeline import Run
    from flows.progress import watching

    with watching(wanted=settings.verbosity >= 0) as watcher:
        return run_to_the_end(Run(prepared, watcher).ingest(options))


def ingest_on_server(settings: Settings, options: "Options") -> int:
    """Run an ingest as a Prefect flow run on the configured server."""
    from flows.ingest import ingest as flow

    document = run_to_the_end(
        flow(
            db=str(settings.db.absolute()),
            sources=str(settings.sources.absolute()),
            only=sorted(options.only),
            limit=options.limit,
            everything=options.everything,
        )
    )
    assert isinstance(document, dict)  # only a deployment's run can be skipped
    emit(document)
    feeds = document["feeds"]
    assert isinstance(feeds, dict)
    return 1 if 0 < feeds["polled"] == feeds["failed"] else 0


def preview(settings: Settings, options: "Options") -> int:
    """Poll what is due and say what a run would fetch; nothing is stored."""
    from flows import preview as dry
    from flows.setup import setup

    prepared = setup(settings.db, settings.sources, now)
    summary = run_to_the_end(dry.preview(prepared, options))
    report(settings, summary)
    return 1 if summary.nothing_reached else 0


def report(settings: Settings, summary: "Summary") -> None:
    """Print what a run did."""
    if settings.json:
        emit(summary.document())
        return
    if settings.verbosity < 0:
        return
    feeds = summary.feeds
    polled = f"{feeds['polled']} feeds polled, {feeds.get('failed', 0)} failed, " if feeds else ""
    click.echo(f"{polled}{summary.articles_loaded} articles loaded in {summary.seconds:.1f} s")
    rows = [(state, count) for state, count in summary.entries().items() if count]
    show_table("Entries", ("state", "entries"), rows)
    if summary.failed_feeds:
        failed = [(feed.source_id, feed.url, feed.error) for feed in summary.failed_feeds]
        show_table("Feeds that could not be read", ("source", "feed", "why"), failed)


@click.command(epilog="Example: araxes publish")
@pass_settings
def publish(settings: Settings) -> None:
    """Rebuild marts and the read snapshot."""
    from warehouse.publish import publish as switch
    from warehouse.store import Store

    with Store(settings.db).writing() as writer:
        writer.doubt_marts()
    snapshot = switch(settings.db)
    if settings.json:
        emit({"snapshot": str(snapshot)})
    else:
        say(settings, f"Published {snapshot}")


@click.command(epilog="Example: araxes --db warehouse/demo.duckdb dashboard")
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@pass_settings
def dashboard(settings: Settings, port: int) -> int:
    """Serve the dashboard on the read snapshot, on this machine only."""
    import dashboards

    app = Path(dashboards.__file__).parent / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(app)]
    flags = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
        "server.fileWatcherType": "none",
    }
    arguments = [f"--{name}={value}" for name, value in flags.items()]
    environment = {**os.environ, "ARAXES_DB": str(settings.db.absolute())}
    say(settings, f"Dashboard: http://127.0.0.1:{port} (Ctrl-C ends it)")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # its server ends with it
    return subprocess.run([*command, *arguments], env=environment, check=False).returncode  # noqa: S603 - our own interpreter and app
