"""The digest: every sentence has a number, articles and a receipt; every title is text."""

import json
import os
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import dashboard_data
import pytest
from alert_cases import FIRST, LAST, RISE, copied, down, made
from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright
from warehouse_cases import a_source, run_of

from flows.cli import main
from flows.digest.brief import brief
from flows.digest.pages import FORMS, as_html, as_markdown
from flows.rendering import address, line, markdown
from flows.tag import vocabulary
from warehouse import reader, receipts, signals
from warehouse.publish import publish
from warehouse.store import Store

HOSTILE = (
    "<script>window.__xss = 1</script>",
    '"><img src=https://tracker.example/x.png onerror="window.__xss = 1">',
    "[click](javascript:window.__xss=1) ![](https://tracker.example/y.png) **bold** <b>b</b>",
    "</li></ul></main><style>* { display: none }</style>",
    "{{ 7 * 7 }} {% raw %} `code` $x^2$",
    "Talks\n\n# Heading\n- item",
)


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    core = tmp_path_factory.mktemp("big") / "made.duckdb"
    dashboard_data.make(core, dashboard_data.Made(articles=6000, days=80, titles=HOSTILE))
    return core


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return made(tmp_path_factory.mktemp("planted") / "araxes.duckdb").path


def asked(core, period="week", until=None):
    with reader.connect(core) as connection:
        return brief(connection, period, until)


@pytest.fixture(scope="module")
def week(big):
    return asked(big)


@pytest.fixture(scope="module")
def day(big):
    return asked(big, "day")


def test_a_day_that_was_polled_and_brought_nothing_is_not_the_last_one(planted, tmp_path):
    store = copied(Store(planted), tmp_path / "down")
    down(store, "alpha", 2)
    with reader.connect(store.path) as connection:
        record = signals.last_day(connection)
    found = asked(store.path, "day")
    assert found.until == record - timedelta(days=2)
    assert not found.missing


def sentences(found):
    return [sentence for part in found.parts for sentence in part.sentences]


def part(found, key):
    return next(one for one in found.parts if one.key == key)


# ---------------------------------------------------------------- what it says


def test_every_sentence_has_a_number_its_articles_and_its_receipt(week):
    assert len(sentences(week)) >= 8
    for sentence in sentences(week):
        assert re.search(r"\d", sentence.words), sentence.words
        assert sentence.articles, sentence.words
        assert week.receipts[sentence.receipt - 1].startswith("araxes1:")
    for one in week.parts:
        assert one.sentences or re.search(r"\d", one.note), one.key


def test_every_receipt_stands_and_names_the_articles_shown(big, week):
    with reader.connect(big) as connection:
        for sentence in sentences(week):
            replayed = receipts.replay(
                connection, receipts.parse(week.receipts[sentence.receipt - 1])
            )
            assert replayed.stands
            shown = {article.article_id for article in sentence.articles}
            if len(replayed.receipt.evidence) < receipts.EVIDENCE:
                assert shown <= set(replayed.receipt.evidence)


def test_a_burst_is_told_on_its_day_with_what_was_expected(planted):
    found = asked(planted, "day", RISE)
    burst = next(
        one for one in part(found, "bursts").sentences if one.words.startswith("Peace treaty")
    )
    assert "24 independent stories on 2026-04-11" in burst.words
    assert "1.0 expected" in burst.words
    assert "begun by 4 outlets" in burst.words
    assert [day.independent for day in burst.trend[-2:]] == [1, 24]


def test_a_mover_rose_from_the_period_before_with_both_intervals(planted):
    words = [
        one.words
        for one in part(asked(planted, "week", RISE + timedelta(days=6)), "movers").sentences
    ]
    assert words[0].startswith("Peace treaty")
    # 168 of 336 in the seven days of the rise, 7 of 336 in the seven before
    assert "rose to 50.0% of all articles (95 %: 44.7% to 55.3%; 168 articles)" in words[0]
    assert "from 2.1% (95 %: 1.0% to 4.2%)" in words[0]
    later = part(asked(planted, "week", RISE + timedelta(days=15)), "movers").sentences
    assert any("fell to" in one.words for one in later)


