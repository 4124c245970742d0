"""What `araxes status` shows: runs, feeds, gaps, ledger sums, disk."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb

from warehouse.paths import Paths


@dataclass(frozen=True, slots=True)
class RunLine:
    """One of the latest runs; `states` counts its entries by what became of them."""

    run_id: str
    flow: str
    started_at: datetime
    finished_at: datetime | None
    state: str
    states: dict[str, int]


LATE = timedelta(hours=1)  # past its time: schedules run every half hour
FAILING = 2  # failures in a row: one is a hiccup


class Condition(StrEnum):
    """How a feed is at a glance, the worst that is true of it."""

    GONE = "gone"
    FAILING = "failing"
    LATE = "late"
    GAPPED = "gapped"
    UNUSUAL = "unusual"
    UNPOLLED = "unpolled"
    DISABLED = "disabled"
    HEALTHY = "healthy"


@dataclass(frozen=True, slots=True)
class FeedLine:
    """How one feed is.

    `verdict` is of `feed_health`; `gaps_7d` counts polls that shared no entry with the one
    before.
    """

    feed_id: str
    source_id: str
    url: str
    state: str
    verdict: str
    condition: Condition
    last_success_at: datetime | None
    success_rate_7d: float | None
    articles_7d: int
    expected_7d: float | None
    next_poll_at: datetime | None
    consecutive_failures: int
    gaps_7d: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class GapLine:
    """Days on which a source could not be seen whole."""

    source_id: str
    first_day: date
    last_day: date
    days: int


@dataclass(frozen=True, slots=True)
class Disk:
    """What the warehouse takes, in bytes, and how long the disk lasts.

    `days_left` is None until the warehouse has grown for a week.
    """

    core: int
    snapshots: int
    staged: int
    free: int
    per_article: float | None
    articles_per_day: float | None
    days_left: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `araxes status` shows; `health` counts feeds by their condition."""

    health: dict[str, int]
    runs: tuple[RunLine, ...]
    feeds: tuple[FeedLine, ...]
    gaps: tuple[GapLine, ...]
    ledger: dict[str, int]
    articles: int
    disk: Disk


