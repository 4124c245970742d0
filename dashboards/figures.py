"""A chart on a page: its downloads, its numbers, and the articles behind each mark."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

import streamlit as st

from dashboards import charts, files, lists, markup, notes
from dashboards.behind import Listed, Page, behind
from dashboards.charts import PICK, Band, Point, Spec
from dashboards.counts import count, silences
from dashboards.gaps import Period, periods, start
from dashboards.marks import ALL, Grain, Kind, Mark, Question
from dashboards.scope import Split
from dashboards.snapshot import Snapshot

NOTHING = "Nothing to count here. Widen the dates or remove a filter."
ROWS = 500  # of the table on the page; the CSV has all


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what it is asked of, how its marks are read and what they are called."""

    snapshot: Snapshot
    question: Question
    labels: Mapping[str, str]
    share: bool = False


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
        _at(period, known.get((name, day), Mark(name, day, 0, 0)), asked)
        for name in series
        for period in calendar
        for day in [start(period, question.grain).isoformat()]
    ]


def _at(period: Period, mark: Mark, asked: Asked) -> Point:
    shown = point(mark, asked.labels, share=asked.share)
    return replace(shown, value=None) if period.unseen and not mark.articles else shown


def point(mark: Mark, labels: Mapping[str, str], *, share: bool = False) -> Point:
    """Give a mark as it is drawn."""
    low, high = mark.interval()
    value = mark.share if share else float(mark.articles)
    label = labels.get(mark.series, mark.series)
    return Point(mark.series, mark.key, label, value, mark.articles, mark.of, low, high)


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


