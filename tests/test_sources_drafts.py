"""TOML that a machine begins and an analyst finishes."""

import pytest

from flows import config, drafts
from flows.drafts import Draft, DraftFeed
from flows.errors import ConfigError
from flows.model import FeedKind


def draft(**changes: object) -> Draft:
    parts = {
        "source_id": "valley-ge",
        "name": "Valley Post",
        "homepage": "https://valley.ge/",
        "languages": ("ka",),
        "feeds": (DraftFeed("https://valley.ge/feed"),),
    }
    return Draft(**(parts | changes))  # type: ignore[arg-type]


def test_a_draft_lacks_exactly_what_a_machine_cannot_know():
    with pytest.raises(ConfigError) as caught:
        config.parse(drafts.toml(draft()))
    keys = [problem.key.removeprefix("source[valley-ge].") for problem in caught.value.problems]
    assert keys == ["country", "ownership", "perspective", "evidence"]


def test_remarks_and_kinds_stand_with_their_feed():
    feeds = (
        DraftFeed("https://valley.ge/feed", remark="30 items in 7 hours"),
        DraftFeed("https://valley.ge/news.xml", FeedKind.NEWS_SITEMAP),
    )
    text = drafts.toml(draft(feeds=feeds))
    assert '# 30 items in 7 hours\nurl = "https://valley.ge/feed"\n' in text
    assert 'url = "https://valley.ge/news.xml"\nkind = "news-sitemap"\n' in text


def test_nothing_from_the_web_breaks_out_of_its_line():
    name = 'A"\n[[source]]\nid = "b\\'
    text = drafts.toml(
        draft(name=name, feeds=(DraftFeed("https://valley.ge/feed", remark="x\r\nid = 1"),))
    )
    assert text.count("\n[[source]]") == 0
    with pytest.raises(ConfigError) as caught:
        config.parse(text)
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize(
    ("homepage", "expected"),
    [
        ("https://www.valley.ge/en/", "valley-ge"),
        ("https://news.valley.ge/", "news-valley-ge"),
        ("http://xn--80ak6aa92e.com/", "xn-80ak6aa92e-com"),
        ("http://[2001:db8::1]/", "2001-db8-1"),
        ("", "site"),
    ],
)
def test_an_id_is_the_host_with_hyphens(homepage: str, expected: str):
    assert drafts.unused_id(homepage, set()) == expected


def test_an_id_that_is_taken_gets_a_number():
    assert drafts.unused_id("https://valley.ge/", {"valley-ge", "valley-ge-2"}) == "valley-ge-3"
