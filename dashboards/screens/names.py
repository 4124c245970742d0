"""Names: who says Stepanakert and who Khankendi, over time, by perspective."""

from dataclasses import replace

import streamlit as st

from dashboards import catalogue, charts, controls, figures, tops
from dashboards.marks import Grain, Kind, Question, Voice
from dashboards.scope import Split
from dashboards.snapshot import Snapshot

VOICES = {"All": Voice.ANY, "Own voice": Voice.OWN, "Quoted": Voice.QUOTED}
SIDES = {
    "Perspective": Split.PERSPECTIVE, "Source": Split.SOURCE, "Language": Split.LANGUAGE,
    "Ownership": Split.OWNERSHIP,
}  # fmt: skip


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record)
    places = catalogue.choices(snapshot, Kind.NAME)
    if not places:
        st.info("The vocabulary has no place with contested names (flows/vocabulary/places.toml).")
        return
    one, two, three = st.columns(3)
    with one:
        most = next(iter(tops.top_ids(snapshot, Kind.NAME, scope, 1)), None)
        place = controls.choose_id("Place", places, most, "place")
    with two:
        voice = controls.switch("Voice", VOICES, "voice")
    with three:
        across = controls.choose("Compare by", SIDES, "compare")
    independent, share = controls.counting()
    st.caption("Share: of the articles that name the place at all. An article may use two names.")
    title = f"Names of {places[place]}"
    st.subheader("Which name, by whom")
    time = Question(scope, Kind.NAME, (place,), Split.ID, Grain.WEEK, within=True, voice=voice,
                    independent=independent)  # fmt: skip
    split = replace(time, across=across)
    picture = figures.Picture("naming", title, charts.heat)
    figures.counted(figures.Asked(snapshot, split, {}, share), picture)
    st.subheader("Over time")
    figures.over_time(figures.Asked(snapshot, time, {}, share), "naming-time", title)
