# ruff: noqa: S608 - table and column names are ours, never input
"""Attention over time, whole or by group: what `araxes trends` and exports show."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import duckdb

from flows.errors import UsageError
from warehouse import literals

KINDS = {
    "topic": ("topics", "topic_id", "article_topics", "topic_trend"),
    "actor": ("actors", "actor_id", "article_actors", "actor_trend"),
    "name": ("places", "place_id", "namings", "naming_trend"),
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


def bounded(connection: duckdb.DuckDBPyConnection, question: Question) -> Question:
    """Give the question for whole periods, and none after the last day there is.

    So a receipt of it still stands when later articles have come.
    """
    row = connection.execute("SELECT min(day), max(day) FROM covered_days").fetchone()
    first, last = row if row and row[0] else (question.since, question.until)
    since = _start(max(question.since, first), question.grain)
    return replace(question, since=since, until=_end(min(question.until, last), question.grain))


def _start(day: date, grain: str) -> date:
    """Give the first day of a day's period."""
    match grain:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case _:
            return day


def _end(day: date, grain: str) -> date:
    """Give the last day of a day's period."""
    match grain:
        case "week":
            return _start(day, grain) + timedelta(days=6)
        case "month":
            return _start(day.replace(day=28) + timedelta(days=4), grain) - timedelta(days=1)
        case _:
            return day


def _check_ids(connection: duckdb.DuckDBPyConnection, question: Question) -> None:
    table, column, _, _ = KINDS[question.kind]
    known = {row[0] for row in connection.execute(f"SELECT {column} FROM {table}").fetchall()}
    for wanted in question.ids:
        if wanted not in known:
            near = connection.execute(
                f"SELECT {column} FROM {table} "
                f"ORDER BY jaro_winkler_similarity({column}, lower(?)) DESC, 1 LIMIT 3",
                [wanted],
            ).fetchall()
            names = ", ".join(name for (name,) in near)
            raise UsageError(f"no {question.kind} has the id {wanted!r}; near ones: {names}")


def sql(question: Question, one: str) -> str:
    """Give the query of one series, as its receipt keeps it."""
    return _grouped(question, one) if question.by else _whole(question, one)


def evidence(question: Question, one: str) -> str:
    """Give the query of the articles behind one series, the latest first."""
    _, column, table, _ = KINDS[question.kind]
    wanted = f"{column} = {literals.text(one)}"
    if question.kind == "topic" and "." not in one:
        wanted = f"({wanted} OR starts_with({column}, {literals.text(one + '.')}))"
    return f"""
        SELECT article_id FROM articles WHERE relevant AND article_id IN (
          SELECT article_id FROM {table} WHERE {wanted} AND {_days(question)})
        ORDER BY published_at DESC, article_id
    """


def _whole(question: Question, one: str) -> str:
    return f"""
        SELECT period, CAST(NULL AS VARCHAR) AS grp, articles, independent, share, gap
        FROM {KINDS[question.kind][3]}({literals.text(one)}, {literals.text(question.grain)})
        WHERE {_periods(question)} ORDER BY period
    """


def _grouped(question: Question, one: str) -> str:
    group = "source_id" if question.by == "source" else question.by
    kind, wanted = literals.text(question.kind), literals.text(one)
    grain, days = literals.text(question.grain), _days(question)
    return f"""
        WITH published AS (
          SELECT period_of(day, {grain}) AS period, {group} AS grp, sum(articles) AS articles
          FROM ({_published(question.by)}) WHERE {days} GROUP BY ALL
        ), found AS (
          SELECT period_of(day, {grain}) AS period, {group} AS grp, sum(articles) AS articles,
            sum(independent) AS independent
          FROM ({_with_history(f"days_of({kind}, {wanted})")}) WHERE {days} GROUP BY ALL
        ), seen AS ({_seen(question, group)}), cells AS (
          SELECT t.period, g.grp, coalesce(s.gap, t.gap) AS gap,
            NOT t.unseen AND (p.articles > 0 OR NOT coalesce(s.unseen, false)) AS known
          FROM covered_periods({grain}) AS t CROSS JOIN (SELECT DISTINCT grp FROM found) AS g
          LEFT JOIN published AS p ON p.period = t.period AND p.grp = g.grp
          LEFT JOIN seen AS s ON s.period = t.period AND s.grp = g.grp
          WHERE t.{_periods(question)}
        )
        SELECT c.period, c.grp,
          CASE WHEN c.known THEN CAST(coalesce(f.articles, 0) AS BIGINT) END,
          CASE WHEN c.known THEN CAST(coalesce(f.independent, 0) AS BIGINT) END,
          CASE WHEN p.articles > 0 THEN coalesce(f.articles, 0) / p.articles END, c.gap
        FROM cells AS c LEFT JOIN published AS p USING (period, grp)
        LEFT JOIN found AS f USING (period, grp)
        ORDER BY c.grp, c.period
    """


def _seen(question: Question, group: str | None) -> str:
    """Give in which periods those sources were down that bring a quarter of a group's articles."""
    if question.by == "language":  # no source's gap is of one language
        return "SELECT NULL AS period, NULL AS grp, NULL AS gap, NULL AS unseen WHERE false"
    return f"""
        SELECT period_of(day, {literals.text(question.grain)}) AS period, grp,
          bool_or(down >= 0.25 * usual) AS gap, bool_and(all_down) AS unseen
        FROM (
          SELECT day, {group} AS grp, sum(u.usual) AS usual,
            coalesce(sum(u.usual) FILTER (WHERE c.gap), 0) AS down, bool_and(c.gap) AS all_down
          FROM ({_with_history("coverage")}) AS c JOIN (
            SELECT source_id, avg(articles) AS usual FROM source_days GROUP BY ALL
          ) AS u USING (source_id)
          WHERE {_days(question)} GROUP BY ALL
        ) GROUP BY ALL
    """


def _published(by: str | None) -> str:
    """Give the denominator: all articles by day and group, relevant or not."""
    if by == "language":
        return "SELECT day, language, count(*) AS articles FROM articles GROUP BY ALL"
    return _with_history("source_days")


def _with_history(rows: str) -> str:
    """Give rows of sources and days with what the sources were on that day."""
    return f"""
        SELECT d.*, h.country, h.ownership, h.perspective
        FROM {rows} AS d LEFT JOIN source_history AS h
          ON h.source_id = d.source_id AND d.day >= h.valid_from AND d.day < h.valid_to
    """


def _days(question: Question) -> str:
    return f"day BETWEEN DATE '{question.since}' AND DATE '{question.until}'"


def _periods(question: Question) -> str:
    return f"period BETWEEN DATE '{question.since}' AND DATE '{question.until}'"
