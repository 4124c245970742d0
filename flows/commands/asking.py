"""Commands that ask the read snapshot: query, trends, status."""

import io
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows import jsontext
from flows.commands.options import pass_settings
from flows.commands.output import emit, refuse_both, say, show_table, writing
from flows.errors import UsageError
from flows.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

    from warehouse.receipts import Receipt, Replay
    from warehouse.status import Disk, FeedLine, Status
    from warehouse.trends import Point, Question

FORMATS = ("table", "csv", "json", "parquet")
SHOWN = 200  # rows a terminal table shows; files get all


def _positive(ctx: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """Refuse times that end a query before it begins, or never."""
    if value is not None and not (value > 0 and isfinite(value)):
        raise click.BadParameter(f"{value:g} is no number of seconds above 0.", ctx, parameter)
    return value


@click.command(
    epilog="Example: araxes query \"SELECT period, share FROM topic_trend('peace.treaty', 'week')\""
)
@click.argument("sql")
@click.option("--format", "shape", type=click.Choice(FORMATS), help="[table; json with --json]")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")
@click.option("--memory", default="1GB", show_default=True, help="What the query may use.")
@click.option(
    "--timeout",
    type=float,
    metavar="SECONDS",
    callback=_positive,
    help="End the query after this long.",
)
@pass_settings
def query(
    settings: Settings, sql: str, shape: str | None, out: Path | None, **limits: object
) -> None:
    """Answer SQL from the read snapshot; it can read nothing else and change nothing."""
    from warehouse import reader
    from warehouse.query import answer

    refuse_both(settings, shape, "json")
    with reader.reading(settings.db, memory=str(limits["memory"])) as connection:
        seconds = limits["timeout"]
        assert seconds is None or isinstance(seconds, float)
        table = answer(connection, sql, seconds)
    write_table(table, shape or ("json" if settings.json else "table"), out)


def write_table(table: "pa.Table", shape: str, out: Path | None) -> None:
    """Write an answer in one of `FORMATS`.

    Raises:
        UsageError: Parquet is not for terminals, or the file cannot be written.
    """
    if shape == "parquet" and out is None and sys.stdout.isatty():
        raise UsageError("Parquet is binary: give a file with --out")
    if shape == "table" and out is None:
        _show(table)
        return
    written = WRITERS[shape](table)
    if out is None:
        sys.stdout.buffer.write(written)
        sys.stdout.flush()
        return
    with writing(out):
        out.write_bytes(written)


def _show(table: "pa.Table") -> None:
    rows = table.slice(0, SHOWN).to_pylist()
    show_table("", table.column_names, ([_cell(cell) for cell in row.values()] for row in rows))
    if table.num_rows > SHOWN:
        click.echo(
            f"… and {table.num_rows - SHOWN} more rows; write them all with --out FILE", err=True
        )


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:.4g}"
        case datetime():
            return value.isoformat(timespec="seconds")
        case _:
            return str(value)


def _as_text(table: "pa.Table") -> bytes:
    lines = ("\t".join(_cell(cell) for cell in row.values()) for row in table.to_pylist())
    return "\n".join(("\t".join(table.column_names), *lines, "")).encode()


def _as_csv(table: "pa.Table") -> bytes:
    from warehouse.export import write_csv

    text = io.StringIO()
    write_csv(table.to_reader(), text)
    return text.getvalue().encode()


def _as_json(table: "pa.Table") -> bytes:
    return (jsontext.text(table.to_pylist()) + "\n").encode()


def _as_parquet(table: "pa.Table") -> bytes:
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


WRITERS: dict[str, Callable[["pa.Table"], bytes]] = {
    "table": _as_text,
    "csv": _as_csv,
    "json": _as_json,
    "parquet": _as_parquet,
}


DAY = click.DateTime(["%Y-%m-%d"])


