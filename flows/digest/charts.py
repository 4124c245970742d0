"""Small charts as SVG inside a page: they load nothing and follow its light or dark colours."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup

from flows.digest.attention import Day

INK = "#010203"  # stands for the page's text colour until it is drawn
LINE = "#0072B2"  # of Okabe and Ito's palette, told apart by colour-blind eyes


def trend(days: Sequence[Day]) -> Markup:
    """Draw independent stories by day; days in gap are shaded, days not seen have no line."""
    svg = vl_convert.vegalite_to_svg(_chart(days).to_dict(), allowed_base_urls=[])
    return Markup(svg.replace(INK, "currentColor"))  # noqa: S704 - numbers and days only


def _chart(days: Sequence[Day]) -> Any:
    rows = [
        {"day": f"{one.day}T00:00:00Z", "stories": one.independent, "gap": one.gap} for one in days
    ]
    x = alt.X("day:T", title=None, timeUnit="utcyearmonthdate", axis=alt.Axis(format="%-d %b"))
    y = alt.Y("stories:Q", title="independent stories", axis=alt.Axis(tickMinStep=1, tickCount=4))
    base = alt.Chart(alt.InlineData(values=rows))
    shade = base.transform_filter("datum.gap").mark_rule(color=INK, opacity=0.15, strokeWidth=8)
    line = base.mark_line(color=LINE, strokeWidth=2, invalid="break-paths-show-path-domains")
    dots = base.mark_point(color=LINE, filled=True, size=12, opacity=1)
    layered = alt.layer(shade.encode(x=x), line.encode(x=x, y=y), dots.encode(x=x, y=y))
    return (
        layered.properties(width=560, height=110, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            domainColor=INK,
            tickColor=INK,
            gridColor=INK,
            gridOpacity=0.12,
            titleFontWeight="normal",
        )
    )
