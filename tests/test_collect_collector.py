"""The collector against real servers on loopback: polite, complete, hard to hurt."""

import asyncio
import gzip
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from inline_workers import Inline

from flows import ids
from flows.collect import http, tdm, warc
from flows.collect.collector import Collector
from flows.model import (
    Feed,
    FeedKind,
    FeedState,
    FeedStatus,
    FetchPolicy,
    Item,
    ItemState,
    Missed,
    Page,
    PollOutcome,
)
from flows.workers import Workers

LOOPBACK = (ip_network("127.0.0.0/8"),)
POLICY = FetchPolicy("mailto:desk@e.am", min_delay=0, timeout=60.0, allow_networks=LOOPBACK)


class Site:
    """A server that answers each path with what the test says, and remembers what was asked."""

    def __init__(self, **answers):
        self.answers = {"/" + name.replace("_", "/", 1): made for name, made in answers.items()}
        self.asked = []
        self.started = []
        self.at_once = self.most_at_once = 0

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()

    def url(self, path="/feed"):
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self):
        about = {"/robots.txt", tdm.PATH}
        return [path for path, _ in self.asked if path not in about]

    async def serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").split("\r\n")
                path = first.split(" ")[1]
                fields = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
                self.asked.append((path, fields))
                self.started.append(time.monotonic())
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                made = self.answers.get(path, answer(404))
                made = made(self, fields) if isinstance(made, Callable) else made
                if asyncio.iscoroutine(made):
                    made = await made
                self.at_once -= 1
                writer.write(made)
                await writer.drain()
                if b"connection: close" in made[:500].lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def answer(status=200, body=b"", *headers, length=None):
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def rss(*links):
    items = "".join(
        f"<item><title>Title {link}</title><link>{link}</link></item>" for link in links
    )
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'


def page(text="Text"):
    return answer(200, f"<html><p>{text}</p></html>", ("Content-Type", "text/html"))


class Clock:
    def __init__(self):
        self.now = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)

    def __call__(self):
        return self.now


class Desk:
    """A collector with one feed, its state and a clock, as one run after another would have."""

    def __init__(self, site, policy=POLICY, path="/feed", archive=None, **feed):
        self.clock = Clock()
        self.feed = Feed("f1", "s1", site.url(path), FeedKind.FEED, policy)
        self.feed = replace(self.feed, **feed)
        self.state = FeedState("f1", self.feed.url)
        self.hosts = {}
        self.archive = archive

    async def poll(self):
        async with Collector(self.hosts, Inline(), self.clock, self.archive) as collector:
            poll = await collector.poll(self.feed, self.state)
            self.hosts |= {state.host: state for state in collector.host_states()}
        self.state = poll.after
        return poll

    async def fetch(self, *entries):
        items = [
            Item(
                ids.item_id("f1", entry.url),
                "f1",
                "s1",
                ids.article_id(entry.url),
                entry,
                self.clock(),
            )
            for entry in entries
        ]
        async with Collector(self.hosts, Inline(), self.clock, self.archive) as collector:
            got = await asyncio.gather(*(collector.fetch(item, self.feed) for item in items))
            self.hosts |= {state.host: state for state in collector.host_states()}
        return got


def run(test):
    """Let a test be a coroutine."""

    def whole():
        asyncio.run(test())

    whole.__name__ = test.__name__
    return whole


@run
async def test_requests_are_honest_and_carry_nothing_they_need_not():
    cookie = ("Set-Cookie", "id=1; Path=/")
    async with Site(feed=answer(200, rss("/a"), cookie), a=page()) as site:
        desk = Desk(site)
        poll = await desk.poll()
        await desk.fetch(*poll.entries)
        for _, fields in site.asked:
            assert fields["user-agent"].startswith("araxes/")
            assert "desk@e.am" in fields["user-agent"]
            assert "gzip" in fields["accept-encoding"]
            assert not fields.keys() & {"cookie", "referer", "authorization"}


