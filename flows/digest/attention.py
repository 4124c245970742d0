# ruff: noqa: S608 - table and column names are ours; values are written as literals
"""What a digest says of attention: the sum, what bursts, what moved, who is new."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flows.digest.claims import Claim, Period, Section, Trend, only
from flows.wording import counted, percent, span
from warehouse import literals, signals
from warehouse.signals import Look

if TYPE_CHECKING:
    import duckdb

ENOUGH_DAYS = 28  # of record before a period: else everybody would be new
ORIGINS = 2  # outlets that must have begun the stories
KINDS = ("topic", "actor")


def whole(connection: "duckdb.DuckDBPyConnection", period: Period) -> Section:
    """Give the sums of the period against the one before."""
    sql = f"""
        SELECT a.day {period.sql} AS now, count(*) AS articles,
          count(*) FILTER (WHERE a.relevant) AS relevant,
          count(DISTINCT c.cluster_id) FILTER (WHERE a.relevant) AS independent,
          count(DISTINCT a.source_id) AS outlets
        FROM articles AS a JOIN clusters AS c USING (article_id)
        WHERE a.day {period.sql} OR a.day {period.before.sql}
        GROUP BY ALL ORDER BY now DESC
    """
    rows = {row[0]: row[1:] for row in connection.execute(sql).fetchall()}
    articles, relevant, independent, outlets = rows[True]
    words = (
        f"{counted(articles, 'article')} from {counted(outlets, 'outlet')}; "
        f"{relevant:,} of them on the region's security ({percent(relevant / articles)}), "
        f"{counted(independent, 'independent story', 'independent stories')}. "
    )
    before = rows.get(False, (0, 0, 0, 0))
    words += (
        f"The {counted(period.days, 'day')} before: {counted(before[0], 'article')}, "
        f"{before[1]:,} of them relevant."
    )
    return Section("whole", "In short", (Claim(words, sql, _relevant(period)),))


def _relevant(period: Period) -> str:
    return f"""
        SELECT article_id FROM articles WHERE relevant AND day {period.sql}
        ORDER BY published_at DESC, article_id
    """


# ---------------------------------------------------------------- bursts


@dataclass(frozen=True, slots=True)
class Burst:
    """The strongest day of an id that burst."""

    kind: str
    id: str
    label: str
    day: date
    independent: int
    expected: float
    score: float
    origins: int


def bursts(connection: "duckdb.DuckDBPyConnection", period: Period) -> Section:
    """Give what had far more independent stories than expected, by outlets of their own."""
    sql = f"""
        SELECT CASE b.kind WHEN 'naming' THEN 'name' ELSE b.kind END AS kind, b.id,
          coalesce(t.label, a.label, p.label, b.id) AS label, day, independent, expected, score,
          origins
        FROM (
          SELECT * FROM bursts WHERE day {period.sql} AND origins >= {ORIGINS}
          QUALIFY row_number() OVER (PARTITION BY kind, id ORDER BY score DESC, day) = 1
        ) AS b
        LEFT JOIN topics AS t ON b.kind = 'topic' AND t.topic_id = b.id
        LEFT JOIN actors AS a ON b.kind = 'actor' AND a.actor_id = b.id
        LEFT JOIN places AS p ON b.kind = 'naming' AND p.place_id = b.id
        ORDER BY score DESC, b.kind, b.id LIMIT 8
    """
    found = [Burst(*row) for row in connection.execute(sql).fetchall()]
    note = "" if found else _no_bursts(connection, period)
    return Section("bursts", "Bursts", tuple(_burst(one, sql) for one in found), note)


def _burst(found: Burst, sql: str) -> Claim:
    on = Look(found.kind, found.id, "count", 1.0, 1, found.day, found.day)
    return Claim(
        words=f"{found.label}: {_stories(found.independent)} on {found.day}, "
        f"{found.expected:.1f} expected (score {found.score:.1f}), "
        f"begun by {counted(found.origins, 'outlet')}.",
        sql=only(sql, "id", found.id),
        evidence=signals.evidence(on),
        cited=signals.most_repeated(on),
        trend=Trend(found.kind, found.id, found.label),
    )


def _stories(number: int) -> str:
    return counted(number, "independent story", "independent stories")


def _no_bursts(connection: "duckdb.DuckDBPyConnection", period: Period) -> str:
    row = connection.execute(
        "SELECT count(*) FROM covered_days WHERE NOT gap AND day <= ?", [period.until]
    ).fetchone()
    days = row[0] if row else 0
    if days <= ENOUGH_DAYS:
        return f"Bursts need {ENOUGH_DAYS} covered days before the day; there are {days} in all."
    return "0 topics, actors or names burst."


# ---------------------------------------------------------------- movers


@dataclass(frozen=True, slots=True)
class Mover:
    """An id whose share of all articles changed by more than chance."""

    id: str
    label: str
    articles: int
    share: float
    low: float
    high: float
    share_before: float
    low_before: float
    high_before: float
    origins: int


def movers(connection: "duckdb.DuckDBPyConnection", period: Period) -> Section:
    """Give what rose and fell: shares whose intervals do not touch, of two origins or more."""
    claims = tuple(claim for kind in KINDS for claim in _movers(connection, period, kind))
    note = "" if claims else "0 topics or actors moved by more than chance would."
    return Section("movers", "Movers", claims, note)


def _movers(connection: "duckdb.DuckDBPyConnection", period: Period, kind: str) -> list[Claim]:
    sql = _moved(period, kind)
    found = [Mover(*row) for row in connection.execute(sql).fetchall()]
    return [_mover(one, only(sql, "id", one.id), period, kind) for one in found]


def _moved(period: Period, kind: str) -> str:
    """Give the query: days in gap count neither above nor below the line."""
    wide = Period(period.before.since, period.until)
    look = Look(kind, None, "count", 1.0, wide.days, wide.until, wide.until)
    _, column, table, _ = signals.TAGS[kind]
    return f"""
        WITH days AS (
          SELECT day, articles, day {period.sql} AS now FROM day_coverage
          WHERE NOT gap AND day {wide.sql}
        ), published AS (
          SELECT coalesce(sum(articles) FILTER (WHERE now), 0) AS all_now,
            coalesce(sum(articles) FILTER (WHERE NOT now), 0) AS all_before FROM days
        ), found AS (
          SELECT t.id, count(DISTINCT t.article_id) FILTER (WHERE d.now) AS articles,
            count(DISTINCT t.article_id) FILTER (WHERE NOT d.now) AS before,
            count(DISTINCT t.origin) AS origins
          FROM ({signals.tagged(look)}) AS t JOIN days AS d USING (day) GROUP BY t.id
        ), shares AS (
          SELECT id, articles, articles / all_now AS share, share_low(articles, all_now) AS low,
            share_high(articles, all_now) AS high, before / all_before AS share_before,
            share_low(before, all_before) AS low_before,
            share_high(before, all_before) AS high_before, origins
          FROM found, published WHERE all_now > 0 AND all_before > 0
        )
        SELECT s.id, v.label, s.articles, share, greatest(low, 0), high, share_before,
          greatest(low_before, 0), high_before, origins
        FROM shares AS s JOIN {table} AS v ON v.{column} = s.id
        WHERE (low > high_before OR high < low_before) AND origins >= {ORIGINS}
        ORDER BY abs(share - share_before) DESC, s.id LIMIT 5
    """


def _mover(found: Mover, sql: str, period: Period, kind: str) -> Claim:
    rose = "rose" if found.share > found.share_before else "fell"
    look = Period(period.before.since, period.until).look(kind, found.id)
    return Claim(
        words=f"{found.label} {rose} to {percent(found.share)} of all articles "
        f"({span(found.low, found.high)}; {counted(found.articles, 'article')}) from "
        f"{percent(found.share_before)} ({span(found.low_before, found.high_before)}), "
        f"in stories that {counted(found.origins, 'outlet')} began.",
        sql=sql,
        evidence=signals.evidence(look),
        cited=signals.most_repeated(look),
        trend=Trend(kind, found.id, found.label),
    )


# ---------------------------------------------------------------- new actors


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An actor that the record did not know before."""

    id: str
    label: str
    first_day: date
    independent: int
    origins: int


