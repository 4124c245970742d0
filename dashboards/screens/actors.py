"""Actors: who dominates, who appears together, one actor's profile."""

from dataclasses import dataclass
from math import cos, pi, sin

import streamlit as st

from dashboards import catalogue, charts, controls, figures, notes, tops
from dashboards.charts import Edge, Node, Spec
from dashboards.counts import count
from dashboards.marks import Kind, Mark, Question
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot


def show(snapshot: Snapshot, record: catalogue.Record) -> None:
    """Show the page."""
    scope = controls.filters(snapshot, record, 30)
    independent, share = controls.counting()
    labels = catalogue.choices(snapshot, Kind.ACTOR)
    top = tuple(tops.top_ids(snapshot, Kind.ACTOR, scope, 20))
    if not top:
        st.info("No actor was named in these days. Widen them.")
        return
    st.subheader("Share of voice")
    picture = figures.Picture("voice", "Share of voice: actors", charts.bars)
    question = Question(scope, Kind.ACTOR, top, across=None, independent=independent)
    figures.counted(figures.Asked(snapshot, question, labels, share), picture)
    st.subheader("Who appears together")
    together(snapshot, scope, labels)
    st.subheader("One actor")
    actor = controls.choose_id("Actor", labels, top[0], "actor")
    question = Question(scope, Kind.ACTOR, (actor,), independent=independent)
    asked = figures.Asked(snapshot, question, labels, share)
    figures.over_time(asked, "profile", f"Attention: {labels[actor]}")


@dataclass(frozen=True, slots=True)
class _Pair:
    id: str


PAIRS = """
    SELECT actor_a || '~' || actor_b AS id FROM co_mentions
    WHERE day BETWEEN $since AND $until GROUP BY actor_a, actor_b
    ORDER BY sum(articles) DESC, id LIMIT 40
"""


def together(snapshot: Snapshot, scope: Scope, labels: dict[str, str]) -> None:
    """Show the strongest pairs as a network; a pair drills to its articles."""
    pairs = snapshot.rows(_Pair, PAIRS, since=scope.since, until=scope.until)
    question = Question(scope, Kind.PAIR, tuple(pair.id for pair in pairs), across=None)
    marks = count(snapshot, question)
    if not marks:
        st.info("No two actors share an article in these days.")
        return
    named = {mark.series: _named(mark.series, labels) for mark in marks}
    points = [figures.point(mark, named) for mark in marks]
    source = notes.source("Who appears together", question)
    chart, articles = network(marks, labels), figures.mark_list(snapshot, question)
    figures.figure(
        figures.Figure(snapshot, "together", chart, points, source, "Pairs of actors", articles)
    )


def _named(pair: str, labels: dict[str, str]) -> str:
    return " and ".join(labels.get(actor, actor) for actor in pair.split("~"))


def network(marks: tuple[Mark, ...], labels: dict[str, str]) -> Spec:
    """Give pairs as lines between actors on a circle, thicker for more articles."""
    actors = sorted({actor for mark in marks for actor in mark.series.split("~")})
    at = {actor: circle(i, len(actors)) for i, actor in enumerate(actors)}
    edges = [
        Edge(mark.series, mark.key, _named(mark.series, labels),
             *at[mark.series.split("~")[0]], *at[mark.series.split("~")[1]], mark.articles)
        for mark in marks
    ]  # fmt: skip
    nodes = [Node(labels.get(actor, actor), *at[actor]) for actor in actors]
    return charts.network(edges, nodes)


def circle(i: int, n: int) -> tuple[float, float]:
    """Give the place of the i-th of n points on the unit circle."""
    return round(cos(2 * pi * i / n), 4), round(sin(2 * pi * i / n), 4)