@run
async def test_environment_proxies_are_not_used():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        patch.setenv("ALL_PROXY", "http://127.0.0.1:1")
        async with Site(feed=answer(200, rss("/a"))) as site:
            assert (await Desk(site).poll()).outcome is PollOutcome.OK


@run
async def test_a_second_poll_is_conditional_and_a_304_is_a_success():
    def feed(_, fields):
        if fields.get("if-none-match") == 'w/"odd':
            return answer(304)
        return answer(200, rss("/a"), ("ETag", 'W/"odd'))

    async with Site(feed=feed) as site:
        desk = Desk(site)
        assert [(await desk.poll()).outcome for _ in range(2)] == [
            PollOutcome.OK,
            PollOutcome.NOT_MODIFIED,
        ]


@run
async def test_the_same_bytes_are_unchanged_without_validators():
    async with Site(feed=answer(200, rss("/a"))) as site:
        desk = Desk(site)
        first, second = await desk.poll(), await desk.poll()
        assert (len(first.entries), second.outcome, second.entries) == (
            1,
            PollOutcome.UNCHANGED,
            (),
        )


@pytest.mark.parametrize(
    "made",
    [
        answer(200, rss("/a"), ("ETag", '"cut"'), ("Connection", "close"), length=5000),
        answer(
            200,
            gzip.compress(rss("/a").encode())[:-9],
            ("ETag", '"cut"'),
            ("Content-Encoding", "gzip"),
        ),
        answer(200, "<html>Maintenance</html>", ("ETag", '"cut"')),
        answer(200, "", ("ETag", '"cut"')),
    ],
    ids=["length", "gzip", "html", "empty"],
)
def test_nothing_of_a_broken_answer_is_kept(made):
    async def whole():
        async with Site(feed=made) as site:
            desk = Desk(site)
            poll = await desk.poll()
            assert poll.outcome is PollOutcome.FAILED
            assert (desk.state.etag, desk.state.body_hash) == (None, None)
            assert desk.state.consecutive_failures == 1

    asyncio.run(whole())


@run
async def test_gone_is_never_polled_again():
    async with Site(feed=answer(410)) as site:
        desk = Desk(site)
        assert (await desk.poll()).after.state is FeedStatus.GONE
        await desk.poll()
        assert site.paths() == ["/feed"]


@run
async def test_retry_after_holds_for_the_whole_host_and_across_runs():
    async with Site(feed=answer(429, "", ("Retry-After", "120")), a=page()) as site:
        desk = Desk(site)
        await desk.poll()
        assert desk.state.next_poll_at >= desk.clock.now + timedelta(seconds=120)
        other = Desk(site, path="/other")
        other.clock, other.hosts = desk.clock, desk.hosts
        desk.clock.now += timedelta(seconds=110)
        assert (await other.poll()).outcome is PollOutcome.REFUSED
        assert other.state.consecutive_failures == 0
        site.answers["/feed"] = answer(200, rss("/a"))
        desk.clock.now += timedelta(seconds=11)
        assert (await desk.poll()).outcome is PollOutcome.OK


@run
async def test_a_permanent_redirect_moves_a_feed_once_it_has_proved_to_be_one_there():
    async with Site(feed=answer(301, "", ("Location", "/new")), new=answer(200, "<html/>")) as site:
        desk = Desk(site)
        await desk.poll()
        assert desk.state.url == site.url("/feed")
        site.answers["/new"] = answer(200, rss("/a"))
        poll = await desk.poll()
        assert (desk.state.url, poll.outcome) == (site.url("/new"), PollOutcome.OK)
        await desk.poll()
        assert site.paths()[-1] == "/new"


@run
async def test_a_temporary_redirect_moves_nothing():
    async with Site(feed=answer(302, "", ("Location", "/new")), new=answer(200, rss("/a"))) as site:
        desk = Desk(site)
        assert (await desk.poll()).outcome is PollOutcome.OK
        assert desk.state.url == site.url("/feed")


