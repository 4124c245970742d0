"""A chart on a page: its downloads, its numbers, and the articles behind each mark."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

import streamlit as st

from dashboards import charts, files, lists, markup, notes
from dashboards.charts import PICK, Band, Point
from dashboards.gaps import Period, periods, start
from dashboards.marks import (
    ALL,
    Counting,
    Grain,
    Kind,
    Listed,
    Mark,
    Page,
    Question,
    Split,
    behind,
    count,
    silences,
)
from dashboards.snapshot import Snapshot

COUNTS = Counting(share=False)
NOTHING = "Nothing to count here. Widen the dates or remove a filter."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what it is asked of, how its marks are read and what they are called."""

    snapshot: Snapshot
    question: Question
    reading: Counting
    labels: Mapping[str, str]


def points(asked: Asked, calendar: Sequence[Period]) -> list[Point]:
    """Give the points of lines over time: zeros where nothing was found, none where unseen."""
    question = asked.question
    marks = {(mark.series, mark.key): mark for mark in count(asked.snapshot, question)}
    series = list(dict.fromkeys(name for name, _ in marks))
    if question.split is Split.ID and question.kind is not Kind.NAME:
        series = list(question.ids)
    silent = silences(asked.snapshot, question, tuple(series))
    known = {(mark.series, mark.key): mark for mark in silent} | marks
    return [
        _at(period, known.get((name, day), Mark(name, day, 0, 0, 0, 0)), asked)
        for name in series
        for period in calendar
        for day in [start(period, question.grain).isoformat()]
    ]


def _at(period: Period, mark: Mark, asked: Asked) -> Point:
    shown = point(mark, asked.reading, asked.labels)
    return replace(shown, value=None) if period.unseen and not mark.articles else shown


def point(mark: Mark, reading: Counting, labels: Mapping[str, str]) -> Point:
    """Give a mark as it is drawn."""
    low, high = reading.interval(mark)
    value = reading.part(mark) if reading.share else float(reading.count(mark))
    label = labels.get(mark.series, mark.series)
    counts = reading.count(mark), reading.of(mark)
    return Point(mark.series, mark.key, label, value, *counts, low, high)


def bands(calendar: Sequence[Period], grain: Grain) -> list[Band]:
    """Give the spans to shade."""
    return [_band(period, grain) for period in calendar if period.gap]


