"""Charts as Altair specifications: pure functions of the points they show."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import altair as alt

PICK = "mark"  # the name under which Streamlit hands back a clicked mark
UTC = alt.Scale(type="utc")
SHADE = "#999999"
LABELS = alt.Axis(labelLimit=260, labelOverlap=False)


@dataclass(frozen=True, slots=True)
class Point:
    """A mark as drawn: `series` and `key` say which it is, `label` what it is called."""

    series: str
    key: str
    label: str
    value: float | None
    articles: int
    of: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Band:
    """A span of days that was not seen whole; both ends as ISO times."""

    first: str
    end: str
    note: str = "gap"


def lines(points: Sequence[Point], bands: Sequence[Band], axis: str, *, share: bool) -> Any:
    """Give values over time, a line per series, gaps shaded.

    Args:
        points: their `key` is an ISO day; None as value breaks the line.
        bands: spans to shade.
        axis: what the values are.
        share: show them as percentages.
    """
    base = alt.Chart(_data(points)).encode(
        x=alt.X("key:T", scale=UTC, title=None),
        y=alt.Y("value:Q", title=axis, axis=_axis(share=share)),
        color=alt.Color("label:N", title=None, legend=_legend(points)),
    )
    pick = alt.selection_point(name=PICK, fields=["series", "key"])
    dots = (
        base.mark_point(filled=True, size=45)
        .encode(
            shape=alt.Shape("label:N", title=None, legend=_legend(points)),
            opacity=alt.condition(pick, alt.value(1.0), alt.value(0.35)),
            tooltip=_tooltip("key:T", share=share),
        )
        .add_params(pick)
    )
    layers = [base.mark_line(strokeWidth=2), dots]
    if bands:
        layers.insert(0, _shades(bands))
    if share and len({point.series for point in points}) == 1:
        layers.insert(len(layers) - 1, _interval(base))
    return alt.layer(*layers).properties(height=320)


def stacks(points: Sequence[Point], bands: Sequence[Band], axis: str, *, share: bool) -> Any:
    """Give values over time as stacked bars, gaps shaded; arguments as for `lines`."""
    pick = alt.selection_point(name=PICK, fields=["series", "key"])
    drawn = (
        alt.Chart(_data([point for point in points if point.value]))
        .mark_bar(width={"band": 0.8})
        .encode(
            x=alt.X("key:T", timeUnit="utcyearmonthdate", scale=UTC, title=None, bandPosition=0),
            y=alt.Y("value:Q", title=axis, axis=_axis(share=share)),
            color=alt.Color("label:N", title=None, legend=_legend(points)),
            opacity=alt.condition(pick, alt.value(1.0), alt.value(0.35)),
            tooltip=_tooltip("key:T", share=share),
        )
        .add_params(pick)
    )
    return alt.layer(*([_shades(bands)] if bands else []), drawn).properties(height=320)


def bars(points: Sequence[Point], axis: str, *, share: bool) -> Any:
    """Give a bar per series and key, longest series first."""
    pick = alt.selection_point(name=PICK, fields=["series", "key"])
    keys = {point.key for point in points}
    rows = len({(point.series, point.key) for point in points})
    return (
        alt.Chart(_data(points))
        .mark_bar()
        .encode(
            y=alt.Y("label:N", sort="-x", title=None, axis=LABELS),
            x=alt.X("value:Q", title=axis, axis=_axis(share=share)),
            color=alt.Color("key:N", title=None) if len(keys) > 1 else alt.Undefined,
            yOffset=alt.YOffset("key:N") if len(keys) > 1 else alt.Undefined,
            opacity=alt.condition(pick, alt.value(1.0), alt.value(0.35)),
            tooltip=_tooltip("key:N", share=share),
        )
        .add_params(pick)
        .properties(height=rows * 22 + 70)
    )


def heat(points: Sequence[Point], axis: str, *, share: bool) -> Any:
    """Give a square per series and key, darker for more."""
    rows = len({point.series for point in points})
    pick = alt.selection_point(name=PICK, fields=["series", "key"])
    return (
        alt.Chart(_data(points))
        .mark_rect(stroke="#88888844")
        .encode(
            y=alt.Y("label:N", title=None, axis=LABELS),
            x=alt.X("key:N", title=None, axis=alt.Axis(orient="top", labelAngle=0)),
            color=alt.Color(
                "value:Q",
                title=axis,
                scale=alt.Scale(scheme="viridis"),
                legend=alt.Legend(format="%" if share else "d"),
            ),
            opacity=alt.condition(pick, alt.value(1.0), alt.value(0.35)),
            tooltip=_tooltip("key:N", share=share),
        )
        .add_params(pick)
        .properties(height=rows * 24 + 90)
    )


def _axis(*, share: bool) -> alt.Axis:
    return alt.Axis(format=".2~%") if share else alt.Axis(format="d", tickMinStep=1)


def _data(points: Sequence[Any]) -> alt.InlineData:
    return alt.InlineData(values=[asdict(point) for point in points])


def _legend(points: Sequence[Point]) -> alt.Legend | None:
    if len({point.series for point in points}) < 2:
        return None
    widest = max(len(point.label) for point in points)
    return alt.Legend(orient="bottom", columns=2 if widest > 24 else 4, labelLimit=320)


def _tooltip(key: str, *, share: bool) -> list[alt.Tooltip]:
    interval = [
        alt.Tooltip("low:Q", format=".1%", title="95 % from"),
        alt.Tooltip("high:Q", format=".1%", title="to"),
    ]
    return [
        alt.Tooltip("label:N", title="of"),
        alt.Tooltip(key, title="when") if key.endswith("T") else alt.Tooltip(key, title="part"),
        alt.Tooltip("articles:Q", title="articles"),
        alt.Tooltip("of:Q", title="published"),
        *(interval if share else []),
    ]


def _shades(bands: Sequence[Band]) -> Any:
    return (
        alt.Chart(_data(bands))
        .mark_rect(color=SHADE, opacity=0.3)
        .encode(x=alt.X("first:T", scale=UTC), x2="end:T", tooltip=alt.Tooltip("note:N"))
    )


def _interval(base: alt.Chart) -> Any:
    return base.mark_area(opacity=0.15, tooltip=None).encode(
        y=alt.Y("low:Q", title=""), y2="high:Q"
    )


def network(edges: Sequence[Any], nodes: Sequence[Any]) -> Any:
    """Give edges (x, y, x2, y2, articles) and nodes (x, y, label) as a network."""
    pick = alt.selection_point(name=PICK, fields=["series", "key"])
    hidden = alt.Scale(domain=[-1.35, 1.35])
    lines_ = (
        alt.Chart(_data(edges))
        .mark_rule(color="#0072B2")
        .encode(
            x=alt.X("x:Q", axis=None, scale=hidden),
            y=alt.Y("y:Q", axis=None, scale=hidden),
            x2="x2:Q",
            y2="y2:Q",
            strokeWidth=alt.StrokeWidth("articles:Q", legend=None, scale=alt.Scale(range=[1.5, 9])),
            opacity=alt.condition(pick, alt.value(0.7), alt.value(0.15)),
            tooltip=[alt.Tooltip("label:N", title="together"), alt.Tooltip("articles:Q")],
        )
        .add_params(pick)
    )
    dots = alt.Chart(_data(nodes)).encode(x="x:Q", y="y:Q")
    circles = dots.mark_point(filled=True, size=90, color="#D55E00", opacity=1)
    names = dots.mark_text(dy=-12, fontSize=12, color="#D55E00").encode(text="label:N")
    return alt.layer(lines_, circles, names).properties(height=480)


@dataclass(frozen=True, slots=True)
class Square:
    """An outlet's day in the calendar of gaps."""

    source: str
    day: str
    articles: int
    gap: bool
    note: str


