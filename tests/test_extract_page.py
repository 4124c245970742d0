import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.extract.page import read
from flows.model import Article, ExtractRules, FeedEntry, Item, ItemState, Missed, Page, Source

NOW = datetime(2026, 10, 6, 8, tzinfo=UTC)
URL = "https://wire.example/news/road"
CASES = sorted(folder for folder in (Path(__file__).parent / "pages").iterdir() if folder.is_dir())
SENTENCES = (
    "The ministers of both countries met in the border town and signed a protocol on the road.",
    "Engineers will begin to clear the tunnel next week, before the first snow of the year.",
    "Traders on both sides welcomed the decision, which had been promised several times before.",
    "A joint commission will settle disputes over tariffs and inspections at the crossing point.",
)
BODY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
SOURCE = Source(
    "wire", "Example Wire", "https://wire.example/", "AM", "state", "AM", ("en",), "", ()
)


def reading(markup, *, entry=None, source=SOURCE, **page):
    entry = entry or FeedEntry(URL, None, "")
    body = markup if isinstance(markup, bytes) else markup.encode()
    fields = {"url": URL, "body": body, "content_type": "text/html", "fetched_at": NOW, **page}
    item = Item("i", "f", source.source_id, "a", entry, NOW)
    return read(Page(article_id="a", **fields), item, source)


def document(body=BODY, head="", title="Road to reopen"):
    return (
        f"<html><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_saved_page_gives_what_is_expected(folder):
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    rules = ExtractRules(**meta.get("extract", {}))
    source = dataclasses.replace(
        SOURCE, country=meta["country"], languages=tuple(meta["languages"]), extract=rules,
        name=meta.get("outlet", "The Sample Post"),
    )  # fmt: skip
    fetched = datetime.fromisoformat(meta["fetched_at"])
    entry = FeedEntry(meta["url"], None, "")
    body = (folder / "page.html").read_bytes()
    article = reading(body, entry=entry, source=source, url=meta["url"], fetched_at=fetched)
    assert isinstance(article, Article), article
    assert article.title == expected["title"]
    assert article.language.code == expected["language"]
    assert article.published_at.isoformat() == expected["published_at"]
    assert article.published_from == expected["published_from"]
    assert article.quality == expected["quality"]
    assert [text for text in expected["contains"] if text not in article.text] == []
    assert [text for text in expected["lacks"] if text in article.text] == []
    assert list(article.authors) == expected.get("authors", list(article.authors))
    assert article.canonical_url == expected.get("canonical_url", article.canonical_url)


def test_the_feed_wins_for_title_and_date():
    when = datetime(2026, 10, 5, 8, tzinfo=UTC)
    entry = FeedEntry(URL, None, "Road reopens", published_at=when, authors=("Ani Example",))
    article = reading(document(), entry=entry)
    assert (article.title, article.published_at) == ("Road reopens", when)
    assert (article.published_from, article.authors) == ("feed", ("Ani Example",))


def test_a_title_that_the_feed_cut_is_completed_from_the_page():
    entry = FeedEntry(URL, None, "Road to…")
    assert reading(document(), entry=entry).title == "Road to reopen"


def test_the_title_is_not_repeated_in_the_text():
    assert reading(document()).text.startswith("The ministers")


def test_a_canonical_link_of_another_site_is_not_believed():
    head = '<link rel="canonical" href="https://other.example/stolen">'
    assert reading(document(head=head)).canonical_url == URL


def test_the_content_of_a_feed_is_taken_whole():
    article = reading(f"<h1>x</h1>{BODY}<p>Last.</p>", from_feed=True)
    assert all(sentence in article.text for sentence in SENTENCES)
    assert article.text.endswith("Last.")
    assert article.agreement is None


def test_rules_of_a_source_win():
    rules = ExtractRules(title=".t", author=".a", published=".d", body=".b", remove=".ad")
    markup = (
        '<html><body><p class="t">Ruled title</p><p class="a">Ani Example</p>'
        '<p class="d">05.10.2026 12:00</p><p>Outside of it.</p>'
        f'<div class="b">{BODY}<p class="ad">Buy now</p></div></body></html>'
    )
    article = reading(markup, source=dataclasses.replace(SOURCE, extract=rules))
    assert (article.title, article.authors) == ("Ruled title", ("Ani Example",))
    assert article.published_at == datetime(2026, 10, 5, 8, tzinfo=UTC)
    assert "Outside" not in article.text
    assert "Buy now" not in article.text


def test_a_rule_that_is_no_selector_is_named():
    bad = dataclasses.replace(SOURCE, extract=ExtractRules(body="p:::"))
    missed = reading(document(), source=bad)
    assert isinstance(missed, Missed)
    assert "no CSS selector" in missed.reason


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        (
            "Just a moment...",
            "Checking your browser before you go on to the site.",
            "bot challenge",
        ),
        ("404", "Page not found. Try the front page of our site, or search.", "not found page"),
        ("Xəbər", "Səhifə tapılmadı. Ana səhifəyə qayıdın və yenidən cəhd edin.", "not found page"),
        ("T", "We value your privacy. Accept all cookies. " * 30, "cookie wall"),
        ("T", "Subscribe to read. Subscribe to read on. Subscribe to read it all.", "paywall"),
    ],
)
def test_what_is_no_article_is_named_and_not_stored(title, text, reason):
    missed = reading(document(f"<p>{text}</p>", title=title))
    assert (missed.state, missed.reason) == (ItemState.EXTRACT_FAILED, reason)


