"""`araxes serve`: schedules on this machine, without a Prefect server of your own to run."""

import os
import signal
from contextlib import ExitStack

import click

from flows.commands.options import pass_settings
from flows.commands.output import say
from flows.config_values import duration
from flows.errors import UsageError
from flows.settings import Settings


@click.command(epilog="Example: araxes serve --every 15m")
@click.option("--every", default="30m", show_default=True, help="From one ingest to the next.")
@pass_settings
def serve(settings: Settings, every: str) -> None:
    """Ingest at an interval, until Ctrl-C or SIGTERM; a run that is late is dropped.

    With PREFECT_API_URL set the schedule is kept on that server; else a private one on loopback
    lives as long as this command does.
    """
    from flows import config, serving

    try:
        interval = duration("1m", "1d")(every)
    except ValueError as error:
        raise UsageError(f"--every {every}: {error}") from error
    config.load(settings.sources)  # what is wrong with it is said now, not at every run
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        if not os.environ.get("PREFECT_API_URL"):
            folder = settings.db.with_name(settings.db.stem + ".prefect")
            os.environ["PREFECT_API_URL"] = stack.enter_context(serving.private_server(folder))
        url = os.environ["PREFECT_API_URL"]
        say(settings, f"Ingesting every {every}; runs are shown at {url.removesuffix('/api')}")
        serving.serve(interval, settings.db, settings.sources)
