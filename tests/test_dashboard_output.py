"""What leaves the dashboard is text: in pages, in files, in headers."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest

from dashboards import charts, files, headers, markup

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
