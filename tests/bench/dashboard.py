# ruff: noqa: E402 - imports wait for the path
"""Times the dashboard in a headless Chromium, and lets hostile strings loose on it.

    python tests/bench/dashboard.py --articles 1000000
    python tests/bench/dashboard.py --db /tmp/made.duckdb --data ../shared/data

Wall time is worth little on a busy machine: the server's CPU time stands beside it.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
# warehouse.py beside this script bears the name of the package
sys.path[:] = [str(HERE.parent), *(path for path in sys.path if Path(path).resolve() != HERE)]

import dashboard_data
from playwright.sync_api import Page, sync_playwright
from test_dashboard_browser import FLAGS, PAGES, READY, foreign, serving

from dashboards import lists

ALL_CHARTS = """() => {
  const charts = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')];
  return charts.length >= 2 && charts.every(chart => chart.querySelector('canvas, svg'));
}"""
# when the page itself was there, not only that it opens
TITLED = "() => window.titledAt ?? -1"
NOTE_TITLE = """new MutationObserver((_, all) => {
  if (document.querySelector('h1')) { window.titledAt = performance.now(); all.disconnect(); }
}).observe(document, {childList: true, subtree: true});"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"


@dataclass(frozen=True, slots=True)
class Server:
    """The server under measurement."""

    url: str
    pid: int

    def cpu(self) -> float:
        """Give the CPU seconds it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self) -> float:
        """Give the most it has had resident, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024


@contextmanager
def server_on(core: Path) -> Iterator[Server]:
    """Serve a warehouse; the server is the newest child of this process."""
    with serving(core) as url:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        yield Server(url, int(children[-1]))


def timed(server: Server, page: Page, act: str, until: str) -> tuple[float, float]:
    """Give wall and server CPU seconds from an action until a condition holds."""
    started, used = time.perf_counter(), server.cpu()
    if act.startswith("http"):
        page.goto(act)
    else:
        page.get_by_role("radio", name=act).click()
        page.wait_for_timeout(30)
    page.wait_for_function(until, timeout=180_000)
    page.wait_for_function(READY, timeout=180_000)
    return time.perf_counter() - started, server.cpu() - used


def measure(server: Server, browser: object, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Give wall and CPU seconds of each thing people do, for some rounds."""
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(rounds):
        page = browser.new_page(viewport={"width": 1280, "height": 1000})  # type: ignore[attr-defined]
        page.add_init_script(NOTE_TITLE)
        charts = timed(server, page, server.url, ALL_CHARTS)
        found.setdefault("first contentful paint", []).append((page.evaluate(PAINT) / 1000, 0.0))
        found.setdefault("title of the page", []).append((page.evaluate(TITLED) / 1000, 0.0))
        found.setdefault("all charts of Today", []).append(charts)
        timed(server, page, server.url + "attention", ALL_CHARTS)
        for name, choice in (
            ("filter change, first time", "Month"),
            ("filter change, back", "Week"),
            ("filter change, again (cached)", "Month"),
        ):
            found.setdefault(name, []).append(timed(server, page, choice, ALL_CHARTS))
        page.close()
    return found


def report(server: Server, found: dict[str, list[tuple[float, float]]]) -> None:
    """Print medians as a Markdown table."""
    print("| what | wall s | first round | server CPU s |\n| --- | --- | --- | --- |")
    for name, times in found.items():
        wall = statistics.median(t[0] for t in times)
        cpu = statistics.median(t[1] for t in times)
        print(f"| {name} | {wall:.2f} | {times[0][0]:.2f} | {cpu:.2f} |")
    print(f"\nresident at most: {server.resident():.0f} MB; load {os.getloadavg()[0]:.1f}")


def attack(titles: tuple[str, ...], articles: int, browser: object) -> None:
    """Load strings as titles, texts, names and errors; say what ran and what asked elsewhere.

    The address of the list walks through all of them, as they are the newest.
    """
    wrongs: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        core = Path(folder) / "hostile.duckdb"
        dashboard_data.make(core, dashboard_data.Made(articles, 365, titles=titles))
        with server_on(core) as server:
            page = browser.new_page()  # type: ignore[attr-defined]
            page.on("console", lambda said: said.type == "error" and wrongs.append(said.text))
            page.on("pageerror", lambda error: wrongs.append(str(error)))
            page.on("dialog", lambda dialog: wrongs.append(dialog.message))
            page.on("request", lambda asked: foreign(asked.url) and wrongs.append(asked.url))
            for path in PAGES:
                page.goto(server.url + path)
                page.wait_for_function(READY, timeout=180_000)
                page.wait_for_timeout(500)
                wrongs += ["__xss is set"] * bool(page.evaluate("window.__xss"))
            wrongs += walk(page, server.url + "articles", titles)
    print(f"\n{len(titles)} hostile strings on {len(PAGES)} pages: {len(wrongs)} wrongs")
    for wrong in wrongs[:20]:
        print(f"- {wrong[:200]}")


def walk(page: Page, address: str, titles: tuple[str, ...]) -> list[str]:
    """Read the list of articles to the last of the titles; give those not shown as they are."""
    page.goto(address)
    shown: set[str] = set()
    for part in range(1, -(-len(titles) // lists.PAGE_SIZE) + 1):
        page.wait_for_function(READY, timeout=180_000)
        if part > 1:
            page.get_by_test_id("stNumberInputField").fill(str(part))
            page.keyboard.press("Enter")
            page.wait_for_timeout(400)
            page.wait_for_function(READY, timeout=180_000)
        shown |= set(page.locator("ol.articles > li > div bdi").all_text_contents())
    ran = ["__xss is set in a list"] * bool(page.evaluate("window.__xss"))
    return ran + [f"not shown as it is: {title!r}" for title in titles if title not in shown]


def hostile(folder: Path) -> tuple[str, ...]:
    """Give the strings of every JSON file of hostile text, the naughty strings among them."""
    found: list[str] = []
    for file in (*sorted(folder.glob("text/*.json")), *folder.glob("third_party/blns.json")):
        data = json.loads(file.read_text("utf-8"))
        values = data.values() if isinstance(data, dict) else data
        found += [value for value in values if isinstance(value, str)]
    # what the border lets in: no lone surrogates, no control characters
    kept = ("".join(c for c in text if c.isprintable() or c == " ") for text in found)
    return tuple(text.encode(errors="ignore").decode() for text in kept if text.strip())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--db", type=Path, help="an existing warehouse")
    parser.add_argument("--data", type=Path, help="the shared data, for hostile strings")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        core = given.db or Path(folder) / "made.duckdb"
        if not given.db:
            dashboard_data.make(core, dashboard_data.Made(given.articles, given.days))
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        with server_on(core) as server:
            report(server, measure(server, browser, given.rounds))
        if given.data:
            attack(hostile(given.data / "hostile"), given.articles, browser)
        browser.close()


if __name__ == "__main__":
    main()