def test_a_quiet_period_says_zero_and_not_nothing(planted):
    found = asked(planted, "day", FIRST.date() + timedelta(days=35))
    assert part(found, "bursts").note == "0 topics, actors or names burst."
    assert part(found, "movers").note.startswith("0 topics")


def test_bursts_wait_for_four_weeks_and_say_so(planted):
    found = asked(planted, "day", FIRST.date() + timedelta(days=10))
    assert "there are 11 in all" in part(found, "bursts").note
    assert "new actors need 28" in part(found, "newcomers").note


def test_perspectives_part_names_and_reprints_are_told_with_counts(week):
    names = part(week, "namings").sentences[0].words
    assert "Stepanakert" in names
    assert re.search(r"“Khankendi” in \d+ articles \(.*AZ \d+", names)
    assert re.search(
        r"began \d+ stories that others repeated", part(week, "reprints").sentences[0].words
    )


def test_an_actor_that_was_never_named_before_is_new(tmp_path):
    core = tmp_path / "made.duckdb"
    dashboard_data.make(core, dashboard_data.Made(articles=3000, days=60))
    with reader.connect(core) as connection:
        ((rare,),) = connection.execute("""
            SELECT actor_id FROM article_actors AS x JOIN articles AS a USING (article_id)
            GROUP BY actor_id
            HAVING count(DISTINCT a.source_id) FILTER (WHERE a.day > DATE '2026-11-13') > 3
            ORDER BY count(*), actor_id LIMIT 1
        """).fetchall()
    with Store(core).writing() as writer:
        writer._connection.execute(
            "DELETE FROM article_actors WHERE actor_id = ? AND day <= DATE '2026-11-13'", [rare]
        )
    publish(core)
    new = part(asked(core), "newcomers").sentences
    assert any("first on record on 2026-11-1" in one.words for one in new)


def test_outages_are_told_beside_the_numbers(big):
    found = asked(big, "week", dashboard_data.Made().last - timedelta(days=19))
    words = " ".join(one.words for one in part(found, "health").sentences)
    assert "outlets could not be seen whole" in words


# ---------------------------------------------------------------- what there is not


def test_an_empty_period_says_so_and_what_to_do(planted):
    found = asked(planted, "day", LAST + timedelta(days=400))
    assert sentences(found) == []
    for render in FORMS.values():
        assert "araxes ingest" in render(found)
        assert f"--until {LAST}" in render(found).replace("\\", "")


def test_an_empty_warehouse_says_so(tmp_path):
    store = Store(tmp_path / "empty.duckdb")
    with store.writing() as writer:
        writer.sync_vocabulary(vocabulary.load())
    publish(store.path)
    found = asked(store.path)
    assert "araxes demo" in as_markdown(found)
    assert found.title.endswith("no articles yet")
    assert (found.since, found.until) == (None, None)
    assert asked(store.path, "day", LAST).title.endswith(f"{LAST}")


def test_a_warehouse_that_was_polled_and_brought_nothing_says_so(store):
    run_of(store, a_source(), [], [])
    publish(store.path)
    found = asked(store.path)
    assert found.title.endswith("no articles yet")
    assert "araxes status" in as_markdown(found)
    assert "0001" not in as_markdown(found)


# ---------------------------------------------------------------- what it looks like


def test_the_same_snapshot_gives_the_same_digest(big, week):
    again = asked(big)
    assert as_html(again) == as_html(week)
    assert as_markdown(again) == as_markdown(week)


