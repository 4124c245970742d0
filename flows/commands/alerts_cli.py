"""`araxes alerts`: rules and their state, one round, what a rule would have said."""

import asyncio
import os
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.commands.asking import DAY
from flows.commands.options import pass_settings
from flows.commands.output import emit, say, show_table
from flows.commands.running import now, run_to_the_end
from flows.errors import UsageError
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.alerts.backtest import Result
    from flows.alerts.rounds import Report
    from flows.alerts.rules import Rule
    from flows.alerts.watching import Span
    from warehouse.alerts import Alert, Delivery

RULES = click.option(
    "--rules",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The rules  [alerts.toml beside the source list; ARAXES_ALERTS]",
)


@click.group(epilog="Example: araxes alerts backtest --rule treaty-burst")
def alerts() -> None:
    """Rules that watch topics, actors, names and feeds: list, run, backtest."""


def _path(settings: Settings, given: Path | None) -> Path:
    from flows.alerts.rules import path_beside

    return given or path_beside(settings.sources)


@alerts.command("list", epilog="Example: araxes alerts list --json")
@RULES
@pass_settings
def list_rules(settings: Settings, path: Path | None) -> None:
    """List the rules, when each last fired, and what still waits to be told."""
    from flows.alerts import rules, watching
    from warehouse import alerts as kept
    from warehouse import reader

    with reader.reading(settings.db) as connection:
        kept.require(connection)
        book = rules.load(_path(settings, path), watching.known(connection))
        fired, told = kept.alerts(connection), kept.deliveries(connection)
    lines = [_line(rule, fired, told) for rule in book.rules]
    if settings.json:
        emit({"rules": lines})
        return
    columns = ("rule", "kind", "watches", "active", "fired", "last", "untold", "last error")
    show_table("Rules", columns, ([_cell(cell) for cell in line.values()] for line in lines))


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _line(
    rule: "Rule", fired: tuple["Alert", ...], told: tuple["Delivery", ...]
) -> dict[str, object]:
    mine = [alert for alert in fired if alert.rule_id == rule.rule_id]
    ids = {alert.alert_id for alert in mine}
    waiting = [one for one in told if one.alert_id in ids and one.state == "pending"]
    return {
        "rule": rule.rule_id,
        "kind": rule.kind.value,
        "watch": rule.watch,
        "active": rule.active,
        "fired": len(mine),
        "last": mine[0].day if mine else None,
        "pending": len(waiting),
        "error": next((one.error for one in waiting if one.error), None),
    }


@alerts.command(epilog="Example: araxes alerts run --dry-run")
@RULES
@click.option("--dry-run", is_flag=True, help="Say what would fire; store nothing, tell nobody.")
@click.option("--prefect", "on_server", is_flag=True, help="Run as a Prefect flow run.")
@pass_settings
def run(settings: Settings, path: Path | None, *, dry_run: bool, on_server: bool) -> int:
    """Look once, write down what is new, and tell whoever is to know; 1 if one was not reached."""
    from flows.alerts import rounds

    if not dry_run and (on_server or os.environ.get("PREFECT_API_URL")):
        return run_on_server(settings, _path(settings, path))
    asked = rounds.Round(settings.db, _path(settings, path), now)
    report = rounds.preview(asked) if dry_run else run_to_the_end(rounds.carry_out(asked))
    show(settings, report, dry_run=dry_run)
    return 1 if report.failed else 0


def run_on_server(settings: Settings, path: Path) -> int:
    """Run a round as a Prefect flow run, which is where events can be emitted."""
    from flows.watch import watch

    document = asyncio.run(
        watch(
            db=str(settings.db.absolute()),
            rules=str(path.absolute()),
            period=None,
        )
    )
    emit(document)
    return 1 if document["failed"] else 0


def show(settings: Settings, report: "Report", *, dry_run: bool) -> None:
    """Show what a round did, or would do."""
    if settings.json:
        emit(report.document())
        return
    if not report.fired:
        say(settings, "Nothing new.")
    for message in report.fired:
        click.echo(("would fire: " if dry_run else "") + message.headline)
        for article in message.articles[:3]:
            click.echo(f"  {article.day} {article.source}: {article.title}")
            click.echo(f"    {article.url}")
    _show_deliveries(settings, report)