def newcomers(connection: "duckdb.DuckDBPyConnection", period: Period) -> Section:
    """Give actors named for the first time on record, by two origins or more."""
    record = signals.record(connection)
    days = (period.since - record[0]).days if record else 0
    if days < ENOUGH_DAYS:
        note = f"The record begins {max(days, 0)} days before; new actors need {ENOUGH_DAYS}."
        return Section("newcomers", "New actors", (), note)
    sql = f"""
        WITH new AS (
          SELECT actor_id FROM article_actors GROUP BY actor_id
          HAVING min(day) {period.sql}
        )
        SELECT t.id, v.label, min(t.day) AS first_day,
          count(DISTINCT t.cluster_id) AS independent, count(DISTINCT t.origin) AS origins
        FROM ({signals.tagged(Look("actor", None, "count", 1.0, period.days, period.until, period.until))}) AS t
        SEMI JOIN new ON new.actor_id = t.id JOIN actors AS v ON v.actor_id = t.id
        GROUP BY t.id, v.label HAVING origins >= {ORIGINS}
        ORDER BY independent DESC, t.id LIMIT 8
    """  # noqa: E501
    found = [Newcomer(*row) for row in connection.execute(sql).fetchall()]
    claims = tuple(_newcomer(one, sql, period) for one in found)
    note = "" if claims else f"0 actors were named for the first time in {days} days or more."
    return Section("newcomers", "New actors", claims, note)


def _newcomer(found: Newcomer, sql: str, period: Period) -> Claim:
    look = period.look("actor", found.id)
    return Claim(
        words=f"{found.label}: first on record on {found.first_day}, since then in "
        f"{_stories(found.independent)} begun by {counted(found.origins, 'outlet')}.",
        sql=only(sql, "id", found.id),
        evidence=signals.evidence(look),
        cited=signals.most_repeated(look),
    )


def days_of(connection: "duckdb.DuckDBPyConnection", trend: Trend, period: Period) -> list["Day"]:
    """Give an id's independent stories by day, for a chart; none on days in gap."""
    mart = signals.TAGS[trend.kind][3]
    found = connection.execute(
        f"""
        SELECT d.day, CASE WHEN NOT d.unseen THEN coalesce(t.independent, 0) END, d.gap
        FROM day_coverage AS d LEFT JOIN totals AS t
          ON t.period = d.day AND t.grain = 'day' AND t.kind = {literals.text(mart)}
            AND t.id = {literals.text(trend.id)}
        WHERE d.day {period.sql} ORDER BY d.day
        """
    ).fetchall()
    return [Day(*row) for row in found]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a chart."""

    day: date
    independent: int | None
    gap: bool
