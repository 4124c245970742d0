"""Divergence: which perspective covers a topic, who was first, how it is named, who is silent."""

from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from dashboards import catalogue, charts, controls, counts, facts, figures, lists, markup, tops
from dashboards.marks import Kind, Question
from dashboards.scope import Split
from dashboards.snapshot import Snapshot

SIDES = {"Perspective": Split.PERSPECTIVE, "Ownership": Split.OWNERSHIP, "Language": Split.LANGUAGE}


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record, 30)
    independent, share = controls.counting()
    across = controls.choose("Compare by", SIDES, "compare")
    labels = catalogue.choices(snapshot, Kind.TOPIC)
    st.subheader("Who covers which topic")
    top = tuple(tops.top_ids(snapshot, Kind.TOPIC, scope, 15))
    picture = figures.Picture("divergence", f"Topics by {across}", charts.heat)
    question = Question(scope, Kind.TOPIC, top, across=across, independent=independent)
    figures.counted(figures.Asked(snapshot, question, labels, share), picture)
    topic = controls.choose_id("One topic", labels, top[0] if top else None, "topic")
    question = Question(scope, Kind.TOPIC, (topic,), Split.PERSPECTIVE, across=None)
    firsts(snapshot, question)
    silences(snapshot, question)


@dataclass(frozen=True, slots=True)
class First:
    """How one perspective came to a topic."""

    perspective: str
    articles: int
    outlets: int
    first_at: datetime
    title: str
    url: str
    language: str
    source: str
    names: list[str]


FIRST = """
        WITH marks AS MATERIALIZED ({marks}),
        named AS (
          SELECT m.series, list_sort(list(DISTINCT n.variant)) AS names
          FROM marks AS m JOIN namings AS n USING (article_id)
          WHERE n.day BETWEEN $since AND $until GROUP BY m.series
        ),
        told AS (
          SELECT series, count(DISTINCT article_id) AS articles,
            min(published_at) AS first_at, arg_min(article_id, (published_at, article_id)) AS first
          FROM marks GROUP BY series
        ),
        outlets AS (
          SELECT m.series, count(DISTINCT a.source_id) AS outlets
          FROM marks AS m JOIN articles AS a USING (article_id)
          WHERE a.day BETWEEN $since AND $until GROUP BY m.series
        )
        SELECT t.series AS perspective, t.articles, u.outlets, t.first_at, a.title, a.url,
          a.language, o.name AS source, coalesce(n.names, []) AS names
        FROM told AS t JOIN outlets AS u USING (series)
        JOIN articles AS a ON a.article_id = t.first AND a.day BETWEEN $since AND $until
        JOIN sources AS o USING (source_id)
        LEFT JOIN named AS n ON n.series = t.series
        ORDER BY t.first_at, perspective"""


def firsts(snapshot: Snapshot, question: Question) -> None:
    """Show per perspective who was first with a topic, and the names it uses."""
    st.subheader("Who was first, and how it is named")
    found = snapshot.rows(First, FIRST.format(marks=facts.marks(question)), **question.given())
    rows = [
        (
            markup.plain(f.perspective), f"{f.articles}", f"{f.outlets}",
            markup.moment(f.first_at), markup.worded(f.source),
            markup.linked(f.url, markup.worded(f.title, f.language)),
            ", ".join(markup.worded(name) for name in f.names) or "–",
        )
        for f in found
    ]  # fmt: skip
    head = ("perspective", "articles", "outlets", "first", "outlet", "its first article", "names")
    lists.table(head, rows)


@dataclass(frozen=True, slots=True)
class Silent:
    """An outlet that was seen and published, yet had nothing on a topic."""

    source: str
    perspective: str
    ownership: str
    articles: int
    gaps: int


SILENT = """
        WITH told AS MATERIALIZED ({told}),
        sides AS (SELECT count(DISTINCT perspective) AS n FROM told JOIN sources AS o
          ON o.source_id = told.series),
        published AS (SELECT part AS source_id, sum(articles) AS articles
          FROM ({published}) GROUP BY part),
        missing AS (
          SELECT source_id, count(*) AS days FROM coverage
          WHERE gap AND day BETWEEN $since AND $until GROUP BY source_id
        )
        SELECT o.name AS source, o.perspective, o.ownership, CAST(p.articles AS BIGINT) AS articles,
          coalesce(m.days, 0) AS gaps
        FROM published AS p JOIN sources AS o USING (source_id) CROSS JOIN sides
        LEFT JOIN missing AS m USING (source_id)
        WHERE sides.n >= 3 AND p.articles >= 5 AND source_id NOT IN (SELECT series FROM told)
        ORDER BY articles DESC, source_id"""


def silences(snapshot: Snapshot, question: Question) -> None:
    """Show which outlets had nothing on a topic that three perspectives covered."""
    st.subheader("Who is silent")
    of = replace(question, split=Split.SOURCE)
    sql = SILENT.format(told=counts.found(of), published=counts.published(of))
    found = snapshot.rows(Silent, sql, **question.given())
    if not found:
        st.info(
            "No outlet stands out: silence is shown once three perspectives cover a topic, "
            "of outlets that published at least 5 articles in these days."
        )
        return
    st.caption(
        "Outlets that published at least 5 articles in these days, none of them on this topic, "
        "while three or more perspectives covered it."
    )
    rows = [
        (
            markup.worded(s.source), markup.plain(s.perspective), markup.plain(s.ownership),
            f"{s.articles}", f"{s.gaps} days in gap: may be unseen" if s.gaps else "seen every day",
        )
        for s in found
    ]  # fmt: skip
    lists.table(("outlet", "perspective", "ownership", "articles in all", "seen"), rows)
