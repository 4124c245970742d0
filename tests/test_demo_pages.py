"""Stories are read from files and become pages and feeds as real sites make them."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, time
from xml.etree import ElementTree as ET

import pytest

from flows.demo import content, feeds, render
from flows.demo.content import Format, NewsFeed, Outlet, Story
from flows.demo.site import Site

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
STORY = Story(
    slug="one",
    title='Talks & "tea" <again>',
    author="A. Writer",
    language="fa",
    days_ago=2,
    clock=time(8, 15),
    paragraphs=("First, a < b & c.", "> Said someone.", "## Later"),
    path="/خبر/one",
    section="",
)
OUTLET = Outlet(
    outlet_id="o",
    name="Outlet",
    country="GE",
    ownership="independent",
    perspective="regional",
    languages=("fa",),
    layout="article",
    tagline="",
    disclaimer="Invented.",
    labels=("Read also", "Most read"),
    nav=("Politics",),
    feeds=(NewsFeed("/feed", Format.RSS),),
    stories=(STORY,),
    outage=(9, 4),
)


def _page(outlet: Outlet = OUTLET) -> str:
    return render.page(outlet, STORY, "http://127.0.0.1:1", NOW)


def test_dates_count_back_from_the_day_of_now():
    assert STORY.published(NOW) == datetime(2026, 2, 27, 8, 15, tzinfo=UTC)


def test_a_story_without_front_matter_is_refused_by_name(tmp_path):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "bad.md").write_text("no head", encoding="utf-8")
    (tmp_path / "outlets.toml").write_text('[[outlet]]\nid = "o"\nlanguages = ["en"]\n')
    with pytest.raises(ValueError, match=r"bad\.md: no front matter"):
        content.load(tmp_path)


def test_markup_in_a_story_is_escaped():
    page = _page()
    assert "<p>First, a &lt; b &amp; c.</p>" in page
    assert "<blockquote><p>Said someone.</p></blockquote>" in page
    assert "<h2>Later</h2>" in page
    assert "<again>" not in page


def test_json_ld_states_title_and_date_and_cannot_end_its_script():
    script = re.search(r'ld\+json">(.*?)</script>', _page(), re.DOTALL)
    assert script is not None
    card = json.loads(script[1])
    assert card["headline"] == STORY.title
    assert card["datePublished"] == "2026-02-27T08:15:00+00:00"


@pytest.mark.parametrize("layout", ["article", "plain"])
def test_persian_runs_from_right_to_left_and_links_are_percent_encoded(layout):
    page = _page(replace(OUTLET, layout=layout))
    assert '<html lang="fa" dir="rtl">' in page
    assert 'href="http://127.0.0.1:1/%D8%AE%D8%A8%D8%B1/one"' in page


@pytest.mark.parametrize("form", [Format.RSS, Format.ATOM, Format.RDF, Format.NEWS_SITEMAP])
def test_every_xml_feed_is_well_formed_and_keeps_the_title(form):
    feed = NewsFeed("/feed", form, full_text=True)
    media_type, body = feeds.document(feeds.Edition(OUTLET, feed, (STORY,), "http://h", NOW))
    assert "xml" in media_type
    assert STORY.title in [node.text for node in ET.fromstring(body).iter()]


def test_a_json_feed_with_full_text_carries_the_paragraphs():
    feed = NewsFeed("/feed", Format.JSON, full_text=True)
    _, body = feeds.document(feeds.Edition(OUTLET, feed, (STORY,), "http://h", NOW))
    (item,) = json.loads(body)["items"]
    assert "a &lt; b" in item["content_html"]


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (datetime(2026, 2, 22, tzinfo=UTC), 503),
        (datetime(2026, 2, 27, tzinfo=UTC), 404),
        (NOW, 200),
    ],
)
def test_a_page_is_down_then_unknown_then_there_as_the_clock_goes_on(at, status):
    site = Site(OUTLET, "http://127.0.0.1:1", NOW, at)
    assert site.answer("/%D8%AE%D8%A8%D8%B1/one").status == status
