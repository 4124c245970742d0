# ruff: noqa: S608 - table and column names are ours, never input
"""Attention over time, whole or by group: what `araxes trends` and exports show."""

from dataclasses import dataclass
from datetime import date

import duckdb

from flows.errors import UsageError
from warehouse import literals

KINDS = {
    "topic": ("topics", "topic_id", "attention_by_topic", "topic_trend"),
    "actor": ("actors", "actor_id", "attention_by_actor", "actor_trend"),
    "name": ("places", "place_id", "attention_by_naming", "naming_trend"),
}
GRAINS = ("day", "week", "month")
GROUPS = ("source", "language", "country", "ownership", "perspective")

FIRST, LAST = date(1900, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: one kind of thing, some ids of it, and how to cut time and sources."""

    kind: str
    ids: tuple[str, ...]
    grain: str = "week"
    since: date = FIRST
    until: date = LAST
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One period of one series; no numbers where nothing could be seen.

    `share` is of all that the same sources published in the period.
    """

    period: date
    id: str
    group: str | None
    articles: int | None
    independent: int | None
    share: float | None
    gap: bool


def trends(connection: duckdb.DuckDBPyConnection, question: Question) -> tuple[Point, ...]:
    """Answer a question, series by series, oldest period first.

    Raises:
        UsageError: an id is not in the vocabulary; names near ones.
    """
    _check_ids(connection, question)
    return tuple(
        Point(row[0], one, *row[1:])
        for one in question.ids
        for row in connection.execute(sql(question, one)).fetchall()
    )


def _check_ids(connection: duckdb.DuckDBPyConnection, question: Question) -> None:
    table, column, _, _ = KINDS[question.kind]
    known = {row[0] for row in connection.execute(f"SELECT {column} FROM {table}").fetchall()}
    for wanted in question.ids:
        if wanted not in known:
            near = connection.execute(
                f"SELECT {column} FROM {table} "
                f"ORDER BY jaro_winkler_similarity({column}, ?) DESC, 1 LIMIT 3",
                [wanted],
            ).fetchall()
            names = ", ".join(name for (name,) in near)
            raise UsageError(f"no {question.kind} has the id {wanted!r}; near ones: {names}")


def sql(question: Question, one: str) -> str:
    """Give the query of one series, as its receipt keeps it."""
    return _grouped(question, one) if question.by else _whole(question, one)


def evidence(question: Question, one: str) -> str:
    """Give the query of the articles behind one series, the latest first."""
    table = {"topic": "article_topics", "actor": "article_actors", "name": "namings"}
    return f"""
        SELECT article_id FROM articles WHERE relevant AND article_id IN (
          SELECT article_id FROM {table[question.kind]}
          WHERE {KINDS[question.kind][1]} = {literals.text(one)} AND {_days(question)})
        ORDER BY published_at DESC, article_id
    """


def _whole(question: Question, one: str) -> str:
    return f"""
        SELECT period, CAST(NULL AS VARCHAR) AS grp, articles, independent, share, gap
        FROM {KINDS[question.kind][3]}({literals.text(one)}, {literals.text(question.grain)})
        WHERE {_periods(question)} ORDER BY period
    """


def _grouped(question: Question, one: str) -> str:
    _, column, view, macro = KINDS[question.kind]
    group = "source_id" if question.by == "source" else question.by
    wanted, grain, days = literals.text(one), literals.text(question.grain), _days(question)
    return f"""
        WITH published AS (
          SELECT period_of(day, {grain}) AS period, {group} AS grp, sum(articles) AS articles
          FROM ({_published(question.by)}) WHERE {days} GROUP BY ALL
        ), found AS (
          SELECT period_of(day, {grain}) AS period, {group} AS grp, sum(articles) AS articles,
            sum(independent) AS independent
          FROM {view} WHERE {column} = {wanted} AND {days} GROUP BY ALL
        )
        SELECT t.period, g.grp,
          CASE WHEN t.articles IS NOT NULL THEN CAST(coalesce(f.articles, 0) AS BIGINT) END,
          CASE WHEN t.articles IS NOT NULL THEN CAST(coalesce(f.independent, 0) AS BIGINT) END,
          CASE WHEN p.articles > 0 THEN coalesce(f.articles, 0) / p.articles END,
          t.gap
        FROM {macro}({wanted}, {grain}) AS t
        CROSS JOIN (SELECT DISTINCT grp FROM found) AS g
        LEFT JOIN published AS p ON p.period = t.period AND p.grp = g.grp
        LEFT JOIN found AS f ON f.period = t.period AND f.grp = g.grp
        WHERE t.{_periods(question)}
        ORDER BY g.grp, t.period
    """


def _published(by: str | None) -> str:
    """Give the denominator: all articles by day and group, relevant or not."""
    if by == "language":
        return "SELECT day, language, count(*) AS articles FROM articles GROUP BY ALL"
    return """
        SELECT s.day, s.source_id, s.articles, h.country, h.ownership, h.perspective
        FROM source_days AS s LEFT JOIN source_history AS h
          ON h.source_id = s.source_id AND s.day >= h.valid_from AND s.day < h.valid_to
    """


def _days(question: Question) -> str:
    return f"day BETWEEN DATE '{question.since}' AND DATE '{question.until}'"


def _periods(question: Question) -> str:
    first = f"period_of(DATE '{question.since}', {literals.text(question.grain)})"
    return f"period BETWEEN {first} AND DATE '{question.until}'"
