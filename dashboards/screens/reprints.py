"""Reprints: who leads, who copies, and one story's path from outlet to outlet."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime

import streamlit as st

from dashboards import catalogue, charts, controls, figures, lists, markup, notes
from dashboards.marks import Kind, Question
from dashboards.query import Query
from dashboards.scope import Scope, Split
from dashboards.snapshot import Snapshot


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record, 30)
    outlets = {key: outlet.name for key, outlet in catalogue.outlets(snapshot).items()}
    st.subheader("From whom, to whom")
    st.caption("Rows: the outlet that was first. Columns: the outlet that reprints it.")
    pairs = Question(scope, Kind.COPY, tuple(outlets), across=Split.SOURCE)
    picture = figures.Picture("reprints", "Reprints by outlet", charts.heat)
    figures.counted(figures.Asked(snapshot, pairs, outlets), picture)
    st.subheader("Who copies most")
    copiers = Question(scope, Kind.COPY, tuple(outlets), Split.SOURCE, across=None)
    picture = figures.Picture("copiers", "Reprints published, by outlet", charts.bars)
    figures.counted(figures.Asked(snapshot, copiers, outlets), picture)
    st.subheader("One story's path")
    path(snapshot, scope)


@dataclass(frozen=True, slots=True)
class Story:
    """A cluster with copies."""

    cluster_id: str
    title: str
    copies: int


STORIES = """
    WITH copied AS (
      SELECT c.cluster_id, count(*) AS copies
      FROM (SELECT a.article_id {articles} AND a.relevant) AS s
      JOIN clusters AS c USING (article_id)
      WHERE NOT c.canonical
      GROUP BY c.cluster_id ORDER BY copies DESC, c.cluster_id LIMIT 50
    )
    SELECT cluster_id, a.title, copies FROM copied JOIN clusters AS c USING (cluster_id)
    JOIN articles AS a USING (article_id)
    WHERE c.canonical ORDER BY copies DESC, cluster_id
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
    WHERE c.cluster_id = $story ORDER BY NOT c.canonical, c.lag_seconds, a.article_id
"""
MEMBERS = """
    SELECT article_id, published_at FROM clusters JOIN articles USING (article_id)
    WHERE cluster_id = $story
"""


def path(snapshot: Snapshot, scope: Scope) -> None:
    """Show the articles of one story with their lags behind the first."""
    sql = STORIES.format(articles=scope.rows_of("articles"))
    found = snapshot.rows(Story, sql, **scope.given())
    if not found:
        st.info("No story was reprinted in these days.")
        return
    labels = {s.cluster_id: f"{s.title} (copied {s.copies}×, {s.cluster_id[:6]})" for s in found}
    story = controls.choose_id("Story", labels, None, "story")
    steps = snapshot.rows(Step, STEPS, story=story)
    drawn(snapshot, scope, story, steps)
    rows = [
        (
            f"+{s.lag_hours:.1f} h", markup.worded(s.source), markup.plain(s.ownership),
            markup.plain(s.kind), markup.linked(s.url, markup.worded(s.title, s.language)),
        )
        for s in steps
    ]  # fmt: skip
    lists.table(("after the first", "outlet", "ownership", "how", "article"), rows)
    told = versions(snapshot, story)
    if told:
        st.subheader("The same event, in every language")
        lists.table(("language", "first told", "outlet", "article"), [_version(v) for v in told])


@dataclass(frozen=True, slots=True)
class Version:
    """An article on the event of a story; `score`: how sure that it is the same event."""

    language: str
    source: str
    title: str
    url: str
    published_at: datetime
    score: float


VERSIONS = """
    SELECT a.language, o.name AS source, a.title, a.url, a.published_at, s.score
    FROM stories AS s JOIN articles AS a USING (article_id) JOIN sources AS o USING (source_id)
    WHERE s.story_id IN (
      SELECT story_id FROM stories JOIN clusters USING (article_id) WHERE cluster_id = $story)
    ORDER BY a.language, a.published_at, a.article_id LIMIT 100
"""


def versions(snapshot: Snapshot, story: str) -> tuple[Version, ...]:
    """Give the articles on the event of a story, by language, oldest first."""
    return snapshot.rows(Version, VERSIONS, story=story)


def _version(told: Version) -> tuple[str, ...]:
    title = markup.linked(told.url, markup.worded(told.title, told.language))
    when = markup.moment(told.published_at)
    return markup.plain(told.language), when, markup.worded(told.source), title


def drawn(snapshot: Snapshot, scope: Scope, story: str, steps: Sequence[Step]) -> None:
    """Draw a story's path, and offer it as files."""
    marks = [charts.Step(s.source, round(s.lag_hours, 2), s.kind, s.title) for s in steps]
    chart, spoken = charts.path(marks), f"{len(steps)} articles by hours after the first"
    st.vega_lite_chart(chart, width="stretch", key="chart-path", alt=spoken)
    source = notes.Source(
        f"One story's path, {story}",
        notes.described(scope),
        "all articles of the story, whenever published",
        "none: these are all its articles, not a sample",
        Query(STEPS, {"story": story}).literal(),
        notes.newest(Query(MEMBERS, {"story": story}).literal()),
    )
    table = [field.name for field in fields(charts.Step)], [astuple(mark) for mark in marks]
    figures.downloads(snapshot, "path", chart, source, table)
