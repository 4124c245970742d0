"""What is covered most, and what moved."""

from dataclasses import dataclass
from datetime import date, timedelta

from dashboards.marks import Kind
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot

KIND_IN_TOTALS = {Kind.TOPIC: "topic", Kind.ACTOR: "actor", Kind.NAME: "naming"}


@dataclass(frozen=True, slots=True)
class Top:
    """An id with its articles."""

    id: str
    articles: int


def top_ids(snapshot: Snapshot, kind: Kind, scope: Scope, most: int) -> list[str]:
    """Give the ids with the most articles in the days of a scope."""
    found = snapshot.rows(
        Top,
        "SELECT id, articles FROM share_of_voice($kind, $since, $until) LIMIT $most",
        kind=KIND_IN_TOTALS[kind],
        since=scope.since,
        until=scope.until,
        most=most,
    )
    return [top.id for top in found]


@dataclass(frozen=True, slots=True)
class Burst:
    """An id on a day it had far more articles than expected."""

    day: date
    kind: str
    id: str
    articles: int
    independent: int
    expected: float
    score: float
    origins: int


def bursts(snapshot: Snapshot, last: date, days: int = 7) -> tuple[Burst, ...]:
    """Give the bursts of the last days, strongest first."""
    return snapshot.rows(
        Burst,
        """
        SELECT day, kind, id, articles, independent, expected, score, origins FROM bursts
        WHERE day > $since ORDER BY score DESC, kind, id LIMIT 12
        """,
        since=last - timedelta(days=days),
    )


@dataclass(frozen=True, slots=True)
class Health:
    """A feed that is not well."""

    source_id: str
    feed: str
    state: str
    verdict: str
    last_success_at: object
    last_error: str | None


def unwell(snapshot: Snapshot) -> tuple[Health, ...]:
    """Give the feeds whose verdict is not `ok`, worst first."""
    return snapshot.rows(
        Health,
        """
        SELECT h.source_id, f.url AS feed, h.state, h.verdict, h.last_success_at, f.last_error
        FROM feed_health AS h JOIN feeds AS f USING (feed_id)
        WHERE h.verdict NOT IN ('ok', 'disabled')
        ORDER BY list_position(['failing', 'gone', 'silent', 'unsteady', 'low', 'high', 'unpolled'],
          h.verdict), h.source_id
        """,
    )


@dataclass(frozen=True, slots=True)
class Covered:
    """How many days were seen whole, which bursts need 28 of."""

    days: int


def covered_days(snapshot: Snapshot) -> int:
    """Give the number of days on which at least one source was seen whole."""
    found = snapshot.rows(Covered, "SELECT count(DISTINCT day) AS days FROM coverage WHERE NOT gap")
    return found[0].days