def test_a_page_that_only_forwards_is_named_and_not_stored():
    forward = '<meta http-equiv="Refresh" content="0; URL=https://s.am/n/2">'
    markup = (
        f"<html><head><title>Bridge</title>{forward}</head><body><p>Moving on</p></body></html>"
    )
    assert reading(markup).reason == "forwards to another page"
    article = reading(document(BODY).replace("<head>", f"<head>{forward}", 1))
    assert SENTENCES[0] in article.text


def test_a_teaser_is_kept_without_what_its_wall_says():
    wall = "Already a member? Sign in to read on. Subscribe to continue reading."
    teaser = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:3])
    article = reading(document(f"{teaser}<p>{wall}</p>"))
    assert article.quality == "paywall"
    assert article.text.endswith(SENTENCES[2])
    assert article.word_count == len(" ".join(SENTENCES[:3]).split())


def test_a_flash_that_begins_with_dots_is_no_teaser():
    text = f"... {SENTENCES[0]} {SENTENCES[1]} {SENTENCES[2]}"
    article = reading(document(f"<p>{text}</p>"))
    assert (article.text, article.quality) == (text, "ok")


def test_few_words_without_a_headline_are_too_short():
    missed = reading("<html><body><p>Only a few words.</p></body></html>")
    assert missed.state is ItemState.TOO_SHORT


def test_an_empty_page_falls_back_on_the_feeds_summary():
    entry = FeedEntry(URL, None, "Road to reopen", summary=SENTENCES[0])
    article = reading("<html><body><script>app()</script></body></html>", entry=entry)
    assert (article.text, article.quality) == (SENTENCES[0], "summary")


def test_what_is_not_html_is_refused_by_name():
    assert reading(b"%PDF-1.7 ...", content_type="application/pdf").reason.startswith("not HTML")
    assert reading(b"%PDF-1.7 ...", content_type="text/html").reason.startswith("not HTML")
    assert reading("").state in {ItemState.EXTRACT_FAILED, ItemState.TOO_SHORT}


@pytest.mark.parametrize(
    "markup",
    [
        "<html><body>" + "<div>" * 100_000 + BODY,
        "<html><body><p>" + "word " * 1_700_000,
        "<html><body><p>" + "x" * 3_000_000,
    ],
    ids=["nested", "huge", "one text"],
)
def test_markup_built_to_exhaust_a_parser_is_quarantined(markup):
    assert reading(markup).state is ItemState.QUARANTINED


def test_an_element_with_a_hundred_thousand_attributes_costs_only_its_attributes():
    attributes = " ".join(f"a{number}=1" for number in range(100_000))
    assert SENTENCES[0] in reading(f"<html><body><p {attributes}></p>{BODY}</body></html>").text


def test_scripts_styles_and_templates_are_no_text():
    hidden = "<script>var secret=1</script><style>.secret{}</style><template>secret</template>"
    assert "secret" not in reading(document(hidden + BODY)).text


PIECES = (
    *(
        "<p>",
        "</div>",
        "<div hidden",
        "&#0;",
        "&zwnj;",
        "\u200c",
        "\x00",
        "<!--",
        "]]>",
        "<a ",
        ">",
    ),
    *("<script type='application/ld+json'>", '{"@type":"NewsArticle","author":[[', "</script>"),
    *("<meta property='og:title' content='x", "<time datetime='9999", "\ud7ff", SENTENCES[0]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=30).map("".join))
def test_no_markup_makes_reading_fail(markup):
    outcome = reading(markup.encode("utf-8", "replace"))
    assert isinstance(outcome, Article | Missed)
    assert "extractor failed" not in getattr(outcome, "reason", "")


def test_reading_twice_gives_the_same():
    assert reading(document()) == reading(document())
