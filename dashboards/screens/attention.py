"""Attention: topics, actors or names over time, against all that was published."""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from dashboards import catalogue, charts, controls, figures
from dashboards.marks import Grain, Kind, Question, narrowed
from dashboards.scope import Scope, Split
from dashboards.snapshot import Snapshot
from dashboards.tops import top_ids

KINDS = {"Topics": Kind.TOPIC, "Actors": Kind.ACTOR, "Names": Kind.NAME}
SPLITS = {
    "Nothing": Split.ID, "Source": Split.SOURCE, "Language": Split.LANGUAGE,
    "Ownership": Split.OWNERSHIP, "Perspective": Split.PERSPECTIVE, "Country": Split.COUNTRY,
}  # fmt: skip
GRAINS = {"Day": Grain.DAY, "Week": Grain.WEEK, "Month": Grain.MONTH}


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record)
    question, labels = ask(snapshot, scope)
    independent, share = controls.counting()
    if not question.ids:
        st.info("Choose at least one above.")
        return
    title = f"Attention: {', '.join(labels[key] for key in question.ids)}"
    asked = figures.Asked(snapshot, replace(question, independent=independent), labels, share)
    figures.over_time(asked, "attention", title)
    st.subheader("Against the same number of days before")
    against_before(asked)
    if scope.since <= record.first:
        st.caption(f"The record begins on {record.first}: choose a later first day to compare.")


def ask(snapshot: Snapshot, scope: Scope) -> tuple[Question, dict[str, str]]:
    """Show what can be asked, and give the question."""
    one, two, three = st.columns(3)
    with one:
        kind = controls.switch("Of", KINDS, "of")
    with two:
        split = controls.choose("Split by", SPLITS, "by")
    with three:
        grain = controls.switch("Per", GRAINS, "per", at=1)
    labels = catalogue.choices(snapshot, kind)
    default = top_ids(snapshot, kind, scope, 4)
    chosen = controls.choose_ids("Which", labels, default, f"{kind}s")
    return Question(scope, kind, chosen, split, grain), labels


def against_before(asked: figures.Asked) -> None:
    """Show each line's whole span beside the span before it."""
    scope = asked.question.scope
    days = (scope.until - scope.since).days + 1
    now = replace(asked.question, across=None)
    before = narrowed(now, scope.since - timedelta(days=days), scope.since - timedelta(days=1))
    picture = figures.Picture("before", "These days against those before", charts.bars)
    figures.compared(asked, picture, {"these days": now, f"{days} days before": before})
