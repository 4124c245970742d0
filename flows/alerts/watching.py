"""What rules find in the snapshot, as alerts with the articles they cite and their receipts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flows import ids
from flows.alerts import findings
from flows.alerts.findings import Finding
from flows.alerts.rules import ANY, Kind, Known, Rule
from warehouse import receipts, signals
from warehouse.alerts import Alert
from warehouse.signals import Look

if TYPE_CHECKING:
    import duckdb

LOOKBACK = 7  # days that a run looks at: one that comes late tells what it missed


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends included."""

    since: date
    until: date


def known(connection: "duckdb.DuckDBPyConnection") -> Known:
    """Give the ids that rules may watch."""
    return {kind: signals.known(connection, kind) for kind in Kind}


def recent(connection: "duckdb.DuckDBPyConnection") -> Span | None:
    """Give the days that a run looks at, None when nothing is on record."""
    last = signals.last_day(connection)
    return Span(last - timedelta(days=LOOKBACK - 1), last) if last else None


def look(rule: Rule, span: Span) -> Look:
    """Give what a rule looks at in a span of days."""
    watch = None if rule.watch == ANY else rule.watch
    days = (rule.window, span.since, span.until)
    return Look(rule.kind.value, watch, rule.measure.value, rule.threshold, *days)


def found(
    connection: "duckdb.DuckDBPyConnection", rules: Iterable[Rule], span: Span
) -> tuple[Finding, ...]:
    """Give everything that active rules are met by in a span of days."""
    return tuple(
        finding for rule in rules if rule.active for finding in of_rule(connection, rule, span)
    )


def of_rule(connection: "duckdb.DuckDBPyConnection", rule: Rule, span: Span) -> tuple[Finding, ...]:
    """Give everything that one rule is met by in a span of days.

    Of feeds only the last day counts: one that has recovered is no news.
    """
    if rule.kind is Kind.FEED:
        return of_feeds(connection, rule, span.until)
    return findings.reached(rule, signals.readings(connection, look(rule, span)))


def of_feeds(connection: "duckdb.DuckDBPyConnection", rule: Rule, day: date) -> tuple[Finding, ...]:
    """Give the feeds that a rule is told of on one day."""
    source = None if rule.watch == ANY else rule.watch
    feeds = signals.feed_states(connection, day, source)
    return findings.unwell(rule, feeds, signals.polled_feeds(connection))


def alert(connection: "duckdb.DuckDBPyConnection", finding: Finding, fired_at: datetime) -> Alert:
    """Give a finding as it is kept: with its articles, and a receipt that can be replayed."""
    rule, reading = finding.rule, finding.reading
    cited, receipt = _proof(connection, finding)
    parts = (rule.rule_id, reading.id, finding.state or "", reading.day.isoformat())
    return Alert(
        alert_id=ids.stable_id("alert", *parts),
        rule_id=rule.rule_id,
        kind=rule.kind.value,
        id=reading.id,
        state=finding.state,
        day=reading.day,
        fired_at=fired_at,
        measure="feed" if finding.state else rule.measure.value,
        value=reading.value,
        threshold=rule.threshold,
        days=rule.window,
        articles=reading.articles,
        independent=reading.independent,
        expected=reading.expected,
        origins=reading.origins,
        cited=cited,
        receipt=str(receipt),
    )


def _proof(
    connection: "duckdb.DuckDBPyConnection", finding: Finding
) -> tuple[tuple[str, ...], receipts.Receipt]:
    if finding.state:
        return _proof_of_feed(connection, finding)
    reading = finding.reading
    asked = look(finding.rule, Span(reading.day, reading.day))
    one = replace(asked, watch=reading.id)
    evidence = signals.evidence(one)
    return signals.cited(connection, one), receipts.receipt(connection, signals.sql(one), evidence)


def _proof_of_feed(
    connection: "duckdb.DuckDBPyConnection", finding: Finding
) -> tuple[tuple[str, ...], receipts.Receipt]:
    feed = finding.reading.id
    if feed == ANY:
        asked = signals.feed_sql(finding.reading.day, None)
        return (), receipts.receipt(connection, asked)
    latest = signals.latest_of_feed(feed)
    asked = signals.feed_sql(finding.reading.day, None, feed)
    cited = tuple(article for (article,) in connection.execute(latest).fetchall())
    return cited, receipts.receipt(connection, asked, latest)
