"""kill -9 at the moments that matter: no entry lost, none doubled, no wish of a host forgotten."""

import json
import os
import re
import signal
import time
from collections import Counter
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import duckdb
import pytest
import saved_site
from test_ingest_faults import finish, start
from test_ingest_run import page

from warehouse import reader

pytestmark = pytest.mark.slow

ARTICLES = 8
PATIENCE = 240.0  # seconds a moment may be waited for on a busy machine


class Host:
    """A host of one feed; it counts what is asked of it, and can keep a client waiting."""

    def __init__(self, address):
        self.asked = Counter()
        self.held_back = {}  # path, and what lets the answer go
        self.throttled = ()
        self.server = ThreadingHTTPServer((address, 0), self._handler())
        self.base = f"http://{address}:{self.server.server_port}"
        self.pages = {f"/page/{n}": page(n) for n in range(ARTICLES)}
        Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path):
        self.asked[path] += 1
        if path in self.held_back:
            self.held_back[path].wait(PATIENCE)
        if path in self.throttled:
            return 429, b""
        if path.startswith("/feed"):
            return 200, saved_site.rss(self.base, list(self.pages))
        return (200, self.pages[path]) if path in self.pages else (404, b"")

    def _handler(self):
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                status, body = host.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "text/xml" if "feed" in self.path else "text/html")
                self.send_header("Content-Length", str(len(body)))
                if status == 429:
                    self.send_header("Retry-After", "3600")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

            def handle_error(self, *_):
                pass

        return Handler


@pytest.fixture
def hosts(tmp_path):
    """Serve two hosts and write the source list of both."""
    both = Host("127.0.0.1"), Host("127.0.0.2")
    toml = saved_site.sources_toml({"one": both[0].base, "two": both[1].base})
    (tmp_path / "sources.toml").write_text(toml)
    yield both
    for host in both:
        host.server.shutdown()
        host.server.server_close()


@contextmanager
def killed(folder):
    """Start an ingest, and kill it with all its processes when the block ends."""
    process = start(folder, "ingest", "--now")
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(happened):
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, "the moment never came"
        time.sleep(0.005)


def staged(folder):
    """Give the files of all batches; what moves or goes meanwhile may be missing, or be twice."""
    found = os.walk(folder / "w.staging")
    return sorted(f"{path}/{name}" for path, _, names in found for name in names)


def queued(folder, table, query):
    """Give what a query finds in a table of the batches that count, loaded or not."""
    of = re.compile(rf"/w\.staging/(ready|loaded/\d+)/[^/]+/{table}\.parquet$")
    files = [name for name in staged(folder) if of.search(name)]
    with suppress(duckdb.IOException):  # a batch may be moved just now
        return set().union(
            *(duckdb.read_parquet(name).query(table, query).fetchall() for name in files)
        )
    return set()


def heals(folder):
    """Run once more, and give how many articles are loaded and how many entries wait."""
    code, out, err = finish(start(folder, "ingest", "--now", "--json"))
    assert code == 0, err
    entries = json.loads(out)["entries"]
    assert entries.pop("seen") == sum(entries.values())
    with reader.connect(folder / "w.duckdb") as connection:
        query = "SELECT count(*), count(DISTINCT url) FROM articles"
        [(articles, addresses)] = connection.execute(query).fetchall()
        assert articles == addresses
        query = "SELECT count(*) FROM items WHERE state = 'pending'"
        return articles, connection.execute(query).fetchall()[0][0]


def test_killed_during_a_poll(tmp_path, hosts):
    hosts[0].held_back["/feed-one"] = Event()
    with killed(tmp_path):
        wait_for(lambda: hosts[0].asked["/feed-one"])
    hosts[0].held_back.pop("/feed-one").set()
    assert heals(tmp_path) == (2 * ARTICLES, 0)


def test_killed_between_fetch_and_load(tmp_path, hosts):
    with killed(tmp_path):
        wait_for(lambda: all(host.asked[f"/page/{ARTICLES - 1}"] for host in hosts))
    assert heals(tmp_path) == (2 * ARTICLES, 0)


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.2])
def test_killed_during_a_load(tmp_path, hosts, delay):
    with killed(tmp_path):
        wait_for(lambda: all(host.asked[f"/page/{ARTICLES - 1}"] for host in hosts))
        before = staged(tmp_path)
        wait_for(lambda: staged(tmp_path) != before)
        time.sleep(delay)
    assert heals(tmp_path) == (2 * ARTICLES, 0)


def test_killed_while_a_host_wants_to_be_left_alone(tmp_path, hosts):
    """The host throttles at its third page; whatever became of the run, it is asked no more."""
    hosts[0].throttled = ("/page/3",)
    wishes = "SELECT host FROM hosts WHERE hold_until IS NOT NULL"
    given = f"SELECT url FROM articles WHERE starts_with(url, '{hosts[0].base}/')"
    with killed(tmp_path):
        wait_for(lambda: queued(tmp_path, "hosts", wishes))
        wait_for(lambda: len(queued(tmp_path, "articles", given)) == 3)
    asked = hosts[0].asked.copy()
    assert heals(tmp_path) == (ARTICLES + 3, ARTICLES - 3)
    assert hosts[0].asked == asked


def test_killed_while_a_feed_wants_to_be_left_alone(tmp_path, hosts):
    hosts[0].throttled = ("/feed-one",)
    with killed(tmp_path):
        wait_for(lambda: hosts[0].asked["/feed-one"])
        wait_for(lambda: hosts[1].asked[f"/page/{ARTICLES - 1}"])
    asked = hosts[0].asked.copy()
    assert heals(tmp_path) == (ARTICLES, 0)
    assert hosts[0].asked == asked
