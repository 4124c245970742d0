"""Today: what is new, what bursts, what is broken."""

from dataclasses import dataclass, replace
from datetime import timedelta

import streamlit as st

from dashboards import catalogue, charts, controls, figures, lists, markup, tops
from dashboards.behind import Page, listed
from dashboards.counts import count
from dashboards.marks import Kind, Question, narrowed
from dashboards.scope import Scope, Split
from dashboards.snapshot import Snapshot

DAYS = 30
RECENT = 1_000  # of which the newest stories are picked: enough unless nearly all are reprints


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record, DAYS)
    question = Question(scope, split=Split.PERSPECTIVE)
    numbers(snapshot, scope, record)
    left, right = st.columns(2)
    with left:
        bursting(snapshot, record)
    with right:
        broken(snapshot)
    published(snapshot, question)
    most_covered(snapshot, scope)
    newest(snapshot, scope)


@dataclass(frozen=True, slots=True)
class Weeks:
    """How many there were in the last seven days, and in the seven before."""

    last: int
    before: int


def numbers(snapshot: Snapshot, scope: Scope, record: catalogue.Record) -> None:
    """Show the last week in four numbers, against the week before."""
    week = narrowed(Question(scope, across=None), scope.until - timedelta(days=6), scope.until)
    before = narrowed(week, scope.until - timedelta(days=13), scope.until - timedelta(days=7))
    hint = f"7 days to {scope.until}, against the 7 before."
    relevant = Weeks(whole(snapshot, week), whole(snapshot, before))
    every = Weeks(*(whole(snapshot, replace(of, kind=Kind.PUBLISHED)) for of in (week, before)))
    shown = {
        "Relevant, last 7 days": relevant,
        "Independent stories": independent(snapshot, scope),
        "Published in all": every,
    }
    *cells, last = st.columns(4)
    for cell, (label, weeks) in zip(cells, shown.items(), strict=True):
        cell.metric(label, weeks.last, weeks.last - weeks.before, help=hint)
    last.metric("Articles on record", record.articles)


def whole(snapshot: Snapshot, question: Question) -> int:
    """Give how many articles a question finds in all."""
    return sum(mark.articles for mark in count(snapshot, question))


# Both weeks at once: the clusters are read once, which is most of the work.
INDEPENDENT = """
    SELECT count(DISTINCT c.cluster_id) FILTER (WHERE s.day >= $turn) AS last,
      count(DISTINCT c.cluster_id) FILTER (WHERE s.day < $turn) AS before
    FROM (SELECT a.article_id, a.day {articles} AND a.relevant) AS s
    JOIN clusters AS c USING (article_id)"""


def independent(snapshot: Snapshot, scope: Scope) -> Weeks:
    """Give how many stories there were, reprints counted once."""
    since, turn = scope.until - timedelta(days=13), scope.until - timedelta(days=6)
    spanned = replace(scope, since=since)
    sql = INDEPENDENT.format(articles=spanned.rows_of("articles"))
    return snapshot.rows(Weeks, sql, **spanned.given(), turn=turn)[0]


NEWEST = """
    SELECT s.article_id, s.published_at, 0 AS score FROM (
      SELECT a.article_id, a.published_at {articles} AND a.relevant
      ORDER BY a.published_at DESC, a.article_id LIMIT {recent}
    ) AS s JOIN clusters AS c USING (article_id) WHERE c.canonical"""


def newest(snapshot: Snapshot, scope: Scope) -> None:
    """Show the newest stories, each once: by the article that was first."""
    st.subheader("Newest stories")
    sql = NEWEST.format(articles=scope.rows_of("articles"), recent=RECENT)
    lists.articles(snapshot, listed(snapshot, sql, scope.given(), Page(size=8)))


def bursting(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show what has far more articles than its last weeks lead one to expect."""
    st.subheader("Bursting, last 7 days")
    found = tops.bursts(snapshot, record.last)
    if not found:
        days = tops.covered_days(snapshot)
        wait = f"Bursts need 28 covered days; there are {days}." if days < 29 else "Nothing bursts."
        st.info(wait)
        return
    kinds = {name: catalogue.choices(snapshot, kind) for kind, name in tops.KIND_IN_TOTALS.items()}
    rows = "".join(
        f"<tr><td>{markup.worded(kinds[b.kind].get(b.id, b.id))}</td><td><time>{b.day}</time></td>"
        f"<td>{b.independent} stories against {b.expected:.1f} expected</td>"
        f"<td>{b.origins} independent origins</td></tr>"
        for b in found
    )
    lists.html(f"<table class='plain'>{rows}</table>")


def broken(snapshot: Snapshot) -> None:
    """Show the feeds that are not well."""
    st.subheader("Broken")
    found = tops.unwell(snapshot)
    if not found:
        st.success("Every feed is well.")
        return
    rows = "".join(
        f"<tr><td>{markup.worded(h.source_id)}</td><td><b>{markup.plain(h.verdict)}</b></td>"
        f"<td>{markup.worded(h.last_error or h.feed)}</td></tr>"
        for h in found[:12]
    )
    lists.html(f"<table class='plain'>{rows}</table>")
    if len(found) > 12:
        st.caption(f"and {len(found) - 12} more: see Health")


def published(snapshot: Snapshot, question: Question) -> None:
    """Show relevant articles per day by perspective, gaps shaded."""
    title = "Relevant articles per day, by perspective"
    st.subheader(title)
    figures.over_time(figures.Asked(snapshot, question, {}), "published", title, charts.stacks)


def most_covered(snapshot: Snapshot, scope: Scope) -> None:
    """Show the topics of the last week as bars."""
    st.subheader("Most covered topics, last 7 days")
    week = replace(scope, since=max(scope.since, scope.until - timedelta(days=6)))
    top = tuple(tops.top_ids(snapshot, Kind.TOPIC, week, 12))
    question = Question(week, Kind.TOPIC, top, across=None)
    picture = figures.Picture("topics", "Most covered topics", charts.bars)
    labels = catalogue.choices(snapshot, Kind.TOPIC)
    figures.counted(figures.Asked(snapshot, question, labels), picture)
