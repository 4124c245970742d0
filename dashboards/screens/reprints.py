"""Reprints: who leads, who copies, and one story's path from outlet to outlet."""

from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from dashboards import catalogue, charts, controls, figures, lists, markup
from dashboards.marks import Kind, Question, Split
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record, 30)
    outlets = {key: outlet.name for key, outlet in catalogue.outlets(snapshot).items()}
    st.subheader("From whom, to whom")
    st.caption("Rows: the outlet that was first. Columns: the outlet that reprints it.")
    pairs = Question(scope, Kind.COPY, tuple(outlets), across=Split.SOURCE)
    picture = figures.Picture("reprints", "Reprints by outlet", charts.heat)
    figures.counted(figures.Asked(snapshot, pairs, figures.COUNTS, outlets), picture)
    st.subheader("Who copies most")
    copiers = Question(scope, Kind.COPY, tuple(outlets), Split.SOURCE, across=None)
    picture = figures.Picture("copiers", "Reprints published, by outlet", charts.bars)
    figures.counted(figures.Asked(snapshot, copiers, figures.COUNTS, outlets), picture)
    st.subheader("One story's path")
    path(snapshot, scope)


@dataclass(frozen=True, slots=True)
class Story:
    """A cluster with copies."""

    cluster_id: str
    title: str
    copies: int


STORIES = """
    SELECT c.cluster_id, any_value(a.title) FILTER (WHERE c.canonical) AS title,
      count(*) - 1 AS copies
    FROM clusters AS c JOIN articles AS a USING (article_id)
    WHERE c.cluster_id IN (
      SELECT k.cluster_id FROM clusters AS k JOIN ({scope}) AS s USING (article_id)
      WHERE NOT k.canonical AND s.relevant)
    GROUP BY c.cluster_id HAVING title IS NOT NULL ORDER BY copies DESC, c.cluster_id LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One article of a story, in order."""

    source: str
    ownership: str
    title: str
    url: str
    language: str
    published_at: datetime
    lag_hours: float
    kind: str


STEPS = """
    SELECT o.name AS source, o.ownership, a.title, a.url, a.language, a.published_at,
      c.lag_seconds / 3600 AS lag_hours,
      CASE WHEN c.canonical THEN 'first' ELSE coalesce(
        (SELECT arg_max(d.kind, d.similarity) FROM duplicates AS d
         WHERE d.article_id = c.article_id AND d.of_article_id IS NOT NULL), 'copy') END AS kind
    FROM clusters AS c JOIN articles AS a USING (article_id) JOIN sources AS o USING (source_id)
    WHERE c.cluster_id = ? ORDER BY NOT c.canonical, c.lag_seconds, a.article_id
"""


def path(snapshot: Snapshot, scope: Scope) -> None:
    """Show the articles of one story with their lags behind the first."""
    found = snapshot.rows(Story, STORIES.format(scope=scope.sql()), scope.given())
    if not found:
        st.info("No story was reprinted in these days.")
        return
    labels = {s.cluster_id: f"{s.title} ({s.copies} copies, {s.cluster_id[:6]})" for s in found}
    story = controls.choose_id("Story", labels, None, "story")
    steps = snapshot.rows(Step, STEPS, [story])
    marks = [charts.Step(s.source, round(s.lag_hours, 2), s.kind, s.title) for s in steps]
    spoken = f"{len(steps)} articles by hours after the first"
    st.altair_chart(charts.path(marks), width="stretch", alt=spoken)
    rows = [
        (
            f"+{s.lag_hours:.1f} h", markup.worded(s.source), markup.plain(s.ownership),
            markup.plain(s.kind), markup.linked(s.url, markup.worded(s.title, s.language)),
        )
        for s in steps
    ]  # fmt: skip
    lists.table(("after the first", "outlet", "ownership", "how", "article"), rows)
