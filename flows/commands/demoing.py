"""`araxes demo`: the whole pipeline on the fictional newsroom, compared with its truth."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from flows.commands import corpus
from flows.commands.options import pass_settings
from flows.commands.output import emit, say, show_table
from flows.commands.plotting import plot_trend
from flows.commands.running import now, run_ingest
from flows.errors import AraxesError, UsageError
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.demo.newsroom import Newsroom
    from flows.demo.outcome import Verdict
    from flows.summary import Summary

DEMO = Path("warehouse/demo.duckdb")
PORT = 8947
TOPIC = "corridor.zangezur"
NEXT = """
Try next:
  araxes --db {db} query "SELECT period, share FROM topic_trend('peace.treaty', 'week')"
  araxes --db {db} trends topic corridor.zangezur --by perspective
  araxes --db {db} dashboard
"""


@click.command(epilog="Example: araxes demo --keep")
@click.option("--keep", is_flag=True, help="Keep and reuse the database of an earlier demo.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"Where the newsroom listens; 0 takes a free port.  [{PORT}, or a free one]",
)
@click.option(
    "--serve",
    "source_list",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Only serve the newsroom, until Ctrl-C; write its source list to this file.",
)
@partial(pass_settings, warehouse=f"{DEMO}, whatever ARAXES_DB says")
def demo(settings: Settings, port: int | None, source_list: Path | None, *, keep: bool) -> int:
    """Run the whole pipeline on a fictional newsroom on this machine, without the internet."""
    if source_list:
        return serve(settings, port, source_list)
    db = settings.db if settings.db_given else DEMO
    check_is_demo(db)
    again = keep and db.exists()
    if not again:
        forget(db)
    say(settings, f"A fictional newsroom opens on loopback; its news goes into {db}.")
    with newsroom(now(), port, fixed=again) as room:
        moments = room.moments[-1:] if again else room.moments
        summaries = ingest_at(settings, room, db, moments)
        verdicts = judge(room, db)
    if settings.json:
        emit(document(summaries, verdicts))
    else:
        show(summaries, verdicts, db)
    return 0


def serve(settings: Settings, port: int | None, source_list: Path) -> int:
    """Serve the newsroom for other programs: a scheduled ingest, a feed reader."""
    with newsroom(now(), port) as room:
        source_list.write_text(room.sources_toml, encoding="utf-8")
        say(settings, f"The newsroom is open; its source list is {source_list}. Ctrl-C ends it.")
        threading.Event().wait()
    return 0


def check_is_demo(db: Path) -> None:
    """Refuse to work on a database that holds anything but the demo's outlets."""
    if not db.exists():
        return
    from warehouse import reader

    try:
        with reader.connect(db) as connection:
            (real,) = connection.execute(
                "SELECT count(*) FROM sources WHERE homepage NOT LIKE 'http://127.%'"
            ).fetchone() or (0,)
    except AraxesError:
        return  # a demo that was cut short before it had published anything
    if real:
        raise UsageError(f"{db} holds more than the demo's outlets; name another one with --db")


def forget(db: Path) -> None:
    """Remove the database of an earlier demo, with its snapshots and staged batches."""
    from warehouse.paths import Paths

    Paths(db).remove()


@contextmanager
def newsroom(at: datetime, port: int | None, *, fixed: bool = False) -> Iterator["Newsroom"]:
    """Serve the newsroom.

    Args:
        at: the demo's now.
        port: where; None is the usual one, or any other when that is taken.
        fixed: the usual one it must be, since stored addresses hold it.

    Raises:
        UsageError: the port is taken.
    """
    from flows.demo import newsroom as fictional

    with ExitStack() as stack:
        try:
            room = stack.enter_context(fictional.serve(at, PORT if port is None else port))
        except OSError as error:
            if port is not None or fixed:
                raise UsageError(f"{error}; choose another port with --port") from error
            room = stack.enter_context(fictional.serve(at, 0))
        yield room


def ingest_at(
    settings: Settings, room: "Newsroom", db: Path, moments: Sequence[datetime]
) -> list["Summary"]:
    """Ingest the newsroom as it was at some moments."""
    from flows.demo.content import SEEDS
    from flows.plan import Options
    from flows.setup import setup

    with TemporaryDirectory() as folder:
        sources = Path(folder) / "sources.toml"
        sources.write_text(room.sources_toml, encoding="utf-8")
        seeds = Path(folder) / "seeds"
        corpus.add(sorted(SEEDS.glob("*.txt")), seeds, room.now)
        summaries = []
        for moment in moments:
            room.travel(moment)
            prepared = setup(db, sources, partial(_stands, moment), seeds)
            summaries.append(run_ingest(settings, prepared, Options(everything=True)))
        return summaries


def _stands(moment: datetime) -> datetime:
    """Give a clock that stands at a moment, once bound to it."""
    return moment


def judge(room: "Newsroom", db: Path) -> tuple["Verdict", ...]:
    """Compare the warehouse with the newsroom's truth file."""
    from flows.demo import truth
    from flows.demo.outcome import compare, observe
    from warehouse import reader

    with reader.connect(db) as connection:
        return compare(truth.load(), observe(connection, room))


def document(summaries: Sequence["Summary"], verdicts: Sequence["Verdict"]) -> dict[str, object]:
    """Give the sums of all runs, and the verdict on each planted case."""
    from flows.summary import total

    return {
        **total(summaries).document(),
        "runs": [summary.run_id for summary in summaries],
        "cases": {
            "planned": len(verdicts),
            "as_planned": sum(verdict.agrees for verdict in verdicts),
            "differ": {v.key: list(v.differences) for v in verdicts if not v.agrees},
        },
    }


def show(summaries: Sequence["Summary"], verdicts: Sequence["Verdict"], db: Path) -> None:
    """Tell a person what happened, and what to try next."""
    from flows.summary import total
    from warehouse import reader

    summary = total(summaries)
    show_table("What became of every entry", ("state", "entries"), _counts(summary.entries()))
    show_table("Copies found", ("kind", "articles"), _counts(dict(summary.duplicates)))
    differ = [verdict for verdict in verdicts if not verdict.agrees]
    click.echo(f"{len(verdicts) - len(differ)} of {len(verdicts)} planted cases ended as planned.")
    for verdict in differ:
        click.echo(f"  {verdict.key}: {'; '.join(verdict.differences)}")
    with reader.connect(db) as connection:
        rows = connection.execute(
            "SELECT period, share FROM topic_trend(?, 'week')", [TOPIC]
        ).fetchall()
    plot_trend(f"Share of articles on {TOPIC}, by week", {TOPIC: rows})
    click.echo(NEXT.format(db=db))


def _counts(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(name, count) for name, count in counts.items() if count]
