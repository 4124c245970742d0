"""Which periods could not be seen whole: drawn as gaps, never as zeros."""

from dataclasses import dataclass
from datetime import date, timedelta

from dashboards.marks import Grain
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot

NOTABLE = 0.25  # a day is a gap when sources in gap bring this part of what is usual


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the calendar; `unseen`: nothing could be seen, so there is no number."""

    first: date
    last: date
    gap: bool
    unseen: bool


def periods(snapshot: Snapshot, scope: Scope, grain: Grain) -> tuple[Period, ...]:
    """Give every period of the scope's days, and whether its sources were seen in it."""
    wanted = "".join(
        f" AND {column} IN (SELECT unnest(?))" for column, values in _columns(scope) if values
    )
    sql = f"""
        WITH picked AS (
          SELECT c.* FROM coverage AS c JOIN sources AS o USING (source_id) WHERE true{wanted}
        ), usual AS (
          SELECT source_id, avg(articles) AS articles FROM picked GROUP BY source_id
        ), seen AS (
          SELECT p.day, sum(p.articles) AS articles, bool_and(p.gap) AS all_gap,
            sum(u.articles) FILTER (WHERE p.gap) / nullif(sum(u.articles), 0) AS missing
          FROM picked AS p JOIN usual AS u USING (source_id) GROUP BY p.day
        ), calendar AS (
          SELECT CAST(unnest(generate_series(CAST(? AS DATE), CAST(? AS DATE), INTERVAL 1 DAY))
            AS DATE) AS day
        )
        SELECT min(day) AS first, max(day) AS last,
          bool_or(s.day IS NULL OR s.all_gap OR coalesce(s.missing, 0) >= {NOTABLE}) AS gap,
          bool_and(s.day IS NULL OR (s.all_gap AND s.articles = 0)) AS unseen
        FROM calendar LEFT JOIN seen AS s USING (day)
        GROUP BY date_trunc('{grain}', day) ORDER BY first"""  # noqa: S608 - ours; values are bound
    chosen = [list(values) for _, values in _columns(scope) if values]
    return snapshot.rows(Period, sql, [*chosen, scope.since, scope.until])


def _columns(scope: Scope) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("o.source_id", scope.sources),
        ("o.ownership", scope.ownerships),
        ("o.perspective", scope.perspectives),
        ("o.country", scope.countries),
    )


def start(period: Period, grain: Grain) -> date:
    """Give the day by which marks name the period: its Monday, its first of the month."""
    if grain is Grain.WEEK:
        return period.first - timedelta(days=period.first.weekday())
    return period.first.replace(day=1) if grain is Grain.MONTH else period.first