def status(
    connection: duckdb.DuckDBPyConnection, db: Path, now: datetime, runs: int = 10
) -> Status:
    """Give the state of a warehouse.

    Args:
        connection: on its snapshot, from `reader.connect`.
        db: its core file, whose size on disk is told.
        now: the clock, which says what is late.
        runs: how many of the latest runs to show.
    """
    articles = _rows(connection, "SELECT count(*) FROM articles")[0][0]
    feeds = feed_lines(connection, now)
    counted = Counter(feed.condition for feed in feeds)
    return Status(
        health={condition.value: counted[condition] for condition in reversed(Condition)},
        runs=run_lines(connection, runs),
        feeds=feeds,
        gaps=_gaps(connection),
        ledger=_ledger(connection),
        articles=articles,
        disk=_disk(Paths(db), articles, _daily(connection)),
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Sequence[Sequence[Any]]:
    return connection.execute(query).fetchall()


def _ledger(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    found = _rows(connection, "SELECT state, count(*) FROM items GROUP BY ALL ORDER BY ALL")
    return {str(state): int(items) for state, items in found}


def run_lines(connection: duckdb.DuckDBPyConnection, limit: int = 10) -> tuple[RunLine, ...]:
    """Give the latest runs, with what became of their entries."""
    newest = f"FROM runs ORDER BY started_at DESC, run_id LIMIT {limit:d}"
    found = _rows(connection, f"SELECT run_id, flow, started_at, finished_at, state {newest}")
    states: dict[str, dict[str, int]] = {row[0]: {} for row in found}
    for run_id, state, items in _rows(
        connection,
        f"FROM ledger WHERE run_id IN (SELECT run_id {newest}) ORDER BY ALL",
    ):
        states[run_id][state] = items
    return tuple(_run(row, states[row[0]]) for row in found)


def feed_lines(connection: duckdb.DuckDBPyConnection, now: datetime) -> tuple[FeedLine, ...]:
    """Give how each feed is, those that need someone first; `now` says what is late."""
    found = _rows(
        connection,
        """
        WITH gaps AS (
          SELECT feed_id, count(*) AS polls FROM polls
          WHERE gap AND polled_at > (SELECT max(polled_at) FROM polls) - INTERVAL 7 DAY
          GROUP BY feed_id
        )
        SELECT h.feed_id, h.source_id, f.polled_url, h.state, h.verdict, h.last_success_at,
          h.success_rate_7d, h.articles_7d, h.expected_7d, f.next_poll_at,
          f.consecutive_failures, coalesce(g.polls, 0), f.last_error
        FROM feed_health AS h JOIN feeds AS f USING (feed_id) LEFT JOIN gaps AS g USING (feed_id)
        """,
    )
    lines = (_feed(row, now) for row in found)
    return tuple(sorted(lines, key=_urgency))


def _feed(row: Sequence[Any], now: datetime) -> FeedLine:
    feed_id, source_id, url, state, verdict, *rest = row
    next_poll_at, failures, gaps, _ = rest[4:]
    facts: Iterable[tuple[Condition, bool]] = (
        (Condition.GONE, state == "gone"),
        (Condition.DISABLED, state == "disabled"),
        (Condition.FAILING, verdict == "failing" or failures >= FAILING),
        (Condition.LATE, next_poll_at is not None and next_poll_at < now - LATE),
        (Condition.UNPOLLED, verdict == "unpolled"),
        (Condition.GAPPED, gaps > 0),
        (Condition.UNUSUAL, verdict != "ok"),
    )
    condition = next((name for name, true in facts if true), Condition.HEALTHY)
    return FeedLine(feed_id, source_id, url, state, verdict, condition, *rest)


def _urgency(feed: FeedLine) -> tuple[int, str, str]:
    return list(Condition).index(feed.condition), feed.source_id, feed.url


def _gaps(connection: duckdb.DuckDBPyConnection) -> tuple[GapLine, ...]:
    """Give runs of gap days, the latest first; islands by day minus rank."""
    found = _rows(
        connection,
        """
        WITH numbered AS (
          SELECT source_id, day, day - CAST(row_number() OVER (
            PARTITION BY source_id ORDER BY day) AS INTEGER) AS island
          FROM coverage WHERE gap
        )
        SELECT source_id, min(day), max(day), count(*) FROM numbered
        GROUP BY source_id, island ORDER BY 3 DESC, 1 LIMIT 50
        """,
    )
    return tuple(GapLine(*row) for row in found)


def _daily(connection: duckdb.DuckDBPyConnection) -> float | None:
    """Give the articles loaded a day over the last 28 days of loading, None in the first week."""
    rows = _rows(
        connection,
        """
        SELECT count(*), datediff('day', min(fetched_at), max(fetched_at)) FROM articles
        WHERE fetched_at > (SELECT max(fetched_at) FROM articles) - INTERVAL 28 DAY
        """,
    )
    articles, days = rows[0]
    return articles / days if days and days >= 7 else None


def _disk(paths: Paths, articles: int, daily: float | None) -> Disk:
    core = _size(paths.core)
    snapshots = sum(_size(path) for path in paths.snapshots())
    staged = sum(_size(path) for path in paths.staging.rglob("*.parquet"))
    filesystem = os.statvfs(paths.core.parent)
    free = filesystem.f_bavail * filesystem.f_frsize
    per_article = (core + snapshots + staged) / articles if articles else None
    left = free / (per_article * daily) if per_article and daily else None
    return Disk(core, snapshots, staged, free, per_article, daily, left)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _run(row: Sequence[Any], states: dict[str, int]) -> RunLine:
    run_id, flow, started_at, finished_at, state = row
    return RunLine(run_id, flow, started_at, finished_at, state, states)
