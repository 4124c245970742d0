"""Charts as Altair specifications: pure functions of the points they show."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import altair as alt

PICK = "mark"  # the name under which Streamlit hands back a clicked mark
UTC = alt.Scale(type="utc")
SHADE = "#999999"


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
    """A span of days that was not seen whole; `end` is the day after."""

    first: str
    end: str
    note: str = "gap: feeds down or cut"


def lines(points: Sequence[Point], bands: Sequence[Band], axis: str, share: bool) -> alt.LayerChart:  # fmt: skip  # noqa: FBT001 - chooses the axis format only
    """Give values over time, a line per series, gaps shaded.

    Args:
        points: their `key` is an ISO day; None as value breaks the line.
        bands: spans to shade.
        axis: what the values are.
        share: show them as percentages.
    """
    base = alt.Chart(_data(points)).encode(
        x=alt.X("key:T", scale=UTC, title=None),
        y=alt.Y("value:Q", title=axis, axis=alt.Axis(format="%" if share else "d", tickMinStep=0 if share else 1)),  # fmt: skip
        color=alt.Color("label:N", title=None, legend=_legend(points)),
    )
    pick = alt.selection_point(name=PICK, fields=["series", "key"])
    dots = (
        base.mark_point(filled=True, size=45)
        .encode(
            shape=alt.Shape("label:N", legend=None),
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


def bars(points: Sequence[Point], axis: str, share: bool = False) -> alt.Chart:  # noqa: FBT001, FBT002 - chooses the axis format only
    """Give a bar per series, longest first; `key` colours the parts of a bar."""
    pick = alt.selection_point(name=PICK, fields=["series", "key"])
    keys = {point.key for point in points}
    return (
        alt.Chart(_data(points))
        .mark_bar()
        .encode(
            y=alt.Y("label:N", sort="-x", title=None, axis=alt.Axis(labelLimit=260)),
            x=alt.X("value:Q", title=axis, axis=alt.Axis(format="%" if share else "d", tickMinStep=0 if share else 1)),  # fmt: skip
            color=alt.Color("key:N", title=None) if len(keys) > 1 else alt.Undefined,
            opacity=alt.condition(pick, alt.value(1.0), alt.value(0.35)),
            tooltip=_tooltip("key:N", share=share),
        )
        .add_params(pick)
        .properties(height=alt.Step(22))
    )


def heat(points: Sequence[Point], axis: str) -> alt.Chart:
    """Give a square per series and key, darker for more."""
    pick = alt.selection_point(name=PICK, fields=["series", "key"])
    return (
        alt.Chart(_data(points))
        .mark_rect(stroke="#88888844")
        .encode(
            y=alt.Y("label:N", title=None, axis=alt.Axis(labelLimit=260)),
            x=alt.X("key:N", title=None, axis=alt.Axis(orient="top", labelAngle=0)),
            color=alt.Color("value:Q", title=axis, scale=alt.Scale(scheme="viridis"), legend=alt.Legend(format="%")),  # fmt: skip
            opacity=alt.condition(pick, alt.value(1.0), alt.value(0.35)),
            tooltip=_tooltip("key:N", share=True),
        )
        .add_params(pick)
        .properties(height=alt.Step(24))
    )


def _data(points: Sequence[Any]) -> alt.InlineData:
    return alt.InlineData(values=[asdict(point) for point in points])


def _legend(points: Sequence[Point]) -> alt.Legend | None:
    if len({point.series for point in points}) < 2:
        return None
    return alt.Legend(orient="bottom", columns=4, labelLimit=240)


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


def _shades(bands: Sequence[Band]) -> alt.Chart:
    return (
        alt.Chart(_data(bands))
        .mark_rect(color=SHADE, opacity=0.3)
        .encode(x=alt.X("first:T", scale=UTC), x2="end:T", tooltip=alt.Tooltip("note:N"))
    )


def _interval(base: alt.Chart) -> alt.Chart:
    return base.mark_area(opacity=0.15, tooltip=None).encode(
        y=alt.Y("low:Q", title=""), y2="high:Q"
    )
