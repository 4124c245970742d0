"""`araxes doctor`: is this installation fit for work, and if not, what to do."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import click

from flows.commands.options import pass_settings
from flows.commands.output import emit, show_table
from flows.commands.running import run_to_the_end
from flows.errors import AraxesError, ConfigError
from flows.settings import Settings

ENOUGH = 2_000_000_000  # bytes free on disk below which we warn
PACKAGES = ("duckdb", "prefect", "httpx", "trafilatura", "langdetect", "streamlit")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `ok`, `warn` or `fail`, and the remedy."""

    check: str
    verdict: str
    found: str
    remedy: str = ""


@click.command(epilog="Example: araxes doctor")
@pass_settings
def doctor(settings: Settings) -> int:
    """Check this installation, and say what to do about what is wrong."""
    findings = [finding for check in CHECKS for finding in check(settings)]
    if settings.json:
        emit({"findings": [asdict(finding) for finding in findings]})
    else:
        rows = [(f.verdict, f.check, f.found, f.remedy) for f in findings]
        show_table("", ("", "check", "found", "remedy"), rows)
    return 1 if any(finding.verdict == "fail" for finding in findings) else 0


def check_python(settings: Settings) -> Iterator[Finding]:
    """Say which Python and packages this is."""
    del settings
    yield Finding("python", "ok", sys.version.split()[0])
    yield Finding("packages", "ok", ", ".join(f"{name} {version(name)}" for name in PACKAGES))


def check_sources(settings: Settings) -> Iterator[Finding]:
    """Check the source list and its contact."""
    from flows import config

    try:
        sources = config.load(settings.sources)
    except ConfigError as error:
        first = error.problems[0]
        yield Finding("source list", "fail", str(first), "araxes sources check")
        return
    yield Finding("source list", "ok", f"{len(sources)} sources in {settings.sources}")
    if config.placeholder_contact(sources):
        remedy = f"put your address into contact in {settings.sources}: newsrooms see it"
        yield Finding("contact", "fail", "reaches nobody", remedy)
    else:
        yield Finding("contact", "ok", sources[0].feeds[0].policy.contact if sources else "")


def check_vocabulary(settings: Settings) -> Iterator[Finding]:
    """Check that the vocabulary loads."""
    del settings
    from flows.tag import vocabulary

    try:
        loaded = vocabulary.load()
    except ConfigError as error:
        yield Finding("vocabulary", "fail", str(error.problems[0]), "mend the line it names")
        return
    found = f"{len(loaded.actor_rows())} actors, {len(loaded.topic_rows())} topics"
    yield Finding("vocabulary", "ok", f"{found}, version {loaded.version[:12]}")


def check_workers(settings: Settings) -> Iterator[Finding]:
    """Check that killable worker processes start."""
    del settings
    from flows.workers import CORES, Workers

    try:
        with Workers(1) as workers:
            run_to_the_end(workers.run(60, os.getpid))
    except (AraxesError, OSError) as error:
        remedy = "this system must let a process start others and share semaphores"
        yield Finding("workers", "fail", str(error), remedy)
        return
    yield Finding("workers", "ok", f"start and end; {CORES} cores")


def check_warehouse(settings: Settings) -> Iterator[Finding]:
    """Check the warehouse: present, readable, published, room to grow."""
    from warehouse import reader

    if not settings.db.exists():
        yield Finding("warehouse", "warn", f"no {settings.db} yet", "araxes demo, or araxes ingest")
    else:
        try:
            with reader.reading(settings.db) as connection:
                row = connection.execute("SELECT count(*) FROM articles").fetchone()
            yield Finding("warehouse", "ok", f"{row[0] if row else 0} articles in {settings.db}")
        except AraxesError as error:
            yield Finding("warehouse", "fail", str(error), error.remedy)
    free = shutil.disk_usage(_existing(settings.db)).free
    verdict = "ok" if free > ENOUGH else "warn"
    yield Finding(
        "disk", verdict, f"{free / 1e9:.1f} GB free", "" if free > ENOUGH else "make room"
    )


def check_prefect(settings: Settings) -> Iterator[Finding]:
    """Check the Prefect server, if one is configured."""
    del settings
    address = os.environ.get("PREFECT_API_URL")
    if not address:
        yield Finding("prefect server", "ok", "none configured: runs happen in this process")
        return
    from flows.ingest import server_answers

    if run_to_the_end(server_answers()):
        yield Finding("prefect server", "ok", address)
    else:
        yield Finding(
            "prefect server", "fail", f"{address} does not answer", "prefect server start"
        )


def _existing(path: Path) -> Path:
    folder = path.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    check_python,
    check_sources,
    check_vocabulary,
    check_workers,
    check_warehouse,
    check_prefect,
)
