"""Alerts as they are kept: what fired, to whom it must be told, what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

import duckdb

from flows.errors import WarehouseError
from warehouse.rows import BIG, COUNT, DAY, REAL, TEXT, TEXTS, TIME, Row, Staged


class DeliveryState(StrEnum):
    """Where a delivery stands; `pending` is tried again by the next run."""

    PENDING = "pending"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Alert:
    """What a rule found.

    Args:
        alert_id: depends on the rule, what it found and the day.
        rule_id: the rule.
        kind: topic, actor, name or feed.
        id: the topic, actor, place or feed; `*` for an outage of most feeds.
        state: what a feed is; None for other kinds.
        day: the day it holds of, the last of its window.
        fired_at: when it was found.
        measure: burst, share or count; for a feed, feed.
        value: what was measured.
        threshold: what it had to reach.
        days: length of the window.
        articles: in the window, copies too.
        independent: clusters among them.
        expected: what was to be expected, where that is known.
        origins: sources the clusters began with.
        cited: ids of the articles to show, the most repeated stories first.
        receipt: replayed by `araxes cite`.
    """

    alert_id: str
    rule_id: str
    kind: str
    id: str
    state: str | None
    day: date
    fired_at: datetime
    measure: str
    value: float
    threshold: float
    days: int
    articles: int
    independent: int
    expected: float | None
    origins: int
    cited: tuple[str, ...]
    receipt: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on one channel."""

    alert_id: str
    channel: str
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    attempted_at: datetime | None = None
    error: str | None = None


def _alert(alert: Alert) -> Iterable[Row]:
    yield (
        alert.alert_id,
        alert.rule_id,
        alert.kind,
        alert.id,
        alert.state,
        alert.day,
        alert.fired_at,
        alert.measure,
        alert.value,
        alert.threshold,
        alert.days,
        alert.articles,
        alert.independent,
        alert.expected,
        alert.origins,
        list(alert.cited),
        alert.receipt,
    )


ALERTS: Staged[Alert] = Staged(
    "alerts",
    {
        "alert_id": TEXT,
        "rule_id": TEXT,
        "kind": TEXT,
        "id": TEXT,
        "state": TEXT,
        "day": DAY,
        "fired_at": TIME,
        "measure": TEXT,
        "value": REAL,
        "threshold": REAL,
        "days": COUNT,
        "articles": BIG,
        "independent": BIG,
        "expected": REAL,
        "origins": BIG,
        "cited": TEXTS,
        "receipt": TEXT,
    },
    _alert,
)


def _delivery(delivery: Delivery) -> Iterable[Row]:
    yield (
        delivery.alert_id,
        delivery.channel,
        delivery.state.value,
        delivery.attempts,
        delivery.attempted_at,
        delivery.error,
    )


DELIVERIES: Staged[Delivery] = Staged(
    "alert_deliveries",
    {
        "alert_id": TEXT,
        "channel": TEXT,
        "state": TEXT,
        "attempts": COUNT,
        "attempted_at": TIME,
        "error": TEXT,
    },
    _delivery,
)


def require(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse a snapshot that was published before there were alerts.

    Raises:
        WarehouseError: with what to do.
    """
    tables = "SELECT 1 FROM duckdb_tables() WHERE table_name = 'alert_deliveries'"
    if not connection.execute(tables).fetchone():
        older = WarehouseError("the read snapshot was published by an older version of Araxes")
        older.remedy = "araxes publish"
        raise older


def alerts(connection: duckdb.DuckDBPyConnection) -> tuple[Alert, ...]:
    """Give every alert, the latest first."""
    found = connection.execute("FROM alerts ORDER BY day DESC, rule_id, id, alert_id").fetchall()
    kept = (Alert(*row) for row in found)
    return tuple(replace(alert, cited=tuple(alert.cited)) for alert in kept)


def deliveries(connection: duckdb.DuckDBPyConnection) -> tuple[Delivery, ...]:
    """Give every delivery, in the order of their alerts' ids."""
    found = connection.execute("FROM alert_deliveries ORDER BY alert_id, channel").fetchall()
    kept = (Delivery(*row) for row in found)
    return tuple(replace(one, state=DeliveryState(one.state)) for one in kept)
