# ruff: noqa: S608 - table and column names are ours; values are written as literals
"""What a digest says of its own eyes: feeds that are not well, days not seen, what runs did."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.digest.claims import Claim, Period, Section, only
from flows.wording import counted
from warehouse import literals, signals

if TYPE_CHECKING:
    import duckdb

MOST = 8


@dataclass(frozen=True, slots=True)
class Unwell:
    """A feed that is not well by the end of a period."""

    feed: str
    name: str
    verdict: str
    articles: int
    expected: float | None
    rate: float | None


def health(connection: "duckdb.DuckDBPyConnection", period: Period) -> Section:
    """Give what could not be seen, and why the numbers above are lower bounds there."""
    claims = (*_runs(connection, period), *_gaps(connection, period), *_feeds(connection, period))
    note = "" if claims else "0 runs are on record in these days: what is here was imported."
    return Section("health", "What could not be seen", claims, note)


def _runs(connection: "duckdb.DuckDBPyConnection", period: Period) -> list[Claim]:
    sql = f"""
        SELECT count(DISTINCT r.run_id) AS runs,
          count(DISTINCT r.run_id) FILTER (WHERE r.state <> 'completed') AS unfinished,
          coalesce(sum(l.items), 0) AS entries,
          coalesce(sum(l.items) FILTER (WHERE l.state IN
            ('fetch_failed', 'extract_failed', 'quarantined')), 0) AS failed,
          coalesce(sum(l.items) FILTER (WHERE l.state = 'pending'), 0) AS pending
        FROM runs AS r LEFT JOIN ledger AS l USING (run_id)
        WHERE local_day(r.started_at) {period.sql}
    """
    row = connection.execute(sql).fetchone()
    if not row or not row[0]:
        return []
    runs, unfinished, entries, failed, pending = row
    words = (
        f"{counted(runs, 'run')}, {unfinished:,} of them not completed; {entries:,} new entries, "
        f"of which {failed:,} could not be read and {pending:,} wait for another attempt."
    )
    evidence = f"""
        SELECT article_id FROM articles WHERE local_day(fetched_at) {period.sql}
        ORDER BY fetched_at DESC, article_id
    """
    return [Claim(words, sql, evidence)]


def _gaps(connection: "duckdb.DuckDBPyConnection", period: Period) -> list[Claim]:
    sql = f"""
        SELECT count(DISTINCT source_id) FILTER (WHERE gap) AS dark,
          count(DISTINCT source_id) AS outlets, count(*) FILTER (WHERE gap) AS days,
          (SELECT count(*) FROM day_coverage WHERE gap AND day {period.sql}) AS gap_days
        FROM coverage WHERE day {period.sql}
    """
    row = connection.execute(sql).fetchone()
    if not row or not row[0]:
        return []
    dark, outlets, days, gap_days = row
    words = (
        f"{dark:,} of {counted(outlets, 'outlet')} could not be seen whole on "
        f"{counted(days, 'day')} of theirs; {gap_days:,} of {counted(period.days, 'day')} "
        "lack a quarter or more of what is usual and count as gaps."
    )
    evidence = f"""
        SELECT a.article_id FROM articles AS a JOIN coverage AS c
          ON c.day = a.day AND c.source_id = a.source_id
        WHERE c.gap AND a.day {period.sql} ORDER BY a.published_at DESC, a.article_id
    """
    return [Claim(words, sql, evidence)]


def _feeds(connection: "duckdb.DuckDBPyConnection", period: Period) -> list[Claim]:
    sql = f"""
        SELECT h.feed_id, s.name, h.verdict, h.articles_7d, h.expected_7d, h.success_rate_7d
        FROM feed_health_at({literals.day(period.until)}) AS h JOIN sources AS s USING (source_id)
        WHERE h.verdict IN ('failing', 'gone', 'silent', 'unsteady', 'low')
        ORDER BY list_position(['failing', 'gone', 'silent', 'unsteady', 'low'], h.verdict),
          h.expected_7d DESC NULLS LAST, s.name, h.feed_id
    """
    found = [Unwell(*row) for row in connection.execute(sql).fetchall()]
    return [_feed(one, sql) for one in found[:MOST]]


def _feed(found: Unwell, sql: str) -> Claim:
    expected = f", about {found.expected:.0f} expected" if found.expected else ""
    rate = f"; {found.rate:.0%} of its polls worked" if found.rate is not None else ""
    return Claim(
        words=f"{found.name}: a feed is {found.verdict}, with "
        f"{counted(found.articles, 'article')} in 7 days{expected}{rate}.",
        sql=only(sql, "feed_id", found.feed),
        evidence=signals.latest_of_feed(found.feed),
    )