def _show_deliveries(settings: Settings, report: "Report") -> None:
    delivered = len(report.told) - len(report.failed)
    if report.told:
        say(settings, f"{delivered} told, {len(report.failed)} not; the next run tries those again")
    for one in report.told:
        if one.error:
            click.echo(f"  {one.channel}: {one.error}", err=True)
    if report.waiting:
        say(settings, f"{len(report.waiting)} events wait for a run on a Prefect server")


@alerts.command(epilog="Example: araxes alerts backtest --from 2026-09-01 --rule treaty-burst")
@RULES
@click.option("--from", "since", type=DAY, help="First day  [29 days after the record begins]")
@click.option("--to", "until", type=DAY, help="Last day  [the last on record]")
@click.option("--rule", "only", multiple=True, metavar="ID", help="This rule only; repeatable.")
@pass_settings
def backtest(settings: Settings, path: Path | None, only: tuple[str, ...], **days: object) -> None:
    """Replay history: what would each rule have said, and was it so? Also of rules not active."""
    from flows.alerts import rules, watching
    from flows.alerts.backtest import replay
    from warehouse import alerts as kept
    from warehouse import reader, signals

    with reader.reading(settings.db) as connection:
        kept.require(connection)
        book = rules.load(_path(settings, path), watching.known(connection))
        chosen = _chosen(book.rules, only)
        record = signals.record(connection)
        if record is None:
            raise UsageError("nothing is on record yet: run `araxes ingest` first")
        span = _span(record, days)
        results = [replay(connection, rule, span) for rule in chosen]
        names = {rule.rule_id: signals.labels(connection, rule.kind.value) for rule in chosen}
    if settings.json:
        emit({"from": span.since, "to": span.until, "rules": [asdict(one) for one in results]})
    else:
        _show_results(results, names, f"{span.since} to {span.until}")


def _chosen(known: tuple["Rule", ...], only: tuple[str, ...]) -> list["Rule"]:
    names = {rule.rule_id for rule in known}
    if unknown := sorted(set(only) - names):
        raise UsageError(f"no rule has the id {unknown[0]!r}; there are: {', '.join(names)}")
    return [rule for rule in known if not only or rule.rule_id in only]


def _span(record: tuple[date, date], days: dict[str, object]) -> "Span":
    from flows.alerts.watching import Span

    since, until = days["since"], days["until"]
    first = since.date() if isinstance(since, datetime) else record[0] + timedelta(days=28)
    last = until.date() if isinstance(until, datetime) else record[1]
    if first > last:
        known = f"the record is {record[0]} to {record[1]}"
        raise UsageError(f"--from {first} is after --to {last}; {known}")
    return Span(first, last)


def _show_results(results: list["Result"], names: dict[str, dict[str, str]], span: str) -> None:
    columns = ("rule", "fired", "precision", "any day", "lag (days)", "episodes", "missed")
    rows = (
        (
            one.rule_id,
            len(one.firings),
            _percent(one.precision),
            _percent(one.base_rate),
            "" if one.median_lag_days is None else f"{one.median_lag_days:g}",
            "" if one.episodes is None else one.episodes,
            len(one.missed),
        )
        for one in results
    )
    show_table(f"What the rules would have said, {span}", columns, rows)
    for one in results:
        for firing in one.firings:
            verdict = {True: "confirmed", False: "not confirmed", None: "too early to say"}
            called = names[one.rule_id].get(firing.id, firing.id)
            what = f"{called}{', ' * bool(firing.state)}{firing.state or ''}"
            click.echo(f"  {one.rule_id}: {firing.day} {what}, {verdict[firing.confirmed]}")
        for what, day in one.missed:
            click.echo(f"  {one.rule_id}: {day} {names[one.rule_id].get(what, what)}, missed")


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
