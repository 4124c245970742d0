"""Sitemaps and listings: the newest entries, whatever their order in the file."""

from datetime import UTC, datetime

import pytest

from flows.collect import listing, sitemaps
from flows.collect.feeds import MAX_ENTRIES, NotAFeed, Origin

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HERE = Origin("https://e.am/sitemap.xml", NOW)
NEWS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(*urls):
    return f"<?xml version='1.0'?><urlset {NEWS}>{''.join(urls)}</urlset>".encode()


def test_a_news_sitemap_gives_titles_and_dates():
    body = urlset(
        "<url><loc>https://e.am/1</loc><n:news><n:publication><n:name>E</n:name></n:publication>"
        "<n:publication_date>2026-10-05T10:00:00+04:00</n:publication_date>"
        "<n:title>Bridge &amp; road</n:title></n:news></url>"
    )
    found = sitemaps.parse(body, HERE)
    [entry] = found.entries
    assert found.form == "news sitemap"
    assert (entry.title, entry.published_at) == (
        "Bridge & road",
        datetime(2026, 10, 5, 6, tzinfo=UTC),
    )


def test_a_long_sitemap_gives_its_newest_entries():
    rows = [
        f"<url><loc>/{i}</loc><lastmod>{2000 + i // 40}-01-{i % 28 + 1:02}</lastmod></url>"
        for i in range(1000)
    ]
    found = sitemaps.parse(urlset(*rows), HERE)
    assert len(found.entries) == MAX_ENTRIES
    assert found.entries[0].modified_at.year == 2024


def test_an_index_names_the_latest_news_first():
    names = ["page-sitemap.xml", "post-sitemap2.xml", "post-sitemap10.xml", "image-sitemap.xml"]
    body = "".join(f"<sitemap><loc>https://e.am/{name}</loc></sitemap>" for name in names)
    found = sitemaps.parse(f"<sitemapindex>{body}</sitemapindex>".encode(), HERE)
    assert [child.url.rpartition("/")[2] for child in found.children][:2] == [
        "post-sitemap10.xml",
        "post-sitemap2.xml",
    ]


def test_a_plain_text_sitemap_is_read_and_other_documents_are_not():
    assert len(sitemaps.parse(b"https://e.am/1\nhttps://e.am/2\n", HERE).entries) == 2
    for body in (b"", b"hello", b"<html/>", b"<rss/>"):
        with pytest.raises(NotAFeed):
            sitemaps.parse(body, HERE)


def test_entities_of_a_sitemap_are_not_expanded():
    body = b'<!DOCTYPE u [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://e.am/&f;</loc></url></urlset>'
    assert all("root" not in entry.url for entry in sitemaps.parse(body, HERE).entries)


def test_only_news_sitemaps_of_a_robots_file_fill_a_gap():
    named = ("/sitemap.xml", "https://e.am/news-sitemap.xml", "javascript:news")
    assert sitemaps.news_sitemaps(named, "https://e.am/feed") == ("https://e.am/news-sitemap.xml",)


LISTING = b"""<html><body><a href="/about">About us all</a><div class="news">
<a href="/n/1?utm_source=x"><img></a><a href="/n/1">First headline here</a>
<a href="/n/2" title="Second headline here">more</a><a href="javascript:x()">Third headline</a>
</div></body></html>"""


@pytest.mark.parametrize("selector", [".news", ".news a"])
def test_a_listing_gives_the_links_its_selector_finds(selector):
    found = listing.parse(LISTING, HERE, selector)
    assert [(entry.url, entry.title) for entry in found.entries] == [
        ("https://e.am/n/1", "First headline here"),
        ("https://e.am/n/2", "Second headline here"),
    ]


def test_a_listing_without_any_link_is_a_failure_that_names_the_selector():
    with pytest.raises(NotAFeed, match=r"\.gone"):
        listing.parse(LISTING, HERE, ".gone")
