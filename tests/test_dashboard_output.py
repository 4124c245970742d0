"""What leaves the dashboard is text: in pages, in files, in headers."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import altair as alt
import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import charts, files, headers, markup, region
from dashboards.query import Query
from flows.errors import UsageError
from warehouse import receipts

HOSTILE = (
    "<script>window.__xss = 1</script>",
    '"><img src=x onerror="window.__xss = 1">',
    "<svg onload=window.__xss=1>",
    "'; window.__xss = 1; //",
    "[click](javascript:window.__xss=1)",
    "{{ 7 * 7 }} ${7 * 7}",
    "</details></li></ol><h1>gone</h1>",
    "&lt;script&gt;",
    "\u202egnp.exe",
)
NOTE = files.Note("A title", "made", "v1", "all", "95 %", "none", "araxes1:abc_-9")
POINT = charts.Point("a", "2026-11-20", "A", 0.5, 1, 2, 0.1, 0.9)


class Reader(HTMLParser):
    """Collects what a browser would see: tags and text."""

    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def read(body):
    reader = Reader()
    reader.feed(body)
    reader.close()
    return reader


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_is_shown_as_it_is_and_adds_no_tag(text):
    seen = read(markup.worded(text, "en"))
    assert seen.text == text
    assert seen.tags == [("bdi", {"dir": "auto", "lang": "en"})]


def test_a_language_cannot_break_out_of_its_attribute():
    seen = read(markup.worded("x", '"><script>'))
    assert [tag for tag, _ in seen.tags] == ["bdi"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:window.__xss=1",
        "JaVa\tScRiPt:window.__xss=1",
        "data:text/html,<script>1</script>",
        "//no.scheme.example/",
        "http://[broken",
        "",
    ],
)
def test_an_address_that_is_not_http_is_no_link(url):
    assert markup.linked(url, "inner") == "inner"


def test_a_link_tells_the_other_site_nothing():
    ((tag, attributes),) = read(markup.linked('https://a.example/?"&<', "x")).tags
    assert tag == "a"
    assert attributes["rel"] == "noopener noreferrer"
    assert attributes["href"] == 'https://a.example/?"&<'


def test_evidence_is_marked_by_code_points():
    seen = read(markup.marked("a😀b <i>", ((1, 3), (2, 3)), "en"))
    assert seen.text == "a😀b <i>"
    assert markup.marked("a😀b", ((1, 2),)) == '<bdi dir="auto">a<mark>😀</mark>b</bdi>'


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+2", "@SUM(1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_spreadsheet_runs_a_cell(cell):
    assert str(files.harmless(cell)).startswith("'")


@pytest.mark.parametrize("cell", ["plain", "a=1", 5, 0.5, None, ""])
def test_harmless_cells_stay_as_they_are(cell):
    assert files.harmless(cell) == cell


def test_a_csv_says_where_its_numbers_are_from():
    text = files.as_csv(("a", "b"), [("=x", 1), ("y,z\n", 2)], NOTE).decode("utf-8-sig")
    comments = [line for line in text.splitlines() if line.startswith("#")]
    for word in ("snapshot made", "denominator: all", "interval: 95 %", "receipt: araxes1:abc_-9"):
        assert any(word in line for line in comments)
    body = text[text.index("a,b") :]
    assert list(csv.reader(io.StringIO(body))) == [["a", "b"], ["'=x", "1"], ["y,z\n", "2"]]


STEP = charts.Step("An outlet", 2.5, "near", "A title")
SPOT = charts.Spot("shusha", "all", "Shusha", 46.75, 39.76, 3)
EDGE = charts.Edge("a~b", "all", "A and B", 1.0, 0.0, -1.0, 0.0, 2)
BANDS = [charts.Band("2026-11-20T00:00:00", "2026-11-21T00:00:00")]
EVERY_CHART = {
    "line": charts.lines([POINT], BANDS, "share", share=True),
    "lines": charts.lines([POINT, replace(POINT, series="b", label="B")], [], "n", share=False),
    "stacks": charts.stacks([POINT], BANDS, "articles", share=False),
    "bars": charts.bars([POINT, replace(POINT, key="then")], "articles", share=False),
    "heat": charts.heat([POINT], "share", share=True),
    "network": charts.network([EDGE], [charts.Node("A", 1.0, 0.0), charts.Node("B", -1.0, 0.0)]),
    "calendar": charts.calendar([POINT], {("a", "2026-11-20"): "1 of 1 polls failed"}),
    "path": charts.path([STEP]),
    "region": charts.region([SPOT], region.shores(), region.CITIES),
}


@pytest.mark.parametrize("name", EVERY_CHART)
def test_a_chart_is_valid_by_the_schema_of_vega_lite(name):
    alt.Chart.from_dict(EVERY_CHART[name])


@pytest.mark.parametrize("name", EVERY_CHART)
def test_a_chart_draws_its_marks(name):
    svg = files.as_svg(EVERY_CHART[name], NOTE).decode()
    assert re.search(r'aria-roledescription="(\w+ )?(bar|point|rect mark|rule mark|circle)', svg)


def test_charts_keep_their_data_in_layers():
    """At the top Streamlit would turn it into Arrow, and import pandas to do so."""
    assert not any("data" in chart for chart in EVERY_CHART.values())


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_value_written_into_sql_is_that_value(value):
    sql = Query("SELECT $value, $value IN (SELECT unnest($values))",
                {"value": value, "values": ["other", value]}).literal()  # fmt: skip
    assert duckdb.sql(sql).fetchall() == [(value.replace("\0", ""), True)]


def test_days_times_and_numbers_are_written_as_themselves():
    values = {"day": date(2026, 11, 20), "at": datetime(2026, 11, 20, 4, tzinfo=UTC), "n": 3}
    sql = Query("SELECT $day, epoch($at), $n", values).literal()
    assert duckdb.sql(sql).fetchall() == [(date(2026, 11, 20), values["at"].timestamp(), 3)]


@pytest.mark.parametrize("name", ["png", "svg", "csv"])
def test_a_file_carries_its_receipt(tmp_path, name):
    chart, file = EVERY_CHART["bars"], tmp_path / name
    for rows in range(8):  # what follows it in the file differs
        receipt = receipts.Receipt("SELECT 1", "h", rows, "", 0, "v", 0, (), ("a",))
        note = replace(NOTE, receipt=str(receipt))
        made = {"png": lambda note: files.as_png(chart, note),
                "svg": lambda note: files.as_svg(chart, note),
                "csv": lambda note: files.as_csv(("a",), [(1,)], note)}  # fmt: skip
        file.write_bytes(made[name](note))
        assert receipts.find(file) == receipt


def test_a_file_without_a_receipt_is_refused_by_name(tmp_path):
    file = tmp_path / "plain.csv"
    file.write_text("a,b")
    with pytest.raises(UsageError, match=r"plain\.csv carries no receipt"):
        receipts.find(file)
    with pytest.raises(UsageError, match="cannot be read"):
        receipts.find(tmp_path / "none.csv")


def test_a_chart_becomes_a_png_and_an_svg_without_the_network():
    chart = charts.lines([POINT], [charts.Band("2026-11-20", "2026-11-21")], "share", share=True)
    assert files.as_png(chart, NOTE).startswith(b"\x89PNG")
    svg = files.as_svg(chart, NOTE).decode()
    assert "A title" in svg
    assert "denominator: all" in svg


def test_hostile_labels_stay_text_in_an_svg():
    point = charts.Point("a", "all", "<script>1</script>", 1.0, 1, 2, 0.1, 0.9)
    svg = files.as_svg(charts.bars([point], "articles", share=False), NOTE).decode()
    assert "<script" not in svg


def test_the_policy_allows_no_eval_and_no_other_host():
    policy = headers.policy()
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy.replace("http-equiv", "")
    (script,) = re.findall(r"script-src ([^;]*)", policy)
    assert "unsafe-inline" not in script
