"""What several pages show: filters, a chart with its list, article lists, downloads."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta

import altair as alt
import streamlit as st

from dashboards import catalogue, files, markup, why
from dashboards.charts import PICK, Band, Point
from dashboards.gaps import Period, start
from dashboards.marks import ALL, Counting, Grain, Listed, Mark, Page, Question, Split, behind
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot

URL = "query-params"
PAGE_SIZE = 20
OWNERSHIPS = (
    "state", "public", "foreign-public", "party", "commercial", "independent", "diaspora",
    "think-tank", "igo", "government", "military", "unknown",
)  # fmt: skip
PERSPECTIVES = ("AM", "AZ", "GE", "RU", "TR", "IR", "west", "regional", "other")


def filters(snapshot: Snapshot, record: catalogue.Record, days: int = 90) -> Scope:
    """Show the filters that all pages share, in the side bar and in the address."""
    outlets = catalogue.outlets(snapshot)
    names = {key: f"{outlet.name} ({key})" for key, outlet in outlets.items()}
    earliest = max(record.first, record.last - timedelta(days=days - 1))
    with st.sidebar:
        st.subheader("Filters")
        since = st.date_input("From", earliest, record.first, record.last, key="since", bind=URL)
        until = st.date_input("To", record.last, record.first, record.last, key="until", bind=URL)
        return Scope(
            min(since, until), max(since, until),
            _many("Sources", list(names), "source", names),
            _many("Languages", catalogue.languages(snapshot), "language"),
            _many("Ownership", OWNERSHIPS, "ownership"),
            _many("Perspective", PERSPECTIVES, "perspective"),
            _many("Country of the newsroom", sorted({o.country for o in outlets.values()}), "country"),  # fmt: skip
        )  # fmt: skip


def _many(label: str, options: Sequence[str], key: str, names: dict[str, str] | None = None) -> tuple[str, ...]:  # fmt: skip
    def shown(option: str) -> str:
        return names[option] if names else option

    return tuple(st.multiselect(label, options, key=key, bind=URL, format_func=shown))


def counting() -> Counting:
    """Show how numbers are read: share or count, with copies or without."""
    left, right = st.columns(2)
    share = left.segmented_control(
        "Measure", ["Share", "Count"], default="Share", required=True, key="measure", bind=URL,
        help="Share: of everything the same sources published in that time.",
    )  # fmt: skip
    copies = right.segmented_control(
        "Copies", ["All articles", "Independent"], default="All articles", required=True,
        key="copies", bind=URL,
        help="Independent counts a story that many outlets reprint once.",
    )  # fmt: skip
    return Counting(independent=copies == "Independent", share=share == "Share")


def points(
    marks: Sequence[Mark], reading: Counting, calendar: Sequence[Period], question: Question,
    labels: dict[str, str],
) -> list[Point]:  # fmt: skip
    """Give the points of lines over time: zeros where nothing was found, none where unseen."""
    assert question.grain
    known = {(mark.series, mark.period): mark for mark in marks}
    series = list(dict.fromkeys(mark.series for mark in marks))
    if question.split is Split.ID and question.kind != "name":
        series = list(question.ids)
    return [
        _point(known.get((name, day)), name, day, period.unseen, reading, labels)
        for name in series
        for period in calendar
        for day in [start(period, question.grain)]
    ]


def _point(mark: Mark | None, series: str, day: date, unseen: bool, reading: Counting, labels: dict[str, str]) -> Point:  # fmt: skip
    label = labels.get(series, series)
    if mark is None:
        return Point(series, day.isoformat(), label, None if unseen else 0.0, 0, 0, 0.0, 0.0)
    low, high = reading.interval(mark)
    return Point(
        series, day.isoformat(), label,
        reading.part(mark) if reading.share else float(reading.count(mark)),
        reading.count(mark), reading.of(mark), low, high,
    )  # fmt: skip


def whole(mark: Mark, reading: Counting, labels: dict[str, str]) -> Point:
    """Give the point of a mark that stands for the whole span."""
    low, high = reading.interval(mark)
    value = reading.part(mark) if reading.share else float(reading.count(mark))
    label = labels.get(mark.series, mark.series)
    return Point(mark.series, ALL, label, value, reading.count(mark), reading.of(mark), low, high)


def bands(calendar: Sequence[Period], grain: Grain) -> list[Band]:
    """Give the spans to shade."""
    return [
        Band(start(period, grain).isoformat(), (period.last + timedelta(days=1)).isoformat(),
             "no feed was seen" if period.unseen else "gap: feeds down or cut")
        for period in calendar if period.gap
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart on a page: its name in the address, its picture, its numbers, its meaning."""

    name: str
    chart: alt.TopLevelMixin
    points: Sequence[Point]
    note: files.Note
    alt: str


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
        st.query_params["mark"] = "|".join((shown.name, *picked))
    elif _cleared(shown.name):
        st.query_params.pop("mark", None)
    name, *wanted = st.query_params.get("mark", "").split("|")
    if name == shown.name and len(wanted) == 2:
        drill(shown, wanted[0], wanted[1], articles, independent=independent)
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
    number = int(st.session_state.get(f"page-{shown.name}-{series}-{key}", 1)) - 1
    found = articles(series, key, Page(number, PAGE_SIZE, independent))
    total = found[0].total if found else 0
    html(f"<h4>{markup.worded(label)} · {markup.plain(key)}: {total} articles</h4>")
    article_list(shown_snapshot(), found)
    pager(f"page-{shown.name}-{series}-{key}", total)


