"""Which periods could not be seen whole: drawn as gaps, never as zeros."""

from dataclasses import dataclass
from datetime import date

from dashboards.marks import Grain
from dashboards.scope import Scope, Split
from dashboards.snapshot import Snapshot

# what outlets are now; languages are of articles, and no outlet's gap is of one language
COLUMNS = {
    Split.SOURCE: "source_id",
    Split.OWNERSHIP: "ownership",
    Split.PERSPECTIVE: "perspective",
    Split.COUNTRY: "country",
}
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
        f" AND o.{COLUMNS[split]} IN (SELECT unnest(${split}))"
        for split in scope.filters()
        if split in COLUMNS
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
          SELECT CAST(unnest(generate_series(
            CAST($since AS DATE), CAST($until AS DATE), INTERVAL 1 DAY)) AS DATE) AS day
        )
        SELECT min(day) AS first, max(day) AS last,
          bool_or(s.day IS NULL OR s.all_gap OR coalesce(s.missing, 0) >= {NOTABLE}) AS gap,
          bool_and(s.day IS NULL OR (s.all_gap AND s.articles = 0)) AS unseen
        FROM calendar LEFT JOIN seen AS s USING (day)
        GROUP BY date_trunc('{grain}', day) ORDER BY first"""  # noqa: S608 - ours; values are bound
    return snapshot.rows(Period, sql, **scope.given())


def start(period: Period, grain: Grain) -> date:
    """Give the day by which marks name the period: its Monday, its first of the month."""
    return grain.first(period.first)
