# ruff: noqa: S608 - table and column names are ours; values are written as literals
"""What alert rules look at: how much an id was covered on each day, and how feeds are.

Each query is whole, with nothing left to bind: it goes into receipts as it is.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from warehouse import literals

TAGS = {
    "topic": ("article_topics", "topic_id", "topics", "topic"),
    "actor": ("article_actors", "actor_id", "actors", "actor"),
    "name": ("namings", "place_id", "places", "naming"),
}
CITED = 8


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: ids of a kind (None: all of them), through a window of days.

    `measure` is burst, share or count; days below `least` are left out.
    """

    kind: str
    watch: str | None
    measure: str
    least: float
    days: int
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Reading:
    """What was seen of one id on the day that ends a window."""

    day: date
    id: str
    value: float
    articles: int
    independent: int
    expected: float | None
    origins: int


@dataclass(frozen=True, slots=True)
class FeedReading:
    """How a feed was by the end of a day; `since` is when it last gave what it should."""

    day: date
    feed_id: str
    source_id: str
    state: str
    since: date | None


def known(connection: duckdb.DuckDBPyConnection, kind: str) -> frozenset[str]:
    """Give the ids there are of a kind; of `feed`, those of sources."""
    column, table = TAGS[kind][1:3] if kind in TAGS else ("source_id", "sources")
    found = connection.execute(f"SELECT {column} FROM {table}").fetchall()
    return frozenset(one for (one,) in found)


def labels(connection: duckdb.DuckDBPyConnection, kind: str) -> dict[str, str]:
    """Give what the ids of a kind are called; a feed is called like its outlet."""
    if kind in TAGS:
        query = f"SELECT {TAGS[kind][1]}, label FROM {TAGS[kind][2]}"
    else:
        query = "SELECT f.feed_id, s.name FROM feeds AS f JOIN sources AS s USING (source_id)"
    return dict(connection.execute(query).fetchall())


def record(connection: duckdb.DuckDBPyConnection) -> tuple[date, date] | None:
    """Give the first and last day of the record, None when it is empty."""
    row = connection.execute("SELECT min(day), max(day) FROM day_coverage").fetchone()
    return (row[0], row[1]) if row and row[0] else None


def last_day(connection: duckdb.DuckDBPyConnection) -> date | None:
    """Give the last day of the record, None when it is empty."""
    days = record(connection)
    return days[1] if days else None


def readings(connection: duckdb.DuckDBPyConnection, look: Look) -> tuple[Reading, ...]:
    """Give the days on which an id reached the least that is looked for, oldest first."""
    return tuple(Reading(*row) for row in connection.execute(sql(look)).fetchall())


def sql(look: Look) -> str:
    """Give the query of what is looked at."""
    return _bursts(look) if look.measure == "burst" else _windows(look)


def _bursts(look: Look) -> str:
    named = f"AND id = {literals.text(look.watch)}" if look.watch else ""
    return f"""
        SELECT day, id, score AS value, articles, independent, expected, origins
        FROM bursts_above({look.least!r})
        WHERE kind = {literals.text(TAGS[look.kind][3])} {named}
          AND day BETWEEN {literals.day(look.since)} AND {literals.day(look.until)}
        ORDER BY day, id
    """


def _windows(look: Look) -> str:
    value = {
        "share": "count(DISTINCT t.article_id) / nullif(any_value(p.published), 0)",
        "count": "CAST(count(DISTINCT t.cluster_id) AS DOUBLE)",
    }
    return f"""
        WITH days AS ({_calendar(look)}),
        tags AS ({tagged(look)}),
        published AS (
          SELECT d.day, sum(c.articles) AS published FROM days AS d
          JOIN day_coverage AS c ON c.day BETWEEN d.day - {look.days - 1} AND d.day GROUP BY d.day
        )
        SELECT d.day, t.id, {value[look.measure]} AS value,
          count(DISTINCT t.article_id) AS articles, count(DISTINCT t.cluster_id) AS independent,
          CAST(NULL AS DOUBLE) AS expected, count(DISTINCT t.origin) AS origins
        FROM days AS d JOIN tags AS t ON t.day BETWEEN d.day - {look.days - 1} AND d.day
        JOIN published AS p ON p.day = d.day
        GROUP BY d.day, t.id HAVING value >= {look.least!r} ORDER BY d.day, t.id
    """


def _calendar(look: Look) -> str:
    span = f"{literals.day(look.since)}, {literals.day(look.until)}"
    return f"SELECT CAST(unnest(generate_series({span}, INTERVAL 1 DAY)) AS DATE) AS day"


def tagged(look: Look) -> str:
    """Give the relevant articles tagged with the ids: their clusters, and who began them."""
    table, column, _, _ = TAGS[look.kind]
    series, named = f"t.{column}", ""
    if look.watch:
        series = literals.text(look.watch)
        family = f" OR starts_with(t.{column}, {literals.text(look.watch + '.')})"
        named = f"AND (t.{column} = {series}{family if look.kind == 'topic' else ''})"
    return f"""
        SELECT a.day, a.published_at, {series} AS id, a.article_id, c.cluster_id, c.canonical,
          o.source_id AS origin
        FROM {table} AS t JOIN articles AS a USING (article_id)
        JOIN clusters AS c USING (article_id)
        JOIN clusters AS k ON k.cluster_id = c.cluster_id AND k.canonical
        JOIN articles AS o ON o.article_id = k.article_id
        WHERE a.relevant {named} AND a.day BETWEEN {literals.day(_first(look))}
          AND {literals.day(look.until)} AND t.day BETWEEN {literals.day(_first(look))}
          AND {literals.day(look.until)}
    """


def _first(look: Look) -> date:
    return look.since - timedelta(days=look.days - 1)


