# ruff: noqa: S608 - enum members and our own column names only; values are bound
"""The articles behind a mark: exactly those it counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from dashboards import facts
from dashboards.marks import Grain, Kind, Question, narrowed
from dashboards.query import Query
from dashboards.scope import Split
from dashboards.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list; `number` counts from 0."""

    number: int = 0
    size: int = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as lists show it."""

    article_id: str
    title: str
    url: str
    source_id: str
    source: str
    language: str
    published_at: datetime
    copies: int
    total: int


def behind(
    snapshot: Snapshot, question: Question, mark: tuple[str, str], page: Page
) -> tuple[Listed, ...]:
    """Give a page of the articles that a mark counts, newest first.

    Args:
        snapshot: where the mark was counted.
        question: what was asked.
        mark: series and key of the mark.
        page: which part of the list.
    """
    asked = members(question, mark)
    return listed(snapshot, asked.sql, asked.given, page)


def members(question: Question, mark: tuple[str, str]) -> Query:
    """Give the query of what a mark counts, newest first; of a story its earliest article."""
    sql = f"""
        SELECT DISTINCT ON (unit) article_id, published_at, 0 AS score
        FROM ({facts.marks(near(question, mark))})
        WHERE series = $series AND key = $key ORDER BY unit, published_at, article_id"""
    given = {**near(question, mark).given(), "series": mark[0], "key": mark[1]}
    return Query(sql, given)


def every(question: Question) -> Query:
    """Give the query of all articles that marks of a question count."""
    sql = f"SELECT DISTINCT article_id, published_at FROM ({facts.marks(question)})"
    return Query(sql, question.given())


def near(question: Question, mark: tuple[str, str]) -> Question:
    """Give a question that is cheaper to answer, and has the same articles behind this mark."""
    series, key = mark
    if question.split is Split.ID and question.kind is not Kind.NAME and series in question.ids:
        question = replace(question, ids=(series,))
    if not isinstance(question.across, Grain) or not _is_day(key):
        return question
    first = date.fromisoformat(key)
    since = max(question.scope.since, first)
    return narrowed(question, since, min(question.scope.until, question.grain.last(first)))


def _is_day(key: str) -> bool:
    try:
        return bool(date.fromisoformat(key))
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an article stands in a list."""

    article_id: str
    published_at: datetime
    total: int


PAGE = """
        WITH behind AS MATERIALIZED ({behind})
        SELECT article_id, published_at, (SELECT count(*) FROM behind) AS total FROM behind
        ORDER BY score DESC, published_at DESC, article_id LIMIT $size OFFSET $skipped"""
# Their own times narrow down where in a large table the articles are.
DETAILS = """
        WITH mine AS MATERIALIZED (
          SELECT article_id, cluster_id FROM clusters WHERE list_contains($articles, article_id)
        ),
        sizes AS (
          SELECT cluster_id, count(*) - 1 AS copies FROM clusters
          WHERE cluster_id IN (SELECT cluster_id FROM mine) GROUP BY cluster_id
        )
        SELECT a.article_id, a.title, a.url, a.source_id, o.name AS source, a.language,
          a.published_at, s.copies, CAST($total AS BIGINT) AS total
        FROM articles AS a JOIN sources AS o USING (source_id)
        JOIN mine USING (article_id) JOIN sizes AS s USING (cluster_id)
        WHERE list_contains($articles, a.article_id) AND a.published_at BETWEEN $first AND $last
        ORDER BY list_position($articles, a.article_id)"""


def listed(
    snapshot: Snapshot, sql: str, given: Mapping[str, object], page: Page
) -> tuple[Listed, ...]:
    """Give a page of articles, highest score first, then newest.

    Args:
        snapshot: what is asked.
        sql: gives (article_id, published_at, score).
        given: the values it names.
        page: which part of the list.
    """
    part = {"size": page.size, "skipped": page.size * page.number}
    found = snapshot.answer(_Place, Query(PAGE.format(behind=sql), {**given, **part}))
    if not found:
        return ()
    times = [place.published_at for place in found]
    return snapshot.rows(
        Listed,
        DETAILS,
        articles=[place.article_id for place in found],
        total=found[0].total,
        first=min(times),
        last=max(times),
    )
