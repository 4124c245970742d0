"""Charts as Vega-Lite specifications: pure functions of the points they show.

Written as Vega-Lite itself (vega.github.io/vega-lite/docs): building the same through Altair
took most of each page's time, for checks that the tests now make once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

PICK = "mark"  # the name under which Streamlit hands back a clicked mark
PICKED = "marks"  # the view whose marks can be clicked
SHADE = "#999999"
VERMILION = "#D55E00"
_ONE_LINE = 100  # characters of labels that fit beside each other above a heat map
Spec = dict[str, Any]  # JSON of an outside schema


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


def lines(points: Sequence[Point], bands: Sequence[Band], axis: str, *, share: bool) -> Spec:
    """Give values over time, a line per series, gaps shaded.

    Args:
        points: their `key` is an ISO day; None as value breaks the line.
        bands: spans to shade.
        axis: what the values are.
        share: show them as percentages.
    """
    base = {
        "x": _field("key", "temporal", scale={"type": "utc"}, title=None),
        "y": _field("value", "quantitative", title=axis, axis=_axis(share=share)),
        "color": _label(points),
    }
    dots = {**base, "shape": _label(points), **_pickable(_tooltip("temporal", share=share))}
    layers: list[Spec] = [
        {"mark": {"type": "line", "strokeWidth": 2}, "encoding": base},
        {"name": PICKED, "mark": {"type": "point", "filled": True, "size": 45}, "encoding": dots},
    ]
    if share and len({point.series for point in points}) == 1:
        layers.insert(0, _interval(base))
    return _layered([*_shades(bands), {**_data(points), "layer": layers}], 320)


def stacks(points: Sequence[Point], bands: Sequence[Band], axis: str, *, share: bool) -> Spec:
    """Give values over time as stacked bars, gaps shaded; arguments as for `lines`."""
    day = {"timeUnit": "utcyearmonthdate", "scale": {"type": "utc"}, "title": None}
    encoding = {
        "x": _field("key", "temporal", bandPosition=0, **day),
        "y": _field("value", "quantitative", title=axis, axis=_axis(share=share)),
        "color": _label(points),
        **_pickable(_tooltip("temporal", share=share)),
    }
    bars_ = _marks([point for point in points if point.value],
                   {"type": "bar", "width": {"band": 0.8}}, encoding)  # fmt: skip
    return _layered([*_shades(bands), bars_], 320)


def bars(points: Sequence[Point], axis: str, *, share: bool) -> Spec:
    """Give a bar per series and key, longest series first."""
    several = len({point.key for point in points}) > 1
    rows = len({(point.series, point.key) for point in points})
    encoding = {
        "y": _field("label", "nominal", sort="-x", title=None, axis=_labels()),
        "x": _field("value", "quantitative", title=axis, axis=_axis(share=share)),
        **_pickable(_tooltip("nominal", share=share)),
    }
    if several:
        encoding |= {
            "color": _field("key", "nominal", title=None),
            "yOffset": _field("key", "nominal"),
        }
    return _layered([_marks(points, {"type": "bar"}, encoding)], rows * 22 + 70)


def heat(points: Sequence[Point], axis: str, *, share: bool) -> Spec:
    """Give a square per series and key, darker for more."""
    rows, keys = len({point.series for point in points}), {point.key for point in points}
    slanted = sum(len(key) for key in keys) > _ONE_LINE
    across = {"orient": "top", "labelAngle": -45 if slanted else 0, "labelOverlap": False}
    encoding = {
        "y": _field("label", "nominal", title=None, axis=_labels()),
        "x": _field("key", "nominal", title=None, axis=across),
        "color": _field("value", "quantitative", title=axis, scale={"scheme": "viridis"},
                        legend={"format": "%" if share else "d"}),
        **_pickable(_tooltip("nominal", share=share)),
    }  # fmt: skip
    squares = _marks(points, {"type": "rect", "stroke": "#88888844"}, encoding)
    return _layered([squares], rows * 24 + 90)


@dataclass(frozen=True, slots=True)
class Edge:
    """A line of a network; `series` is the pair as `a~b`."""

    series: str
    key: str
    label: str
    x: float
    y: float
    x2: float
    y2: float
    articles: int


@dataclass(frozen=True, slots=True)
class Node:
    """An actor of a network."""

    label: str
    x: float
    y: float


def network(edges: Sequence[Edge], nodes: Sequence[Node]) -> Spec:
    """Give pairs as lines between names, thicker for more articles."""
    place = {name: _field(name, "quantitative", axis=None, scale={"domain": [-1.35, 1.35]})
             for name in ("x", "y")}  # fmt: skip
    width = {"legend": None, "scale": {"range": [1.5, 9]}}
    encoding = {
        **place,
        "x2": {"field": "x2"},
        "y2": {"field": "y2"},
        "strokeWidth": _field("articles", "quantitative", **width),
        **_pickable([_tip("label", title="together"), _tip("articles", "quantitative")], 0.7, 0.15),
    }
    name = {"type": "text", "dy": -12, "fontSize": 12, "color": VERMILION}
    names: Spec = {
        **_data(nodes),
        "encoding": place,
        "layer": [
            {"mark": {"type": "point", "filled": True, "size": 90, "color": VERMILION}},
            {"mark": name, "encoding": {"text": {"field": "label"}}},
        ],
    }
    return _layered([_marks(edges, {"type": "rule", "color": "#0072B2"}, encoding), names], 480)


def calendar(points: Sequence[Point], gaps: Mapping[tuple[str, str], str]) -> Spec:
    """Give outlets down and days across, darker for more articles, gaps crossed out.

    Args:
        points: a `series` per outlet, their `key` an ISO day.
        gaps: what happened, by series and key, where an outlet was not seen whole.
    """
    rows = len({point.series for point in points})
    seen = [{**asdict(p), "gap": gaps.get((p.series, p.key), "")} for p in points]
    day = {"timeUnit": "utcyearmonthdate", "axis": {"labelAngle": -60}}
    base = {
        "x": _field("key", "ordinal", title=None, **day),
        "y": _field("label", "nominal", title=None, axis={"labelLimit": 220}),
    }
    tips = [_tip("label", title="of"), _tip("key", title="when"), _tip("articles"), _tip("gap")]
    color = _field("articles", "quantitative", scale={"scheme": "blues"}, title="articles")
    cross = {"type": "text", "text": "✕", "color": VERMILION, "fontSize": 13}
    layers: list[Spec] = [
        {"name": PICKED, "mark": "rect", "encoding": {**base, "color": color, **_pickable(tips)}},
        {"mark": cross, "encoding": base, "transform": [{"filter": "datum.gap != ''"}]},
    ]
    return _layered([{"data": {"values": seen}, "layer": layers}], rows * 18 + 60)


@dataclass(frozen=True, slots=True)
class Step:
    """One article on a story's path."""

    source: str
    hours: float
    kind: str
    title: str