def evidence(look: Look) -> str:
    """Give the query of the articles behind what is looked at, the latest first."""
    return f"""
        SELECT article_id FROM (
          SELECT DISTINCT article_id, published_at FROM ({tagged(look)}))
        ORDER BY published_at DESC, article_id
    """


def most_repeated(look: Look) -> str:
    """Give the query of an article of each story, the first that told it, most repeated first."""
    return f"""
        SELECT arg_min(article_id, (NOT canonical, published_at, article_id)) AS article_id
        FROM ({tagged(look)}) GROUP BY cluster_id
        ORDER BY count(DISTINCT article_id) DESC, min(published_at) DESC, cluster_id LIMIT {CITED}
    """


def cited(connection: duckdb.DuckDBPyConnection, look: Look) -> tuple[str, ...]:
    """Give an article of each of the most repeated stories, the first that told it."""
    return tuple(article for (article,) in connection.execute(most_repeated(look)).fetchall())


# ---------------------------------------------------------------- feeds


def feed_states(
    connection: duckdb.DuckDBPyConnection, day: date, source: str | None
) -> tuple[FeedReading, ...]:
    """Give the feeds that are not well by the end of a day, or lost entries on it."""
    found = connection.execute(feed_sql(day, source)).fetchall()
    return tuple(FeedReading(day, *row) for row in found)


def feed_sql(day: date, source: str | None, feed: str | None = None) -> str:
    """Give the query of what feeds are; of one source or feed only, if given."""
    wanted = f"AND source_id = {literals.text(source)}" if source else ""
    wanted += f" AND feed_id = {literals.text(feed)}" if feed else ""
    until = literals.day(day)
    return f"""
        WITH polled AS (
          SELECT p.feed_id, f.source_id, p.gap, local_day(p.polled_at) AS day,
            p.outcome NOT IN ('failed', 'refused') AS well
          FROM polls AS p JOIN feeds AS f USING (feed_id) WHERE local_day(p.polled_at) <= {until}
        ), lived AS (
          SELECT feed_id, max(day) FILTER (WHERE well) AS since FROM polled GROUP BY feed_id
        ), brought AS (
          SELECT feed_id, max(local_day(fetched_at)) AS since FROM articles
          WHERE local_day(fetched_at) <= {until} GROUP BY feed_id
        )
        SELECT h.feed_id, h.source_id, h.verdict AS state,
          CASE WHEN h.verdict = 'silent' THEN b.since ELSE l.since END AS since
        FROM feed_health_at({until}) AS h
        LEFT JOIN lived AS l USING (feed_id) LEFT JOIN brought AS b USING (feed_id)
        WHERE h.verdict IN ('silent', 'failing', 'gone') {wanted}
        UNION ALL
        SELECT DISTINCT feed_id, source_id, 'gapped', day FROM polled
        WHERE gap AND day = {until} {wanted}
        ORDER BY 2, 1, 3
    """


def polled_feeds(connection: duckdb.DuckDBPyConnection) -> int:
    """Give how many feeds there are to poll."""
    row = connection.execute(
        "SELECT count(*) FROM feeds WHERE state IN ('active', 'backing_off')"
    ).fetchone()
    return row[0] if row else 0


def latest_of_feed(feed: str) -> str:
    """Give the query of the last articles of a feed, the latest first."""
    return f"""
        SELECT article_id FROM articles WHERE feed_id = {literals.text(feed)}
        ORDER BY fetched_at DESC, article_id LIMIT {CITED}
    """


# ---------------------------------------------------------------- articles to show


@dataclass(frozen=True, slots=True)
class Cited:
    """An article as it is cited."""

    article_id: str
    title: str
    url: str
    source: str
    language: str
    day: date


def articles(connection: duckdb.DuckDBPyConnection, ids: tuple[str, ...]) -> tuple[Cited, ...]:
    """Give articles by id, in that order; one that was forgotten is left out."""
    found = connection.execute(
        """
        SELECT a.article_id, a.title, a.url, s.name, a.language, a.day
        FROM articles AS a JOIN sources AS s USING (source_id)
        WHERE list_contains(?, a.article_id) ORDER BY list_position(?, a.article_id)
        """,
        [list(ids), list(ids)],
    ).fetchall()
    return tuple(Cited(*row) for row in found)


# ---------------------------------------------------------------- history


@dataclass(frozen=True, slots=True)
class Volume:
    """Independent stories of an id on a day."""

    id: str
    day: date
    independent: int


def volumes(
    connection: duckdb.DuckDBPyConnection, kind: str, watch: str | None, span: tuple[date, date]
) -> tuple[Volume, ...]:
    """Give the days on which an id had stories; of all ids of a kind if none is named."""
    mart = TAGS[kind][3]
    kinds = literals.texts((mart, "family") if watch and kind == "topic" else (mart,))
    named = f"AND id = {literals.text(watch)}" if watch else ""
    found = connection.execute(f"""
        SELECT id, period, max(independent) FROM totals
        WHERE list_contains({kinds}, kind) AND grain = 'day' {named}
          AND period BETWEEN {literals.day(span[0])} AND {literals.day(span[1])}
        GROUP BY ALL ORDER BY ALL
    """).fetchall()
    return tuple(Volume(*row) for row in found)


def exposures(connection: duckdb.DuckDBPyConnection, span: tuple[date, date]) -> dict[date, int]:
    """Give how much was published on each day that could be seen whole."""
    return dict(
        connection.execute(f"""
        SELECT day, articles FROM day_coverage WHERE NOT gap AND articles > 0
          AND day BETWEEN {literals.day(span[0])} AND {literals.day(span[1])} ORDER BY day
    """).fetchall()
    )
