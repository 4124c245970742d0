# ruff: noqa: S608 - table and column names are ours; values are written as literals
"""What a digest says of sides: who covers what, who calls it what, who leads and who copies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.digest.claims import Claim, Period, Section, only
from flows.wording import counted, percent, span
from warehouse import literals

if TYPE_CHECKING:
    import duckdb

# each article with the perspective its outlet had on the day
SIDED = """
    SELECT a.article_id, a.day, a.published_at, a.relevant, h.perspective
    FROM articles AS a JOIN source_history AS h
      ON h.source_id = a.source_id AND a.day >= h.valid_from AND a.day < h.valid_to
"""
LEAST_PUBLISHED = 20  # below which silence says nothing


@dataclass(frozen=True, slots=True)
class Parting:
    """A topic that one perspective covers far more than another."""

    topic: str
    label: str
    most: str
    articles: int
    published: int
    low: float
    high: float
    least: str
    few: int
    of: int
    few_low: float
    few_high: float


def partings(connection: "duckdb.DuckDBPyConnection", period: Period) -> Section:
    """Give the topics on which perspectives differ by more than chance."""
    sql = _parting_sql(period)
    found = [Parting(*row) for row in connection.execute(sql).fetchall()]
    claims = tuple(_parting(one, sql, period) for one in found)
    note = "" if claims else "0 topics on which two perspectives differ by more than chance."
    return Section("partings", "Where perspectives part", claims, note)


def _parting_sql(period: Period) -> str:
    return f"""
        WITH sided AS (SELECT * FROM ({SIDED}) WHERE day {period.sql}),
        sides AS (
          SELECT perspective, count(*) AS published FROM sided GROUP BY ALL
          HAVING count(*) >= {LEAST_PUBLISHED}
        ), told AS (
          SELECT t.topic_id, s.perspective, count(DISTINCT s.article_id) AS articles
          FROM article_topics AS t JOIN sided AS s USING (article_id)
          WHERE s.relevant GROUP BY ALL
        ), cells AS (
          SELECT t.topic_id, s.perspective, coalesce(o.articles, 0) AS articles, s.published,
            greatest(share_low(coalesce(o.articles, 0), s.published), 0) AS low,
            share_high(coalesce(o.articles, 0), s.published) AS high
          FROM (SELECT DISTINCT topic_id FROM told) AS t CROSS JOIN sides AS s
          LEFT JOIN told AS o ON o.topic_id = t.topic_id AND o.perspective = s.perspective
        ), pairs AS (
          SELECT topic_id, arg_max(c, (articles / published, perspective)) AS m,
            arg_min(c, (articles / published, perspective)) AS l
          FROM cells AS c GROUP BY topic_id
        )
        SELECT p.topic_id, v.label, m.perspective AS most, m.articles, m.published, m.low, m.high,
          l.perspective AS least, l.articles AS few, l.published AS of_all, l.low AS few_low,
          l.high AS few_high
        FROM pairs AS p JOIN topics AS v USING (topic_id)
        WHERE m.low > l.high
        ORDER BY m.low - l.high DESC, p.topic_id LIMIT 6
    """


def _parting(found: Parting, sql: str, period: Period) -> Claim:
    few = f"{found.few:,}" if found.few else "none"
    return Claim(
        words=f"{found.label}: {percent(found.articles / found.published)} of what "
        f"{found.most} outlets published ({found.articles:,} of {found.published:,}; "
        f"{span(found.low, found.high)}), {percent(found.few / found.of)} of what "
        f"{found.least} outlets did ({few} of {found.of:,}; "
        f"{span(found.few_low, found.few_high)}).",
        sql=only(sql, "topic_id", found.topic),
        evidence=f"""
            SELECT DISTINCT s.article_id, s.published_at FROM ({SIDED}) AS s
            JOIN article_topics AS t USING (article_id)
            WHERE s.relevant AND s.day {period.sql} AND t.topic_id = {literals.text(found.topic)}
              AND s.perspective IN ({literals.text(found.most)}, {literals.text(found.least)})
            ORDER BY s.published_at DESC, s.article_id
        """,
    )


# ---------------------------------------------------------------- namings


@dataclass(frozen=True, slots=True)
class Naming:
    """A name of a place in one perspective's outlets; `quoted` of the articles quote it."""

    place: str
    label: str
    variant: str
    perspective: str
    articles: int
    quoted: int