class Page(HTMLParser):
    """Collects what could load or run."""

    def __init__(self):
        super().__init__()
        self.tags, self.links, self.attributes = set(), [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        given = dict(attrs)
        self.attributes |= set(given)
        if tag == "a":
            self.links.append(given)


def test_the_page_loads_nothing_runs_nothing_and_links_safely(day):
    # hostile titles are the newest of the last day
    html = as_html(day)
    assert "&lt;script&gt;" in html
    page = Page()
    page.feed(html)
    assert not page.tags & {"script", "img", "iframe", "link", "object", "embed", "form", "image"}
    assert not [name for name in page.attributes if name.startswith("on")]
    assert "src" not in page.attributes
    outside = [one for one in page.links if not one["href"].startswith("#")]
    assert outside
    for one in outside:
        assert one["href"].startswith(("https://", "http://"))
        assert one["rel"] == "noopener noreferrer"
    assert "url(" not in html.replace("url(#", "")
    assert "default-src 'none'" in html


def test_persian_titles_run_from_right_to_left(planted):
    found = asked(planted, "day", RISE)
    whole = found.parts[0]
    persian = replace(whole.sentences[0].articles[0], title="مذاکرات صلح", language="fa")
    told = replace(whole, sentences=(replace(whole.sentences[0], articles=(persian,)),))
    html = as_html(replace(found, parts=(told,)))
    assert '<bdi dir="rtl" lang="fa">مذاکرات صلح</bdi></a>' in html


def test_markdown_shows_hostile_titles_as_they_are(day):
    text = as_markdown(day)
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    page = Page()
    page.feed(html)
    assert not page.tags & {"script", "img", "style", "b", "strong", "h3"}
    assert all(one["href"].startswith("https://source-") for one in page.links)
    assert "&lt;script&gt;window.__xss = 1&lt;/script&gt;" in html
    assert "{{ 7 * 7 }}" in html


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("https://a.example/x?y=1", "https://a.example/x?y=1"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://a.example/) [b](javascript:x", "https://a.example/%29%20%5Bb%5D%28javascript:x"),
        ("https://a.example/\n<b>", "https://a.example/%0A%3Cb%3E"),
        ("https://[", ""),
    ],
)
def test_an_address_cannot_end_its_link(url, given):
    assert address(url) == given


def test_text_is_one_line_without_what_nobody_sees():
    assert line("a\r\nBcc: b\u202egnp") == "a Bcc: b gnp"
    assert markdown("*a* <b>") == r"\*a\* \<b\>"


# ---------------------------------------------------------------- the command


def araxes(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return left.value.code, capsys.readouterr()


def test_the_command_writes_each_form(planted, tmp_path, capsys):
    base = ("--db", str(planted), "digest", "--until", str(RISE))
    code, out = araxes(capsys, *base)
    assert (code, out.out.startswith("# South Caucasus security in the news, 2026-04-11")) == (
        0,
        True,
    )
    page = tmp_path / "day.html"
    code, out = araxes(capsys, *base, "--format", "html", "--out", str(page))
    charts = sum(bool(one.trend) for one in sentences(asked(planted, "day", RISE)))
    assert page.read_text(encoding="utf-8").count("<svg") == charts > 1
    code, out = araxes(capsys, *base, "--json")
    told = json.loads(out.out)
    assert [one["key"] for one in told["parts"]][:2] == ["whole", "bursts"]
    code, out = araxes(capsys, *base, "--json", "--format", "md")
    assert code == 2


@pytest.mark.browser
@pytest.mark.slow
def test_in_a_real_browser_nothing_runs_and_no_request_leaves(day, tmp_path):
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine")
    page_file = tmp_path / "digest.html"
    page_file.write_text(as_html(day), encoding="utf-8")
    requests, errors = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            page = browser.new_context(color_scheme=scheme).new_page()
            page.on("request", lambda request: requests.append(request.url))
            page.on("console", lambda message: errors.append(message.text))
            page.on("dialog", lambda dialog: errors.append(dialog.message))
            page.goto(page_file.as_uri())
            assert page.evaluate("window.__xss") is None
            assert HOSTILE[0] in page.inner_text("body")
            style = "getComputedStyle(document.body)"
            inks = page.evaluate(f"[{style}.color, {style}.backgroundColor]")
            assert inks[0] != inks[1]
            for svg in page.query_selector_all("svg text"):
                assert svg.evaluate("e => getComputedStyle(e).fill") == inks[0]
        browser.close()
    assert set(requests) == {page_file.as_uri()}
    assert errors == []
