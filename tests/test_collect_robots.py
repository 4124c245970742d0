"""robots.txt by RFC 9309."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.collect import robots
from flows.model import HostState

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def rules(text, status=200):
    return robots.read(status, robots.text_of(text.encode()))


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /p/\nAllow: /p/ok/", "/p/1", False),
        ("User-agent: *\nDisallow: /p/\nAllow: /p/ok/", "/p/ok/1", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("User-agent: *\nDisallow: /q?*secret=", "/q?a=1&secret=2", False),
        ("\ufeffUser-agent: *\rDisallow: /", "/a", False),
        ("USER-AGENT: aRaXeS/2.0\nDISALLOW: /", "/a", False),
        ("User-agent: Araxes\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: OtherBot\nDisallow: /", "/a", True),
        ("User-agent: ara\nDisallow: /", "/a", True),
        ("User-agent: a\nUser-agent: araxes\n\nDisallow: /x", "/x", False),
        ("user-agent araxes\ndisallow /", "/a", False),
        ("User-agent: *\nDissallow: /x", "/x", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nSitemap: https://e.am/s.xml\nDisallow: /x", "/x", False),
        ("User-agent: *\nDisallow: /ծ", "/%D5%AE", False),
        ("<html><p>Disallow: nothing</p>Disallow: /</html>", "/a", True),
        ("Disallow: /", "/a", True),
    ],
)
def test_rules_are_read_by_rfc_9309(text, path, allowed):
    assert rules(text).permits(f"https://e.am{path}") is allowed


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(200, False), (204, True), (301, True), (401, True), (403, True), (404, True), (410, True),
     (429, False), (500, False), (503, False), (999, False)],
)  # fmt: skip
def test_4xx_allows_everything_and_unreachable_nothing(status, allowed):
    text = "User-agent: *\nDisallow: /" if status == 200 else ""
    assert rules(text, robots.outcome(status)).permits("https://e.am/a") is allowed


def test_a_feed_is_closed_only_by_rules_that_name_us():
    assert rules("User-agent: *\nDisallow: /feed/").permits_feed("https://e.am/feed/")
    assert not rules("User-agent: Araxes\nDisallow: /").permits_feed("https://e.am/feed/")
    assert rules("", robots.outcome(500)).permits_feed("https://e.am/feed/")


def test_crawl_delay_and_sitemaps_are_read():
    found = rules("Sitemap: https://e.am/s.xml\nUser-agent: *\nCrawl-delay: 3\nDisallow:")
    assert found.crawl_delay == 3
    assert found.sitemaps == ("https://e.am/s.xml",)


@pytest.mark.parametrize(
    ("status", "age", "known"),
    [(200, timedelta(hours=23), True), (200, timedelta(hours=25), False),
     (0, timedelta(minutes=20), True), (0, timedelta(minutes=30), False),
     (200, timedelta(hours=-1), False)],
)  # fmt: skip
def test_rules_are_remembered_for_a_day_and_unreachable_ones_for_less(status, age, known):
    state = HostState("e.am", robots_status=status, robots_body="", robots_checked_at=NOW - age)
    assert (robots.cached(state, NOW) is not None) is known


def test_only_the_first_500_kilobytes_are_read():
    text = "User-agent: *\n" + "# filler\n" * 100_000 + "Disallow: /"
    assert rules(text).permits("https://e.am/a")
