"""Trends as a plot in the terminal."""

from collections.abc import Mapping, Sequence
from datetime import date

import click

Point = tuple[date, float | None]


def plot_trend(title: str, series: Mapping[str, Sequence[Point]], height: int = 12) -> None:
    """Print one line for each series; a period without a number leaves a hole, not a zero.

    Args:
        title: what is plotted.
        series: points by name, oldest first.
        height: rows of the plot.
    """
    import plotext

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.date_form("Y-m-d")
    plotext.title(title)
    plotext.plot_size(80, height)
    for name, points in series.items():
        known = [(day, value) for day, value in points if value is not None]
        if known:
            days = [day.isoformat() for day, _ in known]
            values = [value for _, value in known]
            plotext.plot(days, values, label=name, marker="braille")
    click.echo(plotext.uncolorize(plotext.build()))
