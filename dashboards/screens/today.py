"""Today: what is new, what bursts, what is broken."""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from dashboards import catalogue, charts, controls, figures, lists, markup, tops
from dashboards.marks import Counting, Kind, Question, Split, count, narrowed
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot

COUNTS = Counting(share=False)
DAYS = 30


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record, DAYS)
    question = Question(scope, split=Split.PERSPECTIVE)
    numbers(snapshot, question, record)
    left, right = st.columns(2)
    with left:
        bursting(snapshot, record)
    with right:
        broken(snapshot)
    published(snapshot, question)
    most_covered(snapshot, scope)


def numbers(snapshot: Snapshot, question: Question, record: catalogue.Record) -> None:
    """Show the last day in four numbers."""
    last = narrowed(question, question.scope.until, question.scope.until)
    before = narrowed(question, *[question.scope.until - timedelta(days=1)] * 2)
    new, old = count(snapshot, last), count(snapshot, before)
    cells = st.columns(4)
    day = f"{question.scope.until}"
    relevant, earlier = sum(m.articles for m in new), sum(m.articles for m in old)
    cells[0].metric(f"Relevant on {day}", relevant, relevant - earlier, help="Against the day before.")  # fmt: skip  # noqa: E501
    cells[1].metric("Published in all that day", sum(m.published for m in new))
    cells[2].metric("Independent stories", sum(m.independent for m in new))
    cells[3].metric("Articles on record", record.articles)


def bursting(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show what has far more articles than its last weeks lead one to expect."""
    st.subheader("Bursting, last 7 days")
    found = tops.bursts(snapshot, record.last)
    if not found:
        days = tops.covered_days(snapshot)
        wait = f"Bursts need 28 covered days; there are {days}." if days < 29 else "Nothing bursts."
        st.info(wait)
        return
    labels = catalogue.choices(snapshot, Kind.TOPIC) | catalogue.choices(snapshot, Kind.ACTOR)
    rows = "".join(
        f"<tr><td>{markup.worded(labels.get(b.id, b.id))}</td><td>{b.day}</td>"
        f"<td>{b.independent} against {b.expected:.1f} expected</td>"
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
    figures.over_time(figures.Asked(snapshot, question, COUNTS, {}), "published", title)


def most_covered(snapshot: Snapshot, scope: Scope) -> None:
    """Show the topics of the last week as bars."""
    st.subheader("Most covered topics, last 7 days")
    week = replace(scope, since=max(scope.since, scope.until - timedelta(days=6)))
    top = tuple(tops.top_ids(snapshot, Kind.TOPIC, week, 12))
    question = Question(week, Kind.TOPIC, top, across=None)
    picture = figures.Picture("topics", "Most covered topics", charts.bars)
    labels = catalogue.choices(snapshot, Kind.TOPIC)
    figures.counted(figures.Asked(snapshot, question, COUNTS, labels), picture)