def calendar(squares: Sequence[Square]) -> Any:
    """Give outlets down and days across, darker for more articles, gaps crossed out."""
    base = alt.Chart(_data(squares)).encode(
        x=alt.X("day:O", title=None, timeUnit="utcyearmonthdate", axis=alt.Axis(labelAngle=-60)),
        y=alt.Y("source:N", title=None, axis=alt.Axis(labelLimit=220)),
        tooltip=["source:N", "day:N", "articles:Q", "gap:N", "note:N"],
    )
    filled = base.mark_rect().encode(
        color=alt.Color("articles:Q", scale=alt.Scale(scheme="blues"), title="articles")
    )
    crossed = base.transform_filter("datum.gap").mark_text(text="✕", color="#D55E00", fontSize=13)
    rows = len({square.source for square in squares})
    return alt.layer(filled, crossed).properties(height=rows * 18 + 60)


@dataclass(frozen=True, slots=True)
class Step:
    """One article on a story's path."""

    source: str
    hours: float
    kind: str
    title: str


def path(steps: Sequence[Step]) -> Any:
    """Give the articles of a story: hours after the first across, outlets down."""
    rows = len({step.source for step in steps})
    return (
        alt.Chart(_data(steps))
        .mark_point(filled=True, size=120)
        .encode(
            x=alt.X("hours:Q", title="hours after the first"),
            y=alt.Y("source:N", title=None, sort=alt.SortField("hours")),
            color=alt.Color("kind:N", title=None),
            shape=alt.Shape("kind:N", title=None),
            tooltip=["title:N", "source:N", "hours:Q", "kind:N"],
        )
        .properties(height=rows * 26 + 60)
    )


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map with its articles."""

    series: str
    key: str
    label: str
    longitude: float
    latitude: float
    articles: int


@dataclass(frozen=True, slots=True)
class Shore:
    """A corner of a sea or lake; corners of one `water` in order."""

    water: str
    corner: int
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class City:
    """A name to find one's way by."""

    label: str
    longitude: float
    latitude: float


def region(spots: Sequence[Spot], shores: Sequence[Shore], cities: Sequence[City]) -> Any:
    """Give places as circles among seas and lakes, larger for more articles."""
    pick = alt.selection_point(name=PICK, fields=["series", "key"])
    x = alt.X("longitude:Q", axis=None, scale=alt.Scale(domain=[38.5, 51.5]))
    y = alt.Y("latitude:Q", axis=None, scale=alt.Scale(domain=[37.2, 44.2]))
    water = (
        alt.Chart(_data(shores))
        .mark_line(clip=True, fill="#7fb2d6", fillOpacity=0.45, stroke="#5b8fb5", strokeWidth=1)
        .encode(x=x, y=y, detail="water:N", order="corner:Q")
    )
    towns = alt.Chart(_data(cities)).encode(x=x, y=y)
    dots = towns.mark_square(size=22, color="#888888")
    names = towns.mark_text(dy=-9, color="#888888").encode(text="label:N")
    places = (
        alt.Chart(_data(spots))
        .mark_circle(color="#D55E00", stroke="#ffffff")
        .encode(
            x=x,
            y=y,
            size=alt.Size("articles:Q", legend=None, scale=alt.Scale(range=[60, 1600])),
            opacity=alt.condition(pick, alt.value(0.75), alt.value(0.25)),
            tooltip=["label:N", "articles:Q"],
        )
        .add_params(pick)
    )
    return alt.layer(water, dots, names, places).properties(height=520)
