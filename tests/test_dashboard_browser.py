"""The dashboard in a real Chromium: every page, hostile titles, links that can be shared."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import dashboard_data
import duckdb
import pytest
from playwright.sync_api import sync_playwright

from dashboards import tops
from dashboards.counts import count
from dashboards.marks import Kind, Question
from dashboards.scope import Scope
from dashboards.snapshot import Snapshot
from warehouse import reader, receipts
from warehouse.publish import publish

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (
    "", "attention", "divergence", "actors", "names", "reprints", "map", "seeds", "articles",
    "health",
)  # fmt: skip
HOSTILE = (
    "<script>window.__xss = 1</script>",
    '"><img src=x onerror="window.__xss = 1">',
    "<svg onload=window.__xss=1>",
    "<iframe srcdoc='<script>parent.__xss = 1</script>'></iframe>",
    "[click](javascript:window.__xss=1) **bold** :material/bug_report:",
    "{{ constructor.constructor('window.__xss = 1')() }}",
    "</details></li></ol><h1>gone</h1>",
    "&lt;script&gt;window.__xss = 1&lt;/script&gt;",
    "<style>* { display: none }</style>",
    "$x^2$ `code` <b>b</b>",
)
MADE = dashboard_data.Made(articles=900, days=40, titles=HOSTILE)
SCOPE = Scope(MADE.last - timedelta(days=29), MADE.last)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
READY = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  const waits = document.querySelector('[data-testid=stSpinner], [data-testid=stSkeleton]');
  return app && app.dataset.testScriptState === 'notRunning' && !waits
    && document.querySelector('h1');
}"""


@contextmanager
def serving(core):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "flows.cli", "--db", str(core), "dashboard"]
    server = subprocess.Popen([*command, f"--port={port}"], stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(60)


def wait_for(url):
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer")


@pytest.fixture(scope="module")
def core(tmp_path_factory):
    core = tmp_path_factory.mktemp("dashboard") / "made.duckdb"
    dashboard_data.make(core, MADE)
    return core


@pytest.fixture(scope="module")
def site(core):
    with serving(core) as url:
        yield url


@pytest.fixture(scope="module")
def chromium():
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        # one context: its tabs share the cache, as a visitor's do
        yield browser.new_context(viewport={"width": 1280, "height": 1000})
        browser.close()


@pytest.fixture
def tab(chromium):
    """A tab that writes down what must not happen."""
    tab = chromium.new_page()
    tab.wrongs = []
    tab.on("console", lambda said: said.type == "error" and tab.wrongs.append(said.text))
    tab.on("pageerror", lambda error: tab.wrongs.append(str(error)))
    tab.on("dialog", lambda dialog: tab.wrongs.append(dialog.message))
    tab.on("request", lambda request: foreign(request.url) and tab.wrongs.append(request.url))
    yield tab
    tab.close()


def foreign(url):
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


def visit(tab, url):
    tab.goto(url)
    settle(tab)


def settle(tab):
    tab.wait_for_function(READY, timeout=60_000)
    tab.wait_for_timeout(250)
    tab.wait_for_function(READY, timeout=60_000)


def keep(tab, name):
    """Keep a picture of a page where it was asked for, and in CI."""
    folder = os.environ.get("ARAXES_SCREENSHOTS") or (os.environ.get("CI") and "build/screenshots")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        tab.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def text(tab):
    return tab.inner_text("[data-testid=stMain]")


def test_a_dashboard_that_is_told_to_end_leaves_no_server_behind(core):
    with serving(core) as url:
        pass
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=60)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_hostile_titles_runs_nothing_and_asks_no_other_host(tab, site, page):
    """Each page is opened by its own address, as a shared link is."""
    visit(tab, site + page)
    for chart in tab.query_selector_all("[data-testid=stVegaLiteChart]"):
        chart.wait_for_selector("canvas, svg", timeout=60_000)
    keep(tab, page or "today")
    assert tab.wrongs == []
    assert tab.evaluate("window.__xss") is None
    assert not tab.query_selector("[data-testid=stException]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_as_light_or_dark_as_the_system_is(tab, site, scheme):
    tab.emulate_media(color_scheme=scheme)
    visit(tab, site + "attention")
    ground = tab.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=stApp]')).background"
    )
    red, green, blue = (int(part) for part in re.findall(r"\d+", ground)[:3])
    assert (red + green + blue < 3 * 128) == (scheme == "dark")
    keep(tab, f"attention-{scheme}")


def test_hostile_titles_are_shown_as_they_are(tab, site):
    visit(tab, site + "articles")
    for summary in tab.query_selector_all("summary"):
        summary.click()
    shown = text(tab)
    assert all(shown.count(title) >= 2 for title in HOSTILE)  # the title, and its evidence
    assert tab.evaluate("window.__xss") is None
    assert tab.wrongs == []


def test_a_hostile_article_is_shown_as_it_is(tab, site, core):
    with reader.connect(core) as connection:
        found = connection.execute(
            "SELECT article_id, title FROM articles WHERE title = ?", [HOSTILE[1]]
        ).fetchall()
    visit(tab, f"{site}articles?article={found[0][0]}")
    assert text(tab).count(HOSTILE[1]) >= 3
    assert tab.query_selector("mark")
    assert tab.evaluate("window.__xss") is None
    assert tab.wrongs == []


def test_persian_titles_run_from_right_to_left_in_their_own_line(tab, site):
    visit(tab, site + "articles?language=fa")
    title = tab.query_selector("ol.articles bdi[lang=fa]")
    assert title.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert title.evaluate("e => getComputedStyle(e.closest('li')).direction") == "ltr"


