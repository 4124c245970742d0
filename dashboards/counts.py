# ruff: noqa: S608 - enum members and our own column names only; values are bound
"""The marks of a question: from the day marts where they suffice, else from the articles."""

from dataclasses import dataclass

from dashboards import facts, marts
from dashboards.marks import Mark, Question
from dashboards.query import Query
from dashboards.snapshot import Snapshot


def found(question: Question) -> str:
    """Give SQL of (series, key, part, articles): the marks, those without articles left out."""
    return marts.found(question) if marts.know_found(question) else facts.found(question)


def published(question: Question) -> str:
    """Give SQL of (key, part, articles): what the marks are counted against."""
    known = marts.know_published(question)
    return marts.published(question) if known else facts.published(question)


def query(question: Question) -> Query:
    """Give the query whose rows are the marks of a question."""
    sql = f"""
        SELECT f.series, f.key, f.articles, p.articles AS of
        FROM ({found(question)}) AS f JOIN ({published(question)}) AS p USING (key, part)
        ORDER BY f.key, f.articles DESC, f.series"""
    return Query(sql, question.given())


def count(snapshot: Snapshot, question: Question) -> tuple[Mark, ...]:
    """Give the marks of a question, those without articles left out."""
    return snapshot.answer(Mark, query(question))


@dataclass(frozen=True, slots=True)
class _Base:
    key: str
    part: str
    articles: int


def silences(snapshot: Snapshot, question: Question, series: tuple[str, ...]) -> tuple[Mark, ...]:
    """Give a mark without articles for every key and series: what was published all the same."""
    bases = snapshot.answer(_Base, Query(published(question), question.given()))
    return tuple(
        Mark(name, base.key, 0, base.articles)
        for name in series
        for base in bases
        if base.part in {"", name}
    )