@click.command(epilog="Example: araxes trends topic corridor.zangezur --by perspective")
@click.argument("kind", type=click.Choice(["topic", "actor", "name"]))
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--grain", type=click.Choice(["day", "week", "month"]), default="week")
@click.option(
    "--from", "since", type=DAY, help="First day, as 2026-11-22; its whole period counts."
)
@click.option("--to", "until", type=DAY, help="Last day, likewise.  [the last on record]")
@click.option(
    "--by", type=click.Choice(["source", "language", "country", "ownership", "perspective"])
)
@click.option("--format", "shape", type=click.Choice(["table", "csv", "json", "plot"]))
@pass_settings
def trends(settings: Settings, kind: str, ids: tuple[str, ...], **cut: Any) -> None:
    """Show attention to topics, actors or names over time, as a share of all published."""
    from warehouse import reader
    from warehouse import trends as attention

    question = attention.Question(
        kind=kind,
        ids=ids,
        grain=cut["grain"],
        since=cut["since"].date() if cut["since"] else attention.FIRST,
        until=cut["until"].date() if cut["until"] else attention.LAST,
        by=cut["by"],
    )
    if question.since > question.until:
        raise UsageError(f"--from {question.since} is after --to {question.until}")
    refuse_both(settings, cut["shape"], "json")
    with reader.reading(settings.db) as connection:
        question = attention.bounded(connection, question)
        points = attention.trends(connection, question)
        receipts = receipts_of(settings, connection, question)
    if settings.json:
        emit({"points": [asdict(point) for point in points], "receipts": receipts})
        return
    for one, receipt in receipts.items():
        click.echo(f"receipt of {one}: {receipt}", err=True)
    shape = cut["shape"] or ("plot" if sys.stdout.isatty() else "table")
    if shape == "plot":
        _plot(question, points)
    else:
        write_table(as_table(points, receipts if shape in ("csv", "json") else {}), shape, None)


def as_table(points: "Sequence[Point]", receipts: Mapping[str, str]) -> "pa.Table":
    """Give points as a table; the first of each series carries its receipt, if there are any."""
    import pyarrow as pa

    types = {
        "period": pa.date32(),
        "id": pa.string(),
        "group": pa.string(),
        "articles": pa.int64(),
        "independent": pa.int64(),
        "share": pa.float64(),
        "gap": pa.bool_(),
    }
    table = pa.Table.from_pylist([asdict(point) for point in points], pa.schema(types))
    if not receipts:
        return table
    left = dict(receipts)
    carried = pa.array([left.pop(point.id, None) for point in points], pa.string())
    return table.append_column("receipt", carried)


def _plot(question: "Question", points: "Sequence[Point]") -> None:
    from flows.commands.plotting import plot_trend

    series: dict[str, list[tuple[date, float | None]]] = {}
    for point in points:
        name = " · ".join(filter(None, (point.id, point.group)))
        series.setdefault(name, []).append((point.period, point.share))
    plot_trend(f"Share of all articles, by {question.grain}", series)
    gaps = sorted({point.period.isoformat() for point in points if point.gap})
    if gaps:
        click.echo(f"Some sources could not be seen in: {', '.join(gaps)}")


def receipts_of(settings: Settings, connection: Any, question: "Question") -> dict[str, str]:
    """Give the receipt of each series, which `araxes cite` replays; none when quiet."""
    from warehouse import trends as attention
    from warehouse.receipts import receipt

    if settings.verbosity < 0:
        return {}
    return {
        one: str(receipt(
            connection, attention.sql(question, one), attention.evidence(question, one),
            (f"{question.since}", f"{question.until}"),
        ))
        for one in question.ids
    }  # fmt: skip


@click.command(epilog="Example: araxes cite araxes1:eNqr...")
@click.argument("text", metavar="RECEIPT|FILE")
@pass_settings
def cite(settings: Settings, text: str) -> int:
    """Replay a receipt, or all of a file, and say whether each number stands; 1 when one fell.

    FILE is a chart or table downloaded from the dashboard, a digest or a CSV of `araxes trends`,
    which carry their receipts, or a table of `araxes export`, whose receipt is beside it in
    receipts.txt.
    """
    from warehouse import reader
    from warehouse.receipts import PREFIX, find_all, parse, replay

    receipts = (parse(text),) if text.startswith(PREFIX) else find_all(Path(text))
    with reader.reading(settings.db) as connection:
        replays = [replay(connection, receipt) for receipt in receipts]
    if settings.json:
        emit(replayed(replays))
    else:
        for found in replays:
            show_replay(found)
    return 0 if all(found.stands for found in replays) else 1


def replayed(replays: "Sequence[Replay]") -> dict[str, object]:
    """Give what became of some numbers: of the first that fell, or the first, and of each."""
    each = [
        {"stands": found.stands, "changes": found.changes, "receipt": asdict(found.receipt)}
        for found in replays
    ]
    return {**next((one for one in each if not one["stands"]), each[0]), "replays": each}


def show_replay(found: "Replay") -> None:
    """Show whether a number still stands, and how it came about."""
    click.echo("The number still stands." if found.stands else "The number no longer stands.")
    for change in found.changes:
        click.echo(f"  {change}")
    show_receipt(found.receipt)


