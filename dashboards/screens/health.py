"""Health: feeds, gaps, the ledger, runs."""

from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st

from dashboards import catalogue, charts, controls, lists, markup
from dashboards.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One feed and how it does."""

    source: str
    url: str
    state: str
    verdict: str
    last_success_at: datetime | None
    success_rate_7d: float | None
    articles_7d: int
    expected_7d: float | None
    last_error: str | None


FEEDS = """
    SELECT o.name AS source, f.url, h.state, h.verdict, h.last_success_at, h.success_rate_7d,
      h.articles_7d, h.expected_7d, f.last_error
    FROM feed_health AS h JOIN feeds AS f USING (feed_id)
    JOIN sources AS o ON o.source_id = h.source_id
    ORDER BY h.verdict = 'ok', o.name, f.url
"""


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record, 30)
    st.subheader("Feeds")
    feeds(snapshot)
    st.subheader("Days on which an outlet could not be seen whole")
    gaps(snapshot, scope.since, scope.until)
    st.subheader("The last runs, and what became of every entry")
    ledger(snapshot)


def feeds(snapshot: Snapshot) -> None:
    """Show every feed, the unwell ones first."""
    rows = [
        (
            markup.worded(f.source), f"<b>{markup.plain(f.verdict)}</b>", markup.plain(f.state),
            f"{f.last_success_at:%Y-%m-%d %H:%M} UTC" if f.last_success_at else "never",
            "–" if f.success_rate_7d is None else f"{f.success_rate_7d:.0%}",
            f"{f.articles_7d} of about {f.expected_7d or 0:.0f}",
            markup.linked(f.url, markup.worded(f.url)), markup.worded(f.last_error or ""),
        )
        for f in snapshot.rows(FeedRow, FEEDS)
    ]  # fmt: skip
    head = ("outlet", "verdict", "state", "last success", "polls well, 7 days", "articles, 7 days",
            "feed", "last error")  # fmt: skip
    lists.table(head, rows)


@dataclass(frozen=True, slots=True)
class Cell:
    """An outlet on a day."""

    source: str
    day: date
    articles: int
    gap: bool
    failed_polls: int
    polls: int


def gaps(snapshot: Snapshot, since: date, until: date) -> None:
    """Show coverage as a calendar: outlets down, days across, gaps marked."""
    found = snapshot.rows(
        Cell,
        """
        SELECT o.name || ' (' || c.source_id || ')' AS source, c.day, c.articles, c.gap,
          c.failed_polls, c.polls
        FROM coverage AS c JOIN sources AS o USING (source_id)
        WHERE c.day BETWEEN ? AND ? ORDER BY source, day
        """,
        [since, until],
    )
    if found:
        chart = charts.calendar([_square(cell) for cell in found])
        spoken = f"{sum(c.gap for c in found)} gaps among {len(found)} days of outlets"
        st.altair_chart(chart, width="stretch", alt=spoken)


def _square(cell: Cell) -> charts.Square:
    note = f"{cell.failed_polls} of {cell.polls} polls failed"
    return charts.Square(cell.source, cell.day.isoformat(), cell.articles, cell.gap, note)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with its ledger in words."""

    run_id: str
    flow: str
    started_at: datetime
    seconds: float | None
    state: str
    entries: int
    states: str


RUNS = """
    WITH newest AS (SELECT * FROM runs ORDER BY started_at DESC, run_id LIMIT 15)
    SELECT r.run_id, any_value(r.flow) AS flow, any_value(r.started_at) AS started_at,
      any_value(epoch(r.finished_at) - epoch(r.started_at)) AS seconds,
      any_value(r.state) AS state, CAST(coalesce(sum(l.items), 0) AS BIGINT) AS entries,
      coalesce(string_agg(l.items || ' ' || l.state, ', ' ORDER BY l.items DESC, l.state), '')
        AS states
    FROM newest AS r LEFT JOIN ledger AS l USING (run_id)
    GROUP BY r.run_id ORDER BY started_at DESC
"""


def ledger(snapshot: Snapshot) -> None:
    """Show the last runs."""
    rows = [
        (
            markup.plain(r.run_id), markup.plain(r.flow), f"{r.started_at:%Y-%m-%d %H:%M} UTC",
            "–" if r.seconds is None else f"{r.seconds:.0f} s", markup.plain(r.state),
            f"{r.entries}", markup.plain(r.states),
        )
        for r in snapshot.rows(RunRow, RUNS)
    ]  # fmt: skip
    lists.table(("run", "flow", "started", "took", "state", "entries", "of which"), rows)
