# ruff: noqa: S608 - table and column names are ours, never input
"""Attention over time, whole or by group: what `araxes trends` and exports show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from flows.errors import UsageError

KINDS = {
    "topic": ("topics", "topic_id", "attention_by_topic", "topic_trend"),
    "actor": ("actors", "actor_id", "attention_by_actor", "actor_trend"),
    "name": ("places", "place_id", "attention_by_naming", "naming_trend"),
}
GRAINS = ("day", "week", "month")
GROUPS = ("source", "language", "country", "ownership", "perspective")

FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)


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
    ask = _grouped if question.by else _whole
    return tuple(point for one in question.ids for point in ask(connection, question, one))


def _check_ids(connection: duckdb.DuckDBPyConnection, question: Question) -> None:
    table, column, _, _ = KINDS[question.kind]
    known = {row[0] for row in connection.execute(f"SELECT {column} FROM {table}").fetchall()}
    for wanted in question.ids:
        if wanted not in known:
            near = connection.execute(
                f"SELECT {column} FROM {table} ORDER BY jaro_winkler_similarity({column}, ?) DESC, 1"
                " LIMIT 3",
                [wanted],
            ).fetchall()
            names = ", ".join(name for (name,) in near)
            raise UsageError(f"no {question.kind} has the id {wanted!r}; near ones: {names}")


def _whole(connection: duckdb.DuckDBPyConnection, question: Question, one: str) -> Sequence[Point]:
    macro = KINDS[question.kind][3]
    rows = connection.execute(
        f"""
        SELECT period, articles, independent, share, gap FROM {macro}($one, $grain)
        WHERE period BETWEEN date_trunc($grain, $since) AND $until ORDER BY period
        """,
        _parameters(question, one),
    ).fetchall()
    return [Point(row[0], one, None, *row[1:]) for row in rows]


def _grouped(
    connection: duckdb.DuckDBPyConnection, question: Question, one: str
) -> Sequence[Point]:
    _, column, view, macro = KINDS[question.kind]
    group = "source_id" if question.by == "source" else question.by
    rows = connection.execute(
        f"""
        WITH published AS (
          SELECT period_of(day, $grain) AS period, {group} AS grp, sum(articles) AS articles
          FROM ({_published(question.by)}) WHERE day BETWEEN $since AND $until GROUP BY ALL
        ), found AS (
          SELECT period_of(day, $grain) AS period, {group} AS grp, sum(articles) AS articles,
            sum(independent) AS independent
          FROM {view} WHERE {column} = $one AND day BETWEEN $since AND $until GROUP BY ALL
        )
        SELECT t.period, g.grp,
          CASE WHEN t.share IS NOT NULL THEN CAST(coalesce(f.articles, 0) AS BIGINT) END,
          CASE WHEN t.share IS NOT NULL THEN CAST(coalesce(f.independent, 0) AS BIGINT) END,
          CASE WHEN p.articles > 0 THEN coalesce(f.articles, 0) / p.articles END,
          t.gap
        FROM {macro}($one, $grain) AS t
        CROSS JOIN (SELECT DISTINCT grp FROM found) AS g
        LEFT JOIN published AS p ON p.period = t.period AND p.grp = g.grp
        LEFT JOIN found AS f ON f.period = t.period AND f.grp = g.grp
        WHERE t.period BETWEEN date_trunc($grain, $since) AND $until
        ORDER BY g.grp, t.period
        """,
        _parameters(question, one),
    ).fetchall()
    return [Point(row[0], one, *row[1:]) for row in rows]


def _published(by: str | None) -> str:
    """Give the denominator: all articles by day and group, relevant or not."""
    if by == "language":
        return "SELECT day, language, count(*) AS articles FROM articles GROUP BY ALL"
    return """
        SELECT s.day, s.source_id, s.articles, h.country, h.ownership, h.perspective
        FROM source_days AS s LEFT JOIN source_history AS h
          ON h.source_id = s.source_id AND s.day >= h.valid_from AND s.day < h.valid_to
    """


def _parameters(question: Question, one: str) -> dict[str, object]:
    return {
        "one": one,
        "grain": question.grain,
        "since": question.since,
        "until": question.until,
    }