Lister = Callable[[str, str, Page], Sequence[Listed]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart on a page: its name in the address, its picture, its numbers, their source."""

    snapshot: Snapshot
    name: str
    chart: Spec
    points: Sequence[Point]
    source: notes.Source
    spoken: str
    articles: Lister


class Draw(Protocol):
    """Draws points as a chart."""

    def __call__(self, points: Sequence[Point], axis: str, *, share: bool) -> Spec:
        """Give the chart."""


class DrawTime(Protocol):
    """Draws points over time as a chart, with spans to shade."""

    def __call__(
        self, points: Sequence[Point], bands: Sequence[Band], axis: str, *, share: bool
    ) -> Spec:
        """Give the chart."""


@dataclass(frozen=True, slots=True)
class Picture:
    """How a question is shown: its name in the address, its title, its kind of chart."""

    name: str
    title: str
    draw: Draw


def figure(shown: Figure) -> None:
    """Show a chart, its downloads, its numbers, and the articles behind the chosen mark."""
    st.vega_lite_chart(
        shown.chart, width="stretch", key=f"chart-{shown.name}", selection_mode=PICK,
        on_select=lambda: _clicked(shown.name), alt=shown.spoken,
    )  # fmt: skip
    header = [field.name for field in fields(Point)]
    rows = [astuple(point) for point in shown.points]
    downloads(shown.snapshot, shown.name, shown.chart, shown.source, (header, rows))
    numbers(shown)
    name, _, mark = st.query_params.get("mark", "").partition("|")
    if name == shown.name and "|" in mark:
        key, _, series = mark.partition("|")
        drill(shown, series, key)
    else:
        st.caption("Click a mark, or choose it under the numbers, to list the articles it counts.")


def _clicked(name: str) -> None:
    chosen = st.session_state[f"chart-{name}"].selection.get(PICK) or []
    if chosen and "series" in chosen[0]:
        _pick(name, str(chosen[0]["series"]), _key(chosen[0]["key"]))
    elif st.query_params.get("mark", "").split("|")[0] == name:
        del st.query_params["mark"]


def _pick(name: str, series: str, key: str) -> None:
    st.query_params["mark"] = f"{name}|{key}|{series}"


def _key(value: object) -> str:
    # Vega hands times back as milliseconds
    if isinstance(value, int | float):
        return (date(1970, 1, 1) + timedelta(milliseconds=value)).isoformat()
    return str(value)


def numbers(shown: Figure) -> None:
    """Offer the numbers as a table, and each mark by its name; neither is made before it opens."""
    key = f"numbers-{shown.name}"
    with st.expander("The numbers, as a table", key=key, on_change="rerun") as part:
        if not part.open:
            return
        st.selectbox(
            "List the articles of", range(len(shown.points)), None, key=f"row-{shown.name}",
            format_func=lambda at: _named(shown.points[at]), on_change=_chosen, args=(shown,),
        )  # fmt: skip
        lists.table(
            ("of", "when or part", "articles", "published", "share", "95 % from", "to"),
            [_row(point) for point in shown.points[:ROWS]],
        )
        if len(shown.points) > ROWS:
            st.caption(f"The first {ROWS} of {len(shown.points)}: the CSV has all.")


def _chosen(shown: Figure) -> None:
    at = st.session_state[f"row-{shown.name}"]
    if at is not None:
        _pick(shown.name, shown.points[at].series, shown.points[at].key)


def _named(point: Point) -> str:
    return f"{point.label} · {point.key}: {point.articles}"


def _row(point: Point) -> tuple[str, ...]:
    unseen = point.value is None
    share = f"{point.articles / point.of:.2%}" if point.of else "–"
    numbers = (share, f"{point.low:.2%}", f"{point.high:.2%}")
    counts = ("not seen", "–") if unseen else (f"{point.articles}", f"{point.of}")
    return (markup.worded(point.label), markup.plain(point.key), *counts, *numbers)


def drill(shown: Figure, series: str, key: str) -> None:
    """List the articles behind a mark."""
    label = next((point.label for point in shown.points if point.series == series), series)
    part = f"page-{shown.name}-{series}-{key}"
    found = shown.articles(series, key, Page(lists.page_number(part), lists.PAGE_SIZE))
    total = found[0].total if found else 0
    lists.heading(total, f"{markup.worded(label)} · {markup.plain(key)}: ")
    lists.articles(shown.snapshot, found)
    lists.pager(part, total)


Table = tuple[Sequence[str], Sequence[Sequence[object]]]


def downloads(
    snapshot: Snapshot, name: str, chart: Spec, source: notes.Source, table: Table
) -> None:
    """Offer a chart as PNG and SVG, its numbers as CSV; each is made on the click."""
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "PNG": ("image/png", lambda: files.as_png(chart, notes.note(snapshot, source))),
        "SVG": ("image/svg+xml", lambda: files.as_svg(chart, notes.note(snapshot, source))),
        "CSV": ("text/csv", lambda: files.as_csv(*table, notes.note(snapshot, source))),
    }
    with st.container(horizontal=True):
        for kind, (mime, make) in makers.items():
            st.download_button(
                kind,
                make,
                f"araxes-{name}.{kind.lower()}",
                mime,
                on_click="ignore",
                key=f"{kind}-{name}",
                help=f"Download this chart as {kind}",
                type="tertiary",
            )


def counted(asked: Asked, picture: Picture) -> None:
    """Count a question whose keys are no periods, and show it as a figure."""
    marks = count(asked.snapshot, asked.question)
    shown = [point(mark, asked.labels, share=asked.share) for mark in marks]
    source = notes.source(picture.title, asked.question)
    _show(asked, picture, shown, source, mark_list(asked.snapshot, asked.question))


def compared(asked: Asked, picture: Picture, spans: Mapping[str, Question]) -> None:
    """Count a question over several spans, and show them side by side."""
    shown = [
        replace(point(mark, asked.labels, share=asked.share), key=span)
        for span, question in spans.items()
        for mark in count(asked.snapshot, question)
    ]

    def articles(series: str, key: str, page: Page) -> Sequence[Listed]:
        known = key in spans
        return behind(asked.snapshot, spans[key], (series, ALL), page) if known else ()

    source = notes.compared(picture.title, spans)
    _show(asked, picture, shown, source, articles)


def _show(
    asked: Asked, picture: Picture, shown: Sequence[Point], source: notes.Source, articles: Lister
) -> None:
    if not shown:
        st.info(NOTHING)
        return
    chart = picture.draw(shown, "share" if asked.share else "articles", share=asked.share)
    figure(Figure(asked.snapshot, picture.name, chart, shown, source, picture.title, articles))


def over_time(asked: Asked, name: str, title: str, draw: DrawTime = charts.lines) -> None:
    """Count a question over time and show it, gaps shaded."""
    question = asked.question
    calendar = periods(asked.snapshot, question.scope, question.grain)
    shown = points(asked, calendar)
    if not shown:
        st.info(NOTHING)
        return
    axis = "share" if asked.share else "articles"
    chart = draw(shown, bands(calendar, question.grain), axis, share=asked.share)
    spoken = f"{title}, {axis} per {question.grain}; {_gaps(calendar)}"
    source = notes.source(title, question)
    articles = mark_list(asked.snapshot, question)
    figure(Figure(asked.snapshot, name, chart, shown, source, spoken, articles))
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