@pytest.mark.parametrize(
    "location", ["/feed", "", "http://[::1]/", "file:///etc/passwd", "/" + "a" * 60_000,
                 "http://user:pw@127.0.0.1/", "http://127.1/", "gopher://127.0.0.1/"],
)  # fmt: skip
def test_a_redirect_to_nowhere_we_may_go_is_one_failure(location):
    async def whole():
        async with Site(feed=answer(302, "", ("Location", location))) as site:
            poll = await Desk(site).poll()
            assert poll.outcome in {PollOutcome.FAILED, PollOutcome.REFUSED}
            assert site.paths() == ["/feed"]

    asyncio.run(whole())


@run
async def test_an_endless_chain_of_redirects_ends():
    def hop(site, _):
        return answer(302, "", ("Location", f"/hop{len(site.asked)}"))

    async with Site(feed=hop, **{f"hop{i}": hop for i in range(60)}) as site:
        assert (await Desk(site).poll()).outcome is PollOutcome.FAILED
        assert len(site.paths()) <= 10


@run
async def test_private_addresses_are_refused_unless_the_source_lists_them():
    async with Site(feed=answer(200, rss("/a"))) as site:
        poll = await Desk(site, replace(POLICY, allow_networks=())).poll()
        assert (poll.outcome, site.asked) == (PollOutcome.REFUSED, [])
        narrow = replace(POLICY, allow_networks=(ip_network("127.5.0.0/16"),))
        assert (await Desk(site, narrow).poll()).outcome is PollOutcome.REFUSED
        assert site.asked == []


@run
async def test_a_name_is_resolved_once_and_every_address_must_be_allowed():
    with pytest.MonkeyPatch.context() as patch:
        answers = [["127.0.0.1"], ["127.0.0.1", "10.0.0.1"]]
        patch.setattr(
            http.socket,
            "getaddrinfo",
            lambda _host, port, *_: [(2, 1, 6, "", (ip, port)) for ip in answers[0]],
        )
        async with Site(feed=answer(200, rss("/a"))) as site:
            desk = Desk(site)
            desk.feed = replace(desk.feed, url=f"http://news.e.am:{site.port}/feed")
            desk.state = FeedState("f1", desk.feed.url)
            assert (await desk.poll()).outcome is PollOutcome.OK
            assert site.asked[-1][1]["host"] == f"news.e.am:{site.port}"
            del answers[0]
            asked = len(site.asked)
            assert (await desk.poll()).outcome is PollOutcome.REFUSED
            assert len(site.asked) == asked


@run
async def test_a_body_without_end_is_cut_at_the_cap():
    small = replace(POLICY, max_bytes=100_000)
    for made in (
        answer(200, b"x" * 200_000),
        answer(200, b"x", length=5_000_000_000),
        answer(200, gzip.compress(b"x" * 9_000_000), ("Content-Encoding", "gzip")),
    ):
        async with Site(feed=made) as site:
            poll = await Desk(site, small).poll()
            assert (poll.outcome, poll.error[:9]) == (PollOutcome.FAILED, "too large")


@run
async def test_a_server_that_drips_is_left_at_the_deadline():
    async def drip(_site, _fields):
        await asyncio.sleep(60)
        return b""

    async with Site(feed=drip) as site:
        started = time.monotonic()
        poll = await Desk(site, replace(POLICY, timeout=0.5)).poll()
        assert poll.error == "timeout: whole exchange"
        assert time.monotonic() - started < 30


@run
async def test_one_request_at_a_time_with_the_delay_between_starts():
    links = [f"/a{i}" for i in range(5)]
    async with Site(feed=answer(200, rss(*links)), **{link[1:]: page() for link in links}) as site:
        desk = Desk(site, replace(POLICY, min_delay=0.15))
        poll = await desk.poll()
        got = await desk.fetch(*poll.entries)
        assert all(isinstance(one, Page) for one in got)
        # the first start is seen late: it waits for its connection
        assert site.started[-1] - site.started[2] > 4 * 0.15 * 0.75
        assert site.most_at_once == 1