def namings(connection: "duckdb.DuckDBPyConnection", period: Period) -> Section:
    """Give what contested places were called, by whom, for places with two names in use."""
    sql = f"""
        WITH used AS (
          SELECT n.place_id, n.variant, s.perspective, count(DISTINCT s.article_id) AS articles,
            count(DISTINCT s.article_id) FILTER (WHERE n.quoted) AS quoted
          FROM namings AS n JOIN ({SIDED}) AS s USING (article_id)
          WHERE s.relevant AND s.day {period.sql} GROUP BY ALL
        ), contested AS (
          SELECT place_id, sum(articles) AS articles FROM used GROUP BY place_id
          HAVING count(DISTINCT variant) > 1 ORDER BY articles DESC, place_id LIMIT 5
        )
        SELECT u.place_id, p.label, u.variant, u.perspective, u.articles, u.quoted
        FROM used AS u JOIN contested AS c USING (place_id) JOIN places AS p USING (place_id)
        ORDER BY c.articles DESC, u.place_id, u.articles DESC, u.variant, u.perspective
    """
    by_place: dict[str, list[Naming]] = {}
    for row in connection.execute(sql).fetchall():
        by_place.setdefault(row[0], []).append(Naming(*row))
    claims = tuple(_naming(found, sql, period) for found in by_place.values())
    note = "" if claims else "0 places were called by more than one name."
    return Section("namings", "Names", claims, note)


def _naming(found: Sequence[Naming], sql: str, period: Period) -> Claim:
    variants = dict.fromkeys(one.variant for one in found)
    parts = [_variant([one for one in found if one.variant == name]) for name in variants]
    place = found[0].place
    return Claim(
        words=f"{found[0].label}: {'; '.join(parts)}.",
        sql=only(sql, "place_id", place),
        evidence=f"""
            SELECT DISTINCT a.article_id, a.published_at FROM namings AS n
            JOIN articles AS a USING (article_id)
            WHERE a.relevant AND a.day {period.sql} AND n.place_id = {literals.text(place)}
            ORDER BY a.published_at DESC, a.article_id
        """,
    )


def _variant(found: Sequence[Naming]) -> str:
    articles, quoted = sum(one.articles for one in found), sum(one.quoted for one in found)
    by = ", ".join(f"{one.perspective} {one.articles:,}" for one in found)
    voice = f", {quoted:,} of them in quotation marks" if quoted else ""
    return f"“{found[0].variant}” in {counted(articles, 'article')} ({by}{voice})"


# ---------------------------------------------------------------- reprints


@dataclass(frozen=True, slots=True)
class Origin:
    """An outlet whose stories others repeat."""

    source: str
    name: str
    first: int
    copied: int
    lag_hours: float | None


def reprints(connection: "duckdb.DuckDBPyConnection", period: Period) -> Section:
    """Give who began the stories that were repeated, and how late the others were."""
    sql = f"""
        SELECT o.source_id, s.name, o.first, o.copied, o.median_lag_hours
        FROM originators({literals.day(period.since)}, {literals.day(period.until)}) AS o
        JOIN sources AS s USING (source_id) WHERE o.first > 0
        ORDER BY o.first DESC, o.copied, o.source_id LIMIT 5
    """
    found = [Origin(*row) for row in connection.execute(sql).fetchall()]
    claims = tuple(_origin(one, sql, period) for one in found)
    note = "" if claims else "0 stories were repeated by another outlet."
    return Section("reprints", "Who leads, who repeats", claims, note)


def _origin(found: Origin, sql: str, period: Period) -> Claim:
    late = f", {found.lag_hours:.1f} hours after the first (median)" if found.lag_hours else ""
    return Claim(
        words=f"{found.name} began {counted(found.first, 'story', 'stories')} that others "
        f"repeated, and itself repeated {found.copied:,}{late}.",
        sql=only(sql, "source_id", found.source),
        evidence=f"""
            SELECT a.article_id, a.published_at FROM articles AS a
            JOIN clusters AS c USING (article_id)
            WHERE a.relevant AND c.canonical AND a.day {period.sql}
              AND a.source_id = {literals.text(found.source)}
              AND c.cluster_id IN (SELECT cluster_id FROM clusters WHERE NOT canonical)
            ORDER BY a.published_at DESC, a.article_id
        """,
    )
