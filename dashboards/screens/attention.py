"""Attention: topics, actors or names over time, against all that was published."""

import streamlit as st

from dashboards import catalogue, charts, notes, parts
from dashboards.gaps import periods
from dashboards.marks import Counting, Grain, Kind, Question, Split, count
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot
from dashboards.tops import top_ids

KINDS = {"Topics": Kind.TOPIC, "Actors": Kind.ACTOR, "Names": Kind.NAME}
SPLITS = {
    "Nothing": Split.ID, "Source": Split.SOURCE, "Language": Split.LANGUAGE,
    "Ownership": Split.OWNERSHIP, "Perspective": Split.PERSPECTIVE, "Country": Split.COUNTRY,
}  # fmt: skip


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = parts.filters(snapshot, record)
    question, labels = ask(snapshot, scope)
    reading = parts.counting()
    if not question.ids:
        st.info("Choose at least one above.")
        return
    draw(snapshot, question, reading, labels)


def ask(snapshot: Snapshot, scope: Scope) -> tuple[Question, dict[str, str]]:
    """Show what can be asked, and give the question."""
    one, two, three = st.columns([1, 1, 1])
    kind = KINDS[one.segmented_control("Of", list(KINDS), default="Topics", required=True, key="of", bind=parts.URL) or "Topics"]  # fmt: skip  # noqa: E501
    split = SPLITS[two.selectbox("Split by", list(SPLITS), key="by", bind=parts.URL)]
    grain = Grain(three.segmented_control("Per", list(Grain), default="day", required=True, key="per", bind=parts.URL) or "day")  # fmt: skip  # noqa: E501
    labels = catalogue.choices(snapshot, kind)
    default = [key for key in top_ids(snapshot, kind, scope, 4) if key in labels]
    chosen = st.multiselect(
        "Which", list(labels), default, format_func=lambda key: labels[key], max_selections=8,
        key=f"{kind}s", bind=parts.URL,
    )  # fmt: skip
    return Question(scope, kind, tuple(chosen), split, grain), labels


def draw(
    snapshot: Snapshot, question: Question, reading: Counting, labels: dict[str, str]
) -> None:
    """Show the chart with its gaps, and the articles behind a mark."""
    assert question.grain
    calendar = periods(snapshot, question.scope, question.grain)
    points = parts.points(count(snapshot, question), reading, calendar, question, labels)
    axis = "share of all published" if reading.share else "articles"
    title = f"Attention: {', '.join(labels[key] for key in question.ids)}"
    chart = charts.lines(points, parts.bands(calendar, question.grain), axis, share=reading.share)
    gaps = sum(period.gap for period in calendar)
    note = notes.note(snapshot, title, question, reading)
    spoken = f"{title}, {axis} per {question.grain}; {gaps} periods are gaps"
    figure = parts.Figure("attention", chart, points, note, spoken)
    parts.figure(figure, parts.mark_list(snapshot, question), independent=reading.independent)
    if gaps:
        st.caption(
            f"{gaps} of {len(calendar)} periods are shaded: feeds were down or cut, "
            "so what they show is a floor, not a fall."
        )