@run
async def test_crawl_delay_is_kept():
    robots = answer(200, "User-agent: *\nCrawl-delay: 0.3\nDisallow:")
    links = [f"/a{i}" for i in range(4)]
    pages = {link[1:]: page() for link in links}
    async with Site(feed=answer(200, rss(*links)), **pages, **{"robots.txt": robots}) as site:
        desk = Desk(site)
        await desk.fetch(*(await desk.poll()).entries)
        assert site.started[-1] - site.started[-4] > 3 * 0.3 * 0.75


@run
async def test_robots_txt_is_asked_for_once_and_obeyed_across_runs():
    robots = answer(200, "User-agent: *\nDisallow: /a")
    async with Site(feed=answer(200, rss("/a", "/b")), b=page(), **{"robots.txt": robots}) as site:
        desk = Desk(site)
        poll = await desk.poll()
        refused, fetched = await desk.fetch(*poll.entries)
        assert isinstance(refused, Missed)
        assert refused.state is ItemState.REFUSED
        assert isinstance(fetched, Page)
        assert [path for path, _ in site.asked].count("/robots.txt") == 1
        desk.clock.now += timedelta(hours=25)
        await desk.fetch(*poll.entries)
        assert [path for path, _ in site.asked].count("/robots.txt") == 2


def reserving(site, location="/", value=1):
    site.answers[tdm.PATH] = answer(200, f'[{{"location":"{location}","tdm-reservation":{value}}}]')


@run
async def test_a_host_that_reserves_its_pages_is_asked_once_a_week_and_followed():
    async with Site(feed=answer(200, rss("/a", "/b")), a=page(), b=page()) as site:
        reserving(site, "/a")
        desk = Desk(site)
        entries = (await desk.poll()).entries
        assert tdm.PATH not in [path for path, _ in site.asked]  # no page was asked for yet
        reserved, free = await desk.fetch(*entries)
        assert (reserved.reserved, free.reserved) == (True, False)
        await desk.fetch(*entries)
        assert [path for path, _ in site.asked].count(tdm.PATH) == 1
        desk.clock.now += timedelta(days=8)
        await desk.fetch(*entries)
        assert [path for path, _ in site.asked].count(tdm.PATH) == 2


@run
async def test_a_host_that_reserves_its_pages_is_refused_where_that_binds():
    async with Site(feed=answer(200, rss("/a")), a=page()) as site:
        reserving(site)
        desk = Desk(site, replace(POLICY, reserved="refuse"))
        [missed] = await desk.fetch(*(await desk.poll()).entries)
        assert (missed.state, missed.reason) == (ItemState.REFUSED, "opt-out: tdmrep.json")


@run
async def test_reservations_are_not_asked_for_where_robots_txt_forbids_it():
    robots = answer(200, "User-agent: *\nDisallow: /.well-known/")
    async with Site(feed=answer(200, rss("/a")), a=page(), **{"robots.txt": robots}) as site:
        reserving(site)
        desk = Desk(site)
        [got] = await desk.fetch(*(await desk.poll()).entries)
        assert isinstance(got, Page)
        assert tdm.PATH not in [path for path, _ in site.asked]


@run
async def test_a_tdmrep_json_without_end_costs_a_page_nothing():
    async with Site(feed=answer(200, rss("/a")), a=page()) as site:
        site.answers[tdm.PATH] = answer(200, b"[" * 5_000_000)
        desk = Desk(site)
        [got] = await desk.fetch(*(await desk.poll()).entries)
        assert isinstance(got, Page)
        assert not got.reserved


