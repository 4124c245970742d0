"""Seeds: what new coverage repeats, updates or adds to the seed corpus."""

from dataclasses import dataclass

import streamlit as st

from dashboards import catalogue, charts, controls, figures
from dashboards.marks import Kind, Question
from dashboards.scope import Split
from dashboards.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Seed:
    """A document of the seed corpus."""

    seed_id: str
    title: str


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record, 365)
    found = snapshot.rows(Seed, "SELECT seed_id, title FROM seed_documents ORDER BY title, seed_id")
    if not found:
        st.info("The seed corpus is empty. Add documents whose reuse you want to see:")
        st.code("araxes corpus add PATH …", language="shell")
        return
    st.caption(
        "Articles that share text with a seed document. Repeats: under 20 % of the article's "
        "sentences are new; updates: under 60 %; adds: more."
    )
    labels = {seed.seed_id: seed.title or seed.seed_id for seed in found}
    question = Question(scope, Kind.SEED, tuple(labels), across=Split.RELATION)
    picture = figures.Picture("seeds", "Coverage of the seed corpus", charts.bars)
    figures.counted(figures.Asked(snapshot, question, labels), picture)
    st.caption(f"{len(found)} documents in the seed corpus.")