def test_a_shared_address_shows_the_same_view_and_the_articles_of_its_mark(tab, site, core):
    with reader.connect(core) as connection:
        snapshot = Snapshot(str(core), connection)
        topics = tuple(tops.top_ids(snapshot, Kind.TOPIC, SCOPE, 1))
        mark = max(count(snapshot, Question(SCOPE, Kind.TOPIC, topics)), key=lambda m: m.articles)
    address = f"{site}attention?per=Day&since={SCOPE.since}&mark=attention|{mark.key}|{mark.series}"
    visit(tab, address)
    assert f": {mark.articles} article" in text(tab)
    assert len(tab.query_selector_all("ol.articles > li")) == min(20, mark.articles)
    assert f"since={SCOPE.since}" in tab.url


def test_choosing_changes_the_address(tab, site):
    visit(tab, site + "attention")
    tab.get_by_role("radio", name="Count").click()
    tab.wait_for_url("**measure=Count**", timeout=60_000)
    settle(tab)
    assert tab.wrongs == []


def test_a_clicked_bar_lists_exactly_what_it_counts(tab, site):
    visit(tab, site)
    chart = tab.locator("[data-testid=stVegaLiteChart]").nth(1)
    chart.scroll_into_view_if_needed()
    bar = chart.locator("[aria-roledescription=bar]").first
    spoken = bar.get_attribute("aria-label")
    bar.click()
    tab.wait_for_selector("ol.articles", timeout=60_000)
    settle(tab)
    counted = dict(part.strip().split(": ", 1) for part in spoken.split(";"))["articles"]
    assert f": {counted} article" in text(tab)
    assert "mark=topics" in tab.url


CHARTS = (
    ("", 2), ("attention", 2), ("divergence", 1), ("actors", 3), ("names", 2), ("reprints", 3),
    ("map", 1), ("seeds", 1), ("health", 1),
)  # fmt: skip


@pytest.mark.parametrize(("page", "charts"), CHARTS)
def test_each_chart_downloads_with_a_receipt_that_stands(tab, site, core, page, charts):
    visit(tab, site + page)
    starts = {"PNG": b"\x89PNG", "SVG": b"<svg", "CSV": b"\xef\xbb\xbf# "}
    with reader.connect(core) as connection:
        for kind, start in starts.items():
            buttons = tab.get_by_role("button", name=kind, exact=True)
            assert buttons.count() == charts
            for n in range(charts):
                with tab.expect_download(timeout=60_000) as download:
                    buttons.nth(n).click()
                file = Path(download.value.path())
                assert file.read_bytes().startswith(start)
                found = receipts.find(file)
                assert found.rows
                assert found.evidence
                assert receipts.replay(connection, found).stands
    assert tab.wrongs == []


def test_the_numbers_of_a_chart_list_their_articles_without_a_mouse(tab, site):
    visit(tab, site)
    tab.locator("summary", has_text="The numbers").last.press("Enter")
    settle(tab)
    tab.get_by_role("combobox", name="List the articles of").press("ArrowDown")
    option = tab.get_by_role("option").first
    counted = option.inner_text().rpartition(": ")[2]
    tab.keyboard.press("Enter")
    tab.wait_for_url("**mark=topics**", timeout=60_000)
    settle(tab)
    assert f": {counted} article" in text(tab)
    assert tab.wrongs == []


def test_it_starts_without_data_and_follows_each_publication(tab, tmp_path):
    core = tmp_path / "new.duckdb"
    with serving(core) as site:
        visit(tab, site)
        assert "araxes demo" in text(tab)
        dashboard_data.make(core, dashboard_data.Made(articles=120, days=10))
        visit(tab, site + "articles?off_topic=true")
        assert "articles" in text(tab)
        with duckdb.connect(str(core)) as connection:
            connection.execute("UPDATE articles SET title = 'After the switch'")
        assert "After the switch" not in text(tab)
        publish(core)
        visit(tab, site + "articles")
        assert "After the switch" in text(tab)
        assert tab.wrongs == []


WRITER = """
import itertools, sys
from pathlib import Path
import duckdb
from warehouse.publish import publish
from warehouse.store import Store

core = Path(sys.argv[1])
for edition in itertools.count(1):
    with Store(core).writing("a test"):
        pass
    with duckdb.connect(str(core)) as connection:
        connection.execute(f"UPDATE articles SET title = 'Edition {edition}'")
    publish(core)
    print(edition, flush=True)
"""


def editions(tab):
    return {
        int(title.inner_text().split()[1])
        for title in tab.query_selector_all("ol.articles > li > div bdi")
    }


def test_it_stays_correct_while_snapshots_switch_and_when_the_writer_is_killed(tab, tmp_path):
    core = tmp_path / "busy.duckdb"
    dashboard_data.make(core, dashboard_data.Made(articles=200, days=20))
    command = [sys.executable, "-c", WRITER, str(core)]
    with serving(core) as site, subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline()
        seen = []
        for _ in range(4):
            visit(tab, site + "articles")
            (edition,) = editions(tab)  # one publication, never a mixture of two
            seen.append(edition)
        writer.kill()
        written = max(int(line) for line in (b"1", *writer.stdout))
        assert seen == sorted(seen)
        assert len(set(seen)) > 1
        visit(tab, site)
        assert not tab.query_selector("[data-testid=stException]")
        visit(tab, site + "articles")
        (edition,) = editions(tab)
        assert edition in {written, written + 1}  # killed after a switch, before it said so
        assert tab.wrongs == []