def show_receipt(receipt: "Receipt") -> None:
    """Show how a number came about."""
    click.echo(
        f"  articles behind it: {', '.join(receipt.evidence[:10])}"
        + (f" and {len(receipt.evidence) - 10} more" if len(receipt.evidence) > 10 else "")
    )
    click.echo(f"  of {receipt.published} published, vocabulary {receipt.vocabulary[:12]}")
    click.echo(f"  days in gap: {len(receipt.gaps)}")
    click.echo(f"  asked: {' '.join(receipt.sql.split())}")


@click.command(epilog="Example: araxes export --out tables --format csv")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option(
    "--format", "shape", type=click.Choice(["parquet", "csv", "jsonl"]), default="parquet"
)
@pass_settings
def export(settings: Settings, out: Path, shape: str) -> None:
    """Write the marts and articles as files, with receipts; no CSV cell is a formula.

    `receipts.txt` has a line for each file; `araxes cite FILE` finds it there.
    """
    from warehouse import reader
    from warehouse.export import export as write
    from warehouse.receipts import BESIDE

    with reader.reading(settings.db) as connection, writing(out):
        written = write(connection, out, shape)
    if settings.json:
        receipts = {file.name: receipt for file, receipt in written.items()}
        emit({"files": [str(file) for file in written], "receipts": receipts})
    else:
        say(settings, f"{len(written)} files in {out}; their receipts are in {out / BESIDE}")


@click.command(epilog="Example: araxes status --json")
@pass_settings
def status(settings: Settings) -> None:
    """Show runs, feed health, gaps, what became of every entry, and the disk."""
    from flows.commands.running import now
    from warehouse import reader
    from warehouse.status import status as read_status

    with reader.reading(settings.db) as connection:
        found = read_status(connection, settings.db, now())
    if settings.json:
        emit(asdict(found))
    else:
        show_status(settings, found)


def show_status(settings: Settings, found: "Status") -> None:
    """Show a warehouse's state: what needs attention comes first."""
    feeds = [
        (f.condition, f.source_id, f.url, f.articles_7d, f.expected_7d, f.last_success_at, _why(f))
        for f in found.feeds
        if f.condition != "healthy" or settings.verbosity > 0
    ]
    health = ", ".join(f"{count} {condition}" for condition, count in found.health.items() if count)
    columns = ("", "source", "feed", "articles 7 d", "expected", "last success", "why")
    show_table(f"{len(found.feeds)} feeds: {health or 'none'}", columns, map(_cells, feeds))
    runs = [
        (run.started_at, run.flow, run.state, _sums(run.states), run.run_id) for run in found.runs
    ]
    show_table("Latest runs", ("started", "flow", "state", "entries", "run"), map(_cells, runs))
    if found.gaps:
        gaps = [(gap.source_id, gap.first_day, gap.last_day, gap.days) for gap in found.gaps]
        show_table(
            "Gaps: days a source could not be seen whole", ("source", "from", "to", "days"), gaps
        )
    show_table("The ledger: what became of every entry", ("state", "entries"), found.ledger.items())
    say(settings, f"{found.articles} articles, {_disk(found.disk)}")


def _disk(disk: "Disk") -> str:
    """Say what the warehouse takes, and when the disk is full at the pace of the last weeks."""
    gigabytes = (disk.core + disk.snapshots + disk.staged) / 1e9
    taken = f"{gigabytes:.2f} GB on disk"
    if disk.per_article:
        taken += f" ({disk.per_article / 1e3:.1f} GB a million articles)"
    free = f"{disk.free / 1e9:.0f} GB free"
    if disk.days_left is None:
        return f"{taken}, {free}; how long that lasts is known after a week of loading"
    return (
        f"{taken}, {free}: full in {disk.days_left:.0f} days at {disk.articles_per_day:.0f} a day"
    )


def _why(feed: "FeedLine") -> str:
    """Say what a feed's condition comes from."""
    match feed.condition.value:
        case "failing" | "gone":
            return f"{feed.last_error} ({feed.consecutive_failures} failures in a row)"
        case "late":
            return f"due since {feed.next_poll_at:%Y-%m-%d %H:%M} UTC"
        case "gapped":
            return f"{feed.gaps_7d} polls shared no entry with the one before"
        case _:
            return feed.verdict


def _cells(row: tuple[object, ...]) -> list[str]:
    return [_cell(cell) for cell in row]


def _sums(states: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