def shown_snapshot() -> Snapshot:
    """Give the snapshot this page is made from."""
    found: Snapshot = st.session_state["snapshot"]
    return found


def pager(key: str, total: int) -> None:
    """Show which part of a list is on the page, if it has several."""
    last = -(-total // PAGE_SIZE)
    if last > 1:
        st.number_input(f"Page, of {last}", 1, last, key=key, width=160)


def article_list(snapshot: Snapshot, found: Sequence[Listed]) -> None:
    """Show articles: title in its own script, source, time, and why each is tagged."""
    if not found:
        st.info("No article here. Widen the dates or remove a filter.")
        return
    reasons = why.reasons(snapshot, tuple(article.article_id for article in found))
    html("<ol class='articles'>" + "".join(_entry(a, reasons[a.article_id]) for a in found) + "</ol>")  # fmt: skip


def _entry(article: Listed, reason: str) -> str:
    copies = f" · {article.copies} more in its cluster" if article.copies else ""
    when = article.published_at.strftime("%Y-%m-%d %H:%M UTC")
    title = markup.linked(article.url, markup.worded(article.title, article.language))
    return (
        f"<li><div>{title}</div><small>{markup.worded(article.source)} · {when} · "
        f"{markup.plain(article.language)}{copies}</small>"
        f"<details><summary>Why is this tagged?</summary>{reason}</details></li>"
    )


def downloads(shown: Figure) -> None:
    """Offer a chart as PNG and SVG, its numbers as CSV."""
    header = [field.name for field in fields(Point)]
    offers: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
        ("PNG", "image/png", lambda: files.as_png(shown.chart, shown.note)),
        ("SVG", "image/svg+xml", lambda: files.as_svg(shown.chart, shown.note)),
        ("CSV", "text/csv", lambda: files.as_csv(header, [astuple(p) for p in shown.points], shown.note)),  # fmt: skip
    )
    with st.container(horizontal=True):
        for kind, mime, make in offers:
            st.download_button(
                kind, make, f"araxes-{shown.name}.{kind.lower()}", mime, on_click="ignore",
                key=f"{kind}-{shown.name}", help=f"Download this chart as {kind}", type="tertiary",
            )  # fmt: skip


def mark_list(snapshot: Snapshot, question: Question) -> Lister:
    """Give the lister of a question whose marks are periods."""

    def articles(series: str, key: str, page: Page) -> Sequence[Listed]:
        period = date.fromisoformat(key) if question.grain else None
        return behind(snapshot, question, (series, period), page)

    return articles


def html(body: str) -> None:
    """Show HTML whose every outside text went through `markup`."""
    st.html(body)