@run
async def test_an_unreachable_robots_txt_lets_pages_wait_and_feeds_be_polled():
    async with Site(feed=answer(200, rss("/a")), a=page(), **{"robots.txt": answer(500)}) as site:
        desk = Desk(site)
        poll = await desk.poll()
        [missed] = await desk.fetch(*poll.entries)
        assert (missed.state, missed.reason) == (ItemState.PENDING, "robots.txt unreachable")
        site.answers["/robots.txt"] = answer(404)
        desk.clock.now += timedelta(minutes=30)
        assert isinstance((await desk.fetch(*poll.entries))[0], Page)


@run
async def test_a_page_is_not_followed_into_what_robots_txt_forbids():
    robots = answer(200, "User-agent: *\nDisallow: /private")
    moved = answer(302, "", ("Location", "/private"))
    async with Site(
        feed=answer(200, rss("/a")), a=moved, private=page(), **{"robots.txt": robots}
    ) as site:
        desk = Desk(site)
        [missed] = await desk.fetch(*(await desk.poll()).entries)
        assert missed.state is ItemState.REFUSED
        assert "/private" not in site.paths()


@run
async def test_a_bot_challenge_is_named_and_its_host_left_alone():
    wall = answer(403, "wait", ("cf-mitigated", "challenge"))
    async with Site(feed=answer(200, rss("/a", "/b")), a=wall, b=wall) as site:
        desk = Desk(site)
        first, second = await desk.fetch(*(await desk.poll()).entries)
        assert (first.state, first.reason) == (ItemState.REFUSED, "bot challenge: cloudflare")
        assert (second.state, second.reason) == (ItemState.PENDING, "host asked to wait")
        assert site.paths() == ["/feed", "/a"]


@run
async def test_a_proxy_is_used_only_where_the_source_names_it():
    def through(site, _):
        assert site.asked[-1][0].startswith("http://127.0.0.1:9")
        return answer(200, rss("/a"))

    async with Site() as proxy:
        target = "http://127.0.0.1:9099/feed"
        proxy.answers = {target: through, "http://127.0.0.1:9099/robots.txt": answer(404)}
        desk = Desk(proxy, replace(POLICY, proxy=proxy.url("")), url=target)
        desk.state = FeedState("f1", target)
        assert (await desk.poll()).outcome is PollOutcome.OK
        inward = replace(POLICY, proxy=proxy.url(""), allow_networks=(ip_network("10.9.0.0/16"),))
        desk.feed = replace(desk.feed, policy=inward)
        assert (await desk.poll()).outcome is PollOutcome.REFUSED


@run
async def test_any_error_with_a_retry_after_is_a_wish_to_be_left_alone():
    async with Site(feed=answer(403, "", ("Retry-After", "600"))) as site:
        desk = Desk(site)
        await desk.poll()
        assert (await desk.poll()).outcome is PollOutcome.REFUSED
        assert site.paths() == ["/feed"]


@run
async def test_an_unasked_304_is_a_failure():
    async with Site(feed=answer(304)) as site:
        assert (await Desk(site).poll()).outcome is PollOutcome.FAILED


@run
async def test_a_hiccup_is_tried_once_more_in_the_same_poll():
    def feed(site, _):
        return answer(200, rss("/a")) if site.paths().count("/feed") > 1 else answer(500)

    async with Site(feed=feed) as site:
        assert (await Desk(site).poll()).outcome is PollOutcome.OK
        gap = site.started[-1] - site.started[-2]
        assert gap > 0.5


