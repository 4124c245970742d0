"""Map: the places articles name, on geometry that comes with the program."""

from dataclasses import dataclass

import streamlit as st

from dashboards import catalogue, charts, controls, figures, notes, region
from dashboards.counts import count
from dashboards.marks import Kind, Question
from dashboards.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Place:
    """Where a place lies, degrees."""

    place_id: str
    longitude: float
    latitude: float


PLACES = """
    SELECT place_id, longitude, latitude FROM places
    WHERE longitude IS NOT NULL AND latitude IS NOT NULL
"""


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record, 30)
    at = {place.place_id: place for place in snapshot.rows(Place, PLACES)}
    labels = catalogue.choices(snapshot, Kind.PLACE)
    question = Question(scope, Kind.PLACE, tuple(at), across=None)
    marks = count(snapshot, question)
    if not marks:
        st.info("No place on the map was named in these days. Widen them or remove a filter.")
        return
    spots = [
        charts.Spot(mark.series, mark.key, labels[mark.series], at[mark.series].longitude,
                    at[mark.series].latitude, mark.articles)
        for mark in marks
    ]  # fmt: skip
    chart = charts.region(spots, region.shores(), region.CITIES)
    points = [figures.point(mark, labels) for mark in marks]
    source, spoken = notes.source("Places named", question), f"{len(spots)} places on a map"
    articles = figures.mark_list(snapshot, question)
    figures.figure(figures.Figure(snapshot, "map", chart, points, source, spoken, articles))
    st.caption("Shores are coarse and borders left out: where they run is contested.")
