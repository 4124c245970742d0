"""Links: one form per document, articles apart, nothing but http and https."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.collect import urls

SAME = [
    ("HTTPS://News.Example.AM:443/a", "https://news.example.am/a"),
    ("https://news.example.am", "https://news.example.am/"),
    ("https://news.example.am/x/../a/./b", "https://news.example.am/a/b"),
    ("https://news.example.am/%7euser", "https://news.example.am/~user"),
    ("https://news.example.am/ხბო", "https://news.example.am/%E1%83%AE%E1%83%91%E1%83%9D"),
    ("https://новости.example/", "https://xn--b1amnebsh.example/"),
    ("https://news.example.am/a#comments", "https://news.example.am/a"),
    ("https://news.example.am/a?b=2&a=1", "https://news.example.am/a?a=1&b=2"),
    ("https://news.example.am/a?utm_source=tg&id=7&fbclid=x", "https://news.example.am/a?id=7"),
    ("https://news.example.am/a?yclid=1&_openstat=2&mc_eid=3", "https://news.example.am/a"),
    ("https://news.example.am/a?print=1", "https://news.example.am/a"),
    ("https://news.example.am/2026/a/amp/", "https://news.example.am/2026/a/"),
    ("https://news.example.am./a", "https://news.example.am/a"),
    ("https://news.example.am/a?", "https://news.example.am/a"),
]
APART = [
    ("https://news.example.am/Article", "https://news.example.am/article"),
    ("https://news.example.am/?article=5", "https://news.example.am/?article=6"),
    ("https://news.example.am/a?page=2", "https://news.example.am/a"),
    ("https://news.example.am/a%2Fb", "https://news.example.am/a/b"),
    ("https://news.example.am/a?q=x%26y", "https://news.example.am/a?q=x&y"),
    ("https://news.example.am/a?q=x+y", "https://news.example.am/a?q=x%2By"),
    ("https://news.example.am/a?x=1;y=2", "https://news.example.am/a?x=1&y=2"),
    ("https://news.example.am/a?print=issue-12", "https://news.example.am/a"),
    ("https://news.example.am/amp/", "https://news.example.am/"),
    ("https://news.example.am/a?source=5", "https://news.example.am/a?source=6"),
]
NO_LINKS = [
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://example.am/",
    "mailto:a@example.am", "http://", "http:///x", "", "http://user:pw@example.am/",
    "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://[::1%25eth0]/", "http://exa mple.am/", "http://example.am\\@other.example/",
    "http://example.am:99999/", "http://example.am:0/", "http://a\r\nb/", "http://-x.am/",
    f"http://{'a' * 64}.am/", "https://example.am/" + "a" * 3000,
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_document_have_one_canonical_form(one, other):
    assert urls.canonical(one) == urls.canonical(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_articles_stay_apart(one, other):
    assert urls.canonical(one) != urls.canonical(other)


@pytest.mark.parametrize("link", NO_LINKS)
def test_what_cannot_be_a_page_is_no_link(link):
    with pytest.raises(ValueError, match=r".*"):
        urls.canonical(link)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_gives_a_link_or_a_value_error(text):
    try:
        link = urls.canonical(text, "https://example.am/news/")
    except ValueError:
        return
    assert link.isascii()
    assert urls.canonical(link) == link


def test_relative_links_are_resolved_against_their_document():
    assert urls.canonical("../b?c=1", "https://e.am/x/y/feed") == "https://e.am/x/b?c=1"
    assert urls.canonical("//f.am/b", "https://e.am/x/") == "https://f.am/b"


@pytest.mark.parametrize("port", [22, 25, 110, 5432, 6379, 9200, 27017])
def test_ports_of_other_services_are_refused(port):
    assert urls.refusal(f"http://example.am:{port}/")


def test_local_names_are_refused_unless_the_source_has_private_networks():
    assert urls.refusal("http://localhost/feed")
    assert urls.refusal("http://metadata.google.internal/")
    assert urls.refusal("http://localhost:8080/feed", networks=("127.0.0.0/8",)) is None
    assert urls.refusal("https://example.am/feed") is None
