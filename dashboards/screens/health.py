"""Health: feeds, gaps, the ledger, runs."""

from dataclasses import dataclass
from datetime import date

import duckdb
import streamlit as st

from dashboards import catalogue, charts, controls, figures, lists, markup, notes
from dashboards.counts import count
from dashboards.marks import Grain, Kind, Question
from dashboards.scope import Scope, Split
from dashboards.snapshot import Snapshot
from warehouse import status


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record, 30)
    outlets = {key: outlet.name for key, outlet in catalogue.outlets(snapshot).items()}
    st.subheader("Feeds")
    feeds(snapshot, outlets)
    st.subheader("Days on which an outlet could not be seen whole")
    gaps(snapshot, scope, outlets)
    st.subheader("The last runs, and what became of every entry")
    ledger(snapshot)


def feeds(snapshot: Snapshot, outlets: dict[str, str]) -> None:
    """Show every feed, the unwell ones first."""
    rows = [
        (
            markup.worded(outlets[f.source_id]),
            f"<b>{markup.plain(f.condition.value)}</b>", markup.plain(f.state),
            f"{f.last_success_at:%Y-%m-%d %H:%M} UTC" if f.last_success_at else "never",
            "–" if f.success_rate_7d is None else f"{f.success_rate_7d:.0%}",
            f"{f.articles_7d} of about {f.expected_7d or 0:.0f}",
            markup.linked(f.url, markup.worded(f.url)), markup.worded(f.last_error or ""),
        )
        for f in snapshot.told(as_of_last_poll)
    ]  # fmt: skip
    head = ("outlet", "condition", "state", "last success", "polls well, 7 days",
            "articles, 7 days", "feed", "last error")  # fmt: skip
    lists.table(head, rows)


def as_of_last_poll(connection: duckdb.DuckDBPyConnection) -> tuple[status.FeedLine, ...]:
    """Give how each feed was when the snapshot's last poll was made; its clock, not ours."""
    found = connection.execute("SELECT coalesce(max(polled_at), 'epoch') FROM polls").fetchone()
    assert found
    return status.feed_lines(connection, found[0])


@dataclass(frozen=True, slots=True)
class Gap:
    """A day on which an outlet could not be seen whole."""

    source_id: str
    day: date
    failed_polls: int
    polls: int


GAPS = """
    SELECT source_id, day, failed_polls, polls FROM coverage
    WHERE gap AND day BETWEEN $since AND $until ORDER BY source_id, day
"""


def gaps(snapshot: Snapshot, scope: Scope, outlets: dict[str, str]) -> None:
    """Show what each outlet published as a calendar: outlets down, days across, gaps marked."""
    question = Question(scope, Kind.PUBLISHED, split=Split.SOURCE, across=Grain.DAY)
    found = {
        (gap.source_id, gap.day.isoformat()): f"{gap.failed_polls} of {gap.polls} polls failed"
        for gap in snapshot.rows(Gap, GAPS, since=scope.since, until=scope.until)
    }
    points = [figures.point(mark, outlets) for mark in count(snapshot, question)]
    known = {(point.series, point.key) for point in points}
    unseen = [
        charts.Point(series, key, outlets[series], None, 0, 0, 0.0, 1.0)
        for series, key in found
        if (series, key) not in known and (not scope.sources or series in scope.sources)
    ]
    shown = sorted([*points, *unseen], key=lambda point: (point.label, point.key))
    if shown:
        spoken = f"{len(found)} gaps among {len(shown)} days of outlets"
        chart = charts.calendar(shown, found)
        source = notes.source("Articles published, by outlet and day", question)
        articles = figures.mark_list(snapshot, question)
        figures.figure(figures.Figure(snapshot, "calendar", chart, shown, source, spoken, articles))


def ledger(snapshot: Snapshot) -> None:
    """Show the last runs."""
    rows = [
        (
            markup.plain(run.run_id), markup.plain(run.flow),
            f"{run.started_at:%Y-%m-%d %H:%M} UTC",
            f"{(run.finished_at - run.started_at).total_seconds():.0f} s"
            if run.finished_at else "–",
            markup.plain(run.state), f"{sum(run.states.values())}", _states(run.states),
        )
        for run in snapshot.told(status.run_lines)
    ]  # fmt: skip
    lists.table(("run", "flow", "started", "took", "state", "entries", "of which"), rows)


def _states(states: dict[str, int]) -> str:
    most = sorted(states.items(), key=lambda state: (-state[1], state[0]))
    return ", ".join(f"{items} {markup.plain(state)}" for state, items in most)
