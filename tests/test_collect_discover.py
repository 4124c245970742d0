"""Finding the feeds of a site, and checking those we have."""

import asyncio
import tomllib
from datetime import UTC, date, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Thread

import pytest
from inline_workers import Inline

from flows import drafts
from flows.collect import backfill, checkup, discover
from flows.collect.collector import Collector
from flows.model import Feed, FeedKind, FetchPolicy, Source
from flows.progress import Silent

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
POLICY = FetchPolicy(
    "mailto:a@e.am", min_delay=0, timeout=60.0, allow_networks=(ip_network("127.0.0.0/8"),)
)
TITLES = [
    "Правительство утвердило бюджет на следующий год",
    "Открыт новый мост через реку в пригороде столицы",
    "Школы переходят на зимнее расписание занятий",
]


@pytest.fixture
def site():
    """Give a function that starts a server with these documents and gives its address."""
    servers = []

    def start(documents):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = documents.get(self.path)
                moved = isinstance(body, int)
                self.send_response(301 if moved else HTTPStatus.OK if body else 404)
                if moved:
                    self.send_header("Location", "/moved.xml")
                payload = b"" if moved or body is None else body.encode()
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def rss(prefix="/n"):
    items = "".join(
        f"<item><title>{title}</title><link>{prefix}/{i}</link>"
        f"<pubDate>Mon, 05 Oct 2026 0{i}:00:00 GMT</pubDate></item>"
        for i, title in enumerate(TITLES)
    )
    return f'<rss version="2.0"><channel><title>Новости</title>{items}</channel></rss>'


def ask(work):
    async def whole():
        async with Collector({}, Inline(), lambda: NOW) as collector:
            return await work(collector)

    return asyncio.run(whole())


def source(address, path):
    feed = Feed("f1", "s1", address + path, FeedKind.FEED, POLICY)
    return Source("s1", "S", address + "/", "AM", "unknown", "other", ("ru",), "x", (feed,)), feed


def test_declared_feeds_are_found_with_rhythm_and_language_and_printed_as_toml(site):
    page = '<html><link rel="alternate" type="application/rss+xml" href="/all.xml"></html>'
    address = site({"/": page, "/all.xml": rss(), "/comments/feed/": rss("/c")})
    found = ask(lambda collector: discover.discover(address, collector, POLICY))
    [one] = found
    assert (one.url, one.kind, one.entries) == (f"{address}/all.xml", FeedKind.FEED, 3)
    assert one.languages == ("ru",)
    assert one.per_day == pytest.approx(24)
    draft = discover.draft(address, found, ("127.0.0.0/8",))
    table = tomllib.loads(drafts.toml(draft))["source"][0]
    assert table["allow_networks"] == ["127.0.0.0/8"]
    assert table["feed"][0]["url"] == one.url
    assert table["languages"] == ["ru"]


def test_usual_places_and_robots_sitemaps_are_tried_when_nothing_is_declared(site):
    address = site({"/": "<html><p>hello</p></html>", "/rss.xml": rss()})
    assert [one.url for one in ask(lambda c: discover.discover(address, c, POLICY))] == [
        f"{address}/rss.xml"
    ]
    rows = "<urlset><url><loc>/n/1</loc></url></urlset>"
    robots = "Sitemap: /map-sitemap.xml"
    address = site({"/": "<p>x</p>", "/robots.txt": robots, "/map-sitemap.xml": rows})
    [one] = ask(lambda c: discover.discover(address, c, POLICY))
    assert one.kind is FeedKind.SITEMAP


def test_a_site_without_feeds_gives_none_and_a_dead_one_an_error(site):
    address = site({"/": "<html/>"})
    assert ask(lambda c: discover.discover(address, c, POLICY)) == ()


def test_a_living_feed_is_checked_as_ok_with_what_it_brings(site):
    address = site({"/feed": rss(), "/robots.txt": "User-agent: *\nDisallow: /n/"})
    got = ask(lambda c: checkup.check(*source(address, "/feed"), c, NOW))
    assert (got.verdict, got.form, got.entries, got.robots) == ("ok", "rss20", 3, "disallowed")
    assert got.newest == datetime(2026, 10, 5, 2, tzinfo=UTC)


def test_a_moved_feed_is_told_where_to(site):
    address = site({"/feed": 301, "/moved.xml": rss()})
    got = ask(lambda c: checkup.check(*source(address, "/feed"), c, NOW))
    assert (got.verdict, got.fix) == ("moved", f'url = "{address}/moved.xml"')


def test_a_dead_feed_is_given_a_replacement_from_the_front_page(site):
    page = '<html><a href="/new/rss.xml">RSS</a></html>'
    address = site({"/": page, "/new/rss.xml": rss()})
    got = ask(lambda c: checkup.check(*source(address, "/old"), c, NOW))
    assert (got.verdict, got.status, got.error) == ("dead", 404, "http 404")
    assert got.fix == f'url = "{address}/new/rss.xml"'


def test_a_feed_that_fell_silent_is_stale(site):
    address = site({"/feed": rss()})
    later = datetime(2027, 1, 1, tzinfo=UTC)
    got = ask(lambda c: checkup.check(*source(address, "/feed"), c, later))
    assert got.verdict == "stale"


def test_older_articles_are_found_through_the_sitemaps_that_may_hold_them(site):
    index = "".join(
        f"<sitemap><loc>/sitemap-{month}.xml</loc></sitemap>"
        for month in ("2026-06", "2026-07", "2026-08", "posts")
    )
    july = "".join(
        f"<url><loc>/2026/07/{day:02}/story</loc><lastmod>2026-09-01</lastmod></url>"
        for day in range(1, 31)
    )
    address = site({
        "/": "<p>x</p>",
        "/robots.txt": "Sitemap: /sitemap-index.xml",
        "/sitemap-index.xml": f"<sitemapindex>{index}</sitemapindex>",
        "/sitemap-2026-07.xml": f"<urlset>{july}</urlset>",
        "/sitemap-posts.xml": (
            "<urlset><url><loc>/a</loc><lastmod>2026-07-11T12:00:00Z</lastmod></url></urlset>"
        ),
        "/sitemap-2026-06.xml": "<urlset><url><loc>/2026/06/01/x</loc></url></urlset>",
    })  # fmt: skip
    _, feed = source(address, "/feed")
    period = backfill.Period(date(2026, 7, 10), date(2026, 7, 12))
    site_of_feed = backfill.Site(feed, address)
    older = ask(lambda c: backfill.by_sitemaps(site_of_feed, period, c, Silent()))
    found = [entry.url.removeprefix(address) for entry in older.entries]
    assert found == [
        "/2026/07/13/story", "/2026/07/12/story", "/a", "/2026/07/11/story", "/2026/07/10/story",
        "/2026/07/09/story",
    ]  # fmt: skip
    assert (older.sitemaps, older.unread) == (3, ())
    assert not older.undated