def path(steps: Sequence[Step]) -> Spec:
    """Give the articles of a story: hours after the first across, outlets down."""
    rows = len({step.source for step in steps})
    encoding = {
        "x": _field("hours", "quantitative", title="hours after the first"),
        "y": _field("source", "nominal", title=None, sort={"field": "hours"}, axis=_labels()),
        "color": _field("kind", "nominal", title=None),
        "shape": _field("kind", "nominal", title=None),
        "tooltip": [_tip(name) for name in ("title", "source", "hours", "kind")],
    }
    dots = _marks(steps, {"type": "point", "filled": True, "size": 120}, encoding)
    return {"layer": [dots], "height": rows * 26 + 60}


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


def region(spots: Sequence[Spot], shores: Sequence[Shore], cities: Sequence[City]) -> Spec:
    """Give places as circles among seas and lakes, larger for more articles."""
    place = {
        "x": _field("longitude", "quantitative", axis=None, scale={"domain": [38.5, 51.5]}),
        "y": _field("latitude", "quantitative", axis=None, scale={"domain": [37.2, 44.2]}),
    }
    shore = {"fill": "#7fb2d6", "fillOpacity": 0.45, "stroke": "#5b8fb5", "strokeWidth": 1}
    water: Spec = {
        **_data(shores),
        "mark": {"type": "line", "clip": True, **shore},
        "encoding": {**place, "detail": {"field": "water"}, "order": {"field": "corner"}},
    }
    name = {"type": "text", "dy": -9, "color": "#888888"}
    towns: Spec = {
        **_data(cities),
        "encoding": place,
        "layer": [
            {"mark": {"type": "square", "size": 22, "color": "#888888"}},
            {"mark": name, "encoding": {"text": {"field": "label"}}},
        ],
    }
    size = _field("articles", "quantitative", legend=None, scale={"range": [60, 1600]})
    tips = [_tip("label"), _tip("articles", "quantitative")]
    encoding = {**place, "size": size, **_pickable(tips, 0.75, 0.25)}
    circle = {"type": "circle", "color": VERMILION, "stroke": "#ffffff"}
    return _layered([water, towns, _marks(spots, circle, encoding)], 520)