def _band(period: Period, grain: Grain) -> Band:
    # around the mark, which stands at the period's first day
    days = (period.last - period.first).days + 1
    middle = datetime.combine(start(period, grain), time(), UTC)
    first, end = middle - timedelta(hours=12 * days), middle + timedelta(hours=12 * days)
    note = "no feed was seen" if period.unseen else "gap: feeds down or cut"
    return Band(first.isoformat(), end.isoformat(), note)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart on a page: its name in the address, its picture, its numbers, its meaning."""

    name: str
    chart: Any
    points: Sequence[Point]
    note: files.Note
    alt: str
    snapshot: Snapshot


class Draw(Protocol):
    """Draws points as a chart."""

    def __call__(self, points: Sequence[Point], axis: str, *, share: bool) -> Any:
        """Give the chart."""


class DrawTime(Protocol):
    """Draws points over time as a chart, with spans to shade."""

    def __call__(
        self, points: Sequence[Point], bands: Sequence[Band], axis: str, *, share: bool
    ) -> Any:
        """Give the chart."""


@dataclass(frozen=True, slots=True)
class Picture:
    """How a question is shown: its name in the address, its title, its kind of chart."""

    name: str
    title: str
    draw: Draw


Lister = Callable[[str, str, Page], Sequence[Listed]]


def figure(shown: Figure, articles: Lister, *, independent: bool = False) -> None:
    """Show a chart, its downloads, its numbers, and the articles behind the chosen mark."""
    event = st.altair_chart(
        shown.chart, width="stretch", key=f"chart-{shown.name}", on_select="rerun",
        selection_mode=PICK, alt=shown.alt,
    )  # fmt: skip
    downloads(shown)
    with st.expander("The numbers, as a table"):
        table = st.dataframe(
            [_numbers(point) for point in shown.points], hide_index=True, key=f"table-{shown.name}",
            on_select="rerun", selection_mode="single-row", width="stretch",
        )  # fmt: skip
    picked = _picked(event, shown, table)
    if picked:
        series, key = picked
        st.query_params["mark"] = f"{shown.name}|{key}|{series}"
    elif _cleared(shown.name):
        st.query_params.pop("mark", None)
    name, _, mark = st.query_params.get("mark", "").partition("|")
    if name == shown.name and "|" in mark:
        key, _, series = mark.partition("|")
        drill(shown, series, key, articles, independent=independent)
    else:
        st.caption("Click a mark, or a row of the table, to list the articles it counts.")


def _picked(event: object, shown: Figure, table: object) -> tuple[str, str] | None:
    chosen = getattr(event, "selection", {}).get(PICK) or []
    if chosen and "series" in chosen[0]:
        picked = str(chosen[0]["series"]), _key(chosen[0]["key"])
        st.session_state[f"had-{shown.name}"] = True
        return picked
    rows = getattr(table, "selection", {}).get("rows") or []
    if rows and rows[0] < len(shown.points):
        st.session_state[f"had-{shown.name}"] = True
        return shown.points[rows[0]].series, shown.points[rows[0]].key
    return None


def _key(value: object) -> str:
    # Vega hands times back as milliseconds
    if isinstance(value, int | float):
        return (date(1970, 1, 1) + timedelta(milliseconds=value)).isoformat()
    return str(value)


def _cleared(name: str) -> bool:
    """Say whether a mark of this chart was chosen before and no longer is."""
    mine = st.query_params.get("mark", "").split("|")[0] == name
    return bool(st.session_state.pop(f"had-{name}", False)) and mine


def _numbers(point: Point) -> dict[str, object]:
    return {
        "of": point.label, "when or part": point.key, "articles": point.articles,
        "published": point.of, "value": point.value, "95 % from": point.low, "to": point.high,
    }  # fmt: skip


def drill(shown: Figure, series: str, key: str, articles: Lister, *, independent: bool) -> None:
    """List the articles behind a mark."""
    label = next((point.label for point in shown.points if point.series == series), series)
    part = f"page-{shown.name}-{series}-{key}"
    found = articles(series, key, Page(lists.page_number(part), lists.PAGE_SIZE, independent))
    total = found[0].total if found else 0
    lists.heading(total, f"{markup.worded(label)} · {markup.plain(key)}: ")
    lists.articles(shown.snapshot, found)
    lists.pager(part, total)


def downloads(shown: Figure) -> None:
    """Offer a chart as PNG and SVG, its numbers as CSV; each is made on the click."""
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "PNG": ("image/png", lambda: files.as_png(shown.chart, shown.note)),
        "SVG": ("image/svg+xml", lambda: files.as_svg(shown.chart, shown.note)),
        "CSV": ("text/csv", lambda: _csv(shown)),
    }
    with st.container(horizontal=True):
        for kind, (mime, make) in makers.items():
            st.download_button(
                kind,
                make,
                f"araxes-{shown.name}.{kind.lower()}",
                mime,
                on_click="ignore",
                key=f"{kind}-{shown.name}",
                help=f"Download this chart as {kind}",
                type="tertiary",
            )


def _csv(shown: Figure) -> bytes:
    header = [field.name for field in fields(Point)]
    return files.as_csv(header, [astuple(point) for point in shown.points], shown.note)


def counted(asked: Asked, picture: Picture) -> None:
    """Count a question whose keys are no periods, and show it as a figure."""
    shown = [point(m, asked.reading, asked.labels) for m in count(asked.snapshot, asked.question)]
    _show(asked, picture, shown, mark_list(asked.snapshot, asked.question))


def compared(asked: Asked, picture: Picture, spans: Mapping[str, Question]) -> None:
    """Count a question over several spans, and show them side by side."""
    shown = [
        replace(point(mark, asked.reading, asked.labels), key=span)
        for span, question in spans.items()
        for mark in count(asked.snapshot, question)
    ]

    def articles(series: str, key: str, page: Page) -> Sequence[Listed]:
        known = key in spans
        return behind(asked.snapshot, spans[key], (series, ALL), page) if known else ()

    _show(asked, picture, shown, articles)


def _show(asked: Asked, picture: Picture, shown: Sequence[Point], articles: Lister) -> None:
    if not shown:
        st.info(NOTHING)
        return
    share = asked.reading.share
    chart = picture.draw(shown, "share" if share else "articles", share=share)
    note = notes.note(asked.snapshot, picture.title, asked.question, asked.reading)
    drawn = Figure(picture.name, chart, shown, note, picture.title, asked.snapshot)
    figure(drawn, articles, independent=asked.reading.independent)


def over_time(asked: Asked, name: str, title: str, draw: DrawTime = charts.lines) -> None:
    """Count a question over time and show it, gaps shaded."""
    question, reading = asked.question, asked.reading
    calendar = periods(asked.snapshot, question.scope, question.grain)
    shown = points(asked, calendar)
    if not shown:
        st.info(NOTHING)
        return
    axis = "share" if reading.share else "articles"
    chart = draw(shown, bands(calendar, question.grain), axis, share=reading.share)
    note = notes.note(asked.snapshot, title, question, reading)
    spoken = f"{title}, {axis} per {question.grain}; {_gaps(calendar)}"
    drawn = Figure(name, chart, shown, note, spoken, asked.snapshot)
    figure(drawn, mark_list(asked.snapshot, question), independent=reading.independent)
    if any(period.gap for period in calendar):
        st.caption(f"{_gaps(calendar)}, shaded: what they show is a floor, not a fall.")


def _gaps(calendar: Sequence[Period]) -> str:
    gaps = sum(period.gap for period in calendar)
    return f"{gaps} of {len(calendar)} periods are gaps, with feeds down or cut"


def mark_list(snapshot: Snapshot, question: Question) -> Lister:
    """Give the lister of the marks that `count` gives for a question."""

    def articles(series: str, key: str, page: Page) -> Sequence[Listed]:
        return behind(snapshot, question, (series, key), page)

    return articles