@run
async def test_a_gap_is_filled_from_the_news_sitemap():
    robots = "User-agent: *\nDisallow:\nSitemap: /news-sitemap.xml"
    async with Site(
        feed=answer(200, rss("/1", "/2")), **{"robots.txt": answer(200, robots)}
    ) as site:
        desk = Desk(site)
        await desk.poll()
        rows = "".join(
            f"<url><loc>{site.url(f'/{n}')}</loc><news><publication_date>2026-10-05T1{n}:30:00Z"
            f"</publication_date><title>Story {n}</title></news></url>"
            for n in range(1, 7)
        )
        site.answers["/news-sitemap.xml"] = answer(200, f"<urlset>{rows}</urlset>")
        site.answers["/feed"] = answer(200, rss("/5", "/6"))
        desk.clock.now += timedelta(hours=8)
        poll = await desk.poll()
        assert poll.gap
        assert [entry.url.rpartition("/")[2] for entry in poll.entries] == ["5", "6", "4", "3", "2"]


@run
async def test_an_index_of_sitemaps_is_read_through():
    index = answer(200, "<sitemapindex><sitemap><loc>/news.xml.gz</loc></sitemap></sitemapindex>")
    rows = gzip.compress(b"<urlset><url><loc>/a/1</loc></url></urlset>")
    async with Site(feed=index, **{"news.xml.gz": answer(200, rows)}) as site:
        desk = Desk(site, kind=FeedKind.SITEMAP)
        poll = await desk.poll()
        assert [entry.url for entry in poll.entries] == [site.url("/a/1")]
        assert (await desk.poll()).outcome is PollOutcome.OK


@run
async def test_a_listing_page_is_polled_by_its_selector():
    listing = page('<a href="/x">About our newspaper</a><h2><a href="/a">A long headline</a></h2>')
    async with Site(feed=listing) as site:
        desk = Desk(site, kind=FeedKind.LISTING, link_selector="h2 a")
        poll = await desk.poll()
        assert [(entry.url, entry.title) for entry in poll.entries] == [
            (site.url("/a"), "A long headline")
        ]


def test_what_was_fetched_is_in_the_archive(tmp_path):
    async def whole():
        async with Site(feed=answer(200, rss("/a")), a=page("Kept")) as site:
            desk = Desk(site, archive=warc.Archive(tmp_path))
            [got] = await desk.fetch(*(await desk.poll()).entries)
            kept = warc.replay(tmp_path, got.warc_ref)
            assert kept is not None
            assert (kept.url, b"Kept" in kept.body) == (site.url("/a"), True)

    asyncio.run(whole())


@run
async def test_hosts_that_hang_hold_up_no_other():
    async def hang(_site, _fields):
        await asyncio.sleep(60)
        return b""

    async with (
        Site(feed=hang) as slow,
        Site(feed=answer(200, rss("/a"))) as quick,
        Collector({}, Inline(), Clock()) as collector,
    ):
        feeds = [Desk(slow, path=f"/feed?{i}").feed for i in range(20)]
        slow.answers |= {f"/feed?{i}": hang for i in range(20)}
        waiting = [asyncio.create_task(collector.poll(f, FeedState("f1", f.url))) for f in feeds]
        feed = Desk(quick).feed
        assert (await collector.poll(feed, FeedState("f1", feed.url))).outcome is PollOutcome.OK
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def test_a_feed_that_hangs_its_parser_costs_itself_only():
    deep = f"<description>{'<a>' * 150_000}x{'</a>' * 150_000}</description>"
    hostile = rss("/a").replace("</item>", deep + "</item>")

    async def whole():
        async with Site(feed=answer(200, hostile), fine=answer(200, rss("/a"))) as site:
            with Workers(1) as workers, pytest.MonkeyPatch.context() as patch:
                patch.setattr("flows.collect.collector._PARSE_SECONDS", 2.0)
                await workers.run(60, int)
                async with Collector({}, workers, Clock()) as collector:
                    bad, fine = Desk(site).feed, Desk(site, path="/fine").feed
                    poll = await collector.poll(bad, FeedState("f1", bad.url))
                    assert poll.outcome is PollOutcome.FAILED
                    poll = await collector.poll(fine, FeedState("f1", fine.url))
                    assert poll.outcome is PollOutcome.OK

    asyncio.run(whole())