def _layered(layers: Sequence[Spec], height: int) -> Spec:
    select = {"type": "point", "fields": ["series", "key"]}
    return {
        "layer": list(layers),
        "height": height,
        "params": [{"name": PICK, "select": select, "views": [PICKED]}],
    }


def _marks(values: Sequence[Any], mark: Spec, encoding: Spec) -> Spec:
    return {"name": PICKED, **_data(values), "mark": mark, "encoding": encoding}


def _data(values: Sequence[Any]) -> Spec:
    return {"data": {"values": [asdict(value) for value in values]}}


def _field(name: str, kind: str, **more: Any) -> Spec:
    return {"field": name, "type": kind, **more}


def _tip(name: str, kind: str = "nominal", **more: Any) -> Spec:
    return _field(name, kind, **more)


def _pickable(tips: Sequence[Spec], shown: float = 1.0, faded: float = 0.35) -> Spec:
    opacity = {"condition": {"param": PICK, "value": shown}, "value": faded}
    return {"opacity": opacity, "tooltip": list(tips)}


def _axis(*, share: bool) -> Spec:
    return {"format": ".2~%"} if share else {"format": "d", "tickMinStep": 1}


def _labels() -> Spec:
    return {"labelLimit": 260, "labelOverlap": False}


def _label(points: Sequence[Point]) -> Spec:
    several = len({point.series for point in points}) > 1
    widest = max((len(point.label) for point in points), default=0)
    legend = {"orient": "bottom", "columns": 2 if widest > 24 else 4, "labelLimit": 320}
    return _field("label", "nominal", title=None, legend=legend if several else None)


def _tooltip(key: str, *, share: bool) -> list[Spec]:
    percent = {"kind": "quantitative", "format": ".1%"}
    interval = [_tip("low", title="95 % from", **percent), _tip("high", title="to", **percent)]
    return [
        _tip("label", title="of"),
        _tip("key", key, title="when" if key == "temporal" else "part"),
        _tip("articles", "quantitative", title="articles"),
        _tip("of", "quantitative", title="published"),
        *(interval if share else []),
    ]


def _shades(bands: Sequence[Band]) -> list[Spec]:
    encoding = {
        "x": _field("first", "temporal", scale={"type": "utc"}),
        "x2": {"field": "end"},
        "tooltip": {"field": "note", "type": "nominal"},
    }
    mark = {"type": "rect", "color": SHADE, "opacity": 0.3}
    return [{**_data(bands), "mark": mark, "encoding": encoding}] if bands else []


def _interval(base: Spec) -> Spec:
    low = _field("low", "quantitative", title="")
    mark = {"type": "area", "opacity": 0.15, "tooltip": None}
    return {"mark": mark, "encoding": {**base, "y": low, "y2": {"field": "high"}}}
