"""The newsroom serves what its truth file says, over real HTTP."""

import io
import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from errno import EADDRNOTAVAIL
from xml.etree import ElementTree as ET

import feedparser
import httpx
import pytest

from flows.demo import content, truth
from flows.demo import newsroom as demo_newsroom
from flows.demo.content import Behaviour, Format
from flows.demo.newsroom import Newsroom, serve
from flows.demo.render import address
from flows.model import FeedStatus

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
pytestmark = pytest.mark.allow_hosts(["127.0.0.0/8"])


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve(NOW) as running:
        yield running


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as session:
        yield session


def _listed_links(media_type: str, body: bytes) -> list[str]:
    if "json" in media_type:
        return [item["url"] for item in json.loads(body)["items"]]
    if b"urlset" in body[:200]:
        return [loc.text or "" for loc in ET.fromstring(body).iter() if loc.tag.endswith("loc")]
    return [entry.link for entry in feedparser.parse(io.BytesIO(body)).entries]


def _feeds(newsroom: Newsroom, *behaviours: Behaviour) -> list[tuple[content.Outlet, str]]:
    return [
        (outlet, newsroom.base_urls[outlet.outlet_id] + feed.path)
        for outlet in newsroom.outlets
        for feed in outlet.feeds
        if feed.behaviour in behaviours
    ]


def test_every_story_and_every_feed_has_a_truth(newsroom):
    stories = {f"{o.outlet_id}/{s.slug}" for o in newsroom.outlets for s in o.stories}
    feeds = {f"{o.outlet_id}{f.path}" for o in newsroom.outlets for f in o.feeds}
    expected = truth.load()
    assert (set(expected.stories), set(expected.feeds)) == (stories, feeds)


def test_what_the_truth_points_at_exists():
    expected = truth.load()
    seeds = {path.read_text().split("\n")[0] for path in content.SEEDS.glob("*.txt")}
    repeats = {case.repeats.of for case in expected.stories.values() if case.repeats}
    clusters = {case.cluster for case in expected.stories.values()}
    assert repeats | clusters <= set(expected.stories) | seeds


def test_working_feeds_list_every_story_of_their_outlet(newsroom, client):
    for outlet, url in _feeds(newsroom, Behaviour.OK, Behaviour.SLOW):
        answer = client.get(url)
        links = {
            link.split("?")[0]
            for link in _listed_links(answer.headers["content-type"], answer.content)
        }
        base = newsroom.base_urls[outlet.outlet_id]
        assert links == {address(base, story) for story in outlet.stories}, outlet.name


def test_feeds_parse_with_dates_before_now(newsroom, client):
    for outlet in newsroom.outlets:
        for feed in outlet.feeds:
            if feed.behaviour is not Behaviour.OK or feed.format is Format.NEWS_SITEMAP:
                continue
            body = client.get(newsroom.base_urls[outlet.outlet_id] + feed.path).content
            parsed = feedparser.parse(io.BytesIO(body))
            assert feed.format is Format.JSON or not parsed.bozo
            for entry in parsed.entries:
                when = entry.get("published_parsed") or entry.updated_parsed
                assert datetime(*when[:6], tzinfo=UTC) < NOW


def test_a_page_carries_its_text_and_says_that_it_is_invented(newsroom, client):
    for outlet in newsroom.outlets:
        for story in outlet.stories:
            answer = client.get(newsroom.url(f"{outlet.outlet_id}/{story.slug}"))
            assert answer.status_code == story.status
            if story.status == 200 and story.paragraphs:
                assert story.paragraphs[-1].split("“")[0].split('"')[0][:40] in answer.text
                assert outlet.disclaimer.split(":")[0] in answer.text


def test_an_alias_page_names_the_story_it_repeats(newsroom, client):
    page = client.get(newsroom.url("arax-courier/treaty-text-round-print")).text
    original = newsroom.url("arax-courier/treaty-text-round")
    assert f'<link rel="canonical" href="{original}">' in page


def test_feeds_fail_as_planned(newsroom, client):
    for _, url in _feeds(newsroom, Behaviour.GONE):
        assert client.get(url).status_code == 410
    for _, url in _feeds(newsroom, Behaviour.BROKEN):
        answer = client.get(url)
        assert answer.headers["content-type"].startswith("text/html")
        assert feedparser.parse(io.BytesIO(answer.content)).entries == []


def test_a_moved_feed_redirects_to_one_that_works(newsroom, client):
    for _, url in _feeds(newsroom, Behaviour.MOVED):
        moved = client.get(url)
        assert moved.status_code == 301
        assert _listed_links("", client.get(moved.headers["location"]).content)


def test_an_unchanged_document_is_answered_with_304(newsroom, client):
    url = newsroom.feed_url("arax-courier/rss.xml")
    first = client.get(url)
    assert first.headers["content-encoding"] == "gzip"
    by_tag = client.get(url, headers={"If-None-Match": first.headers["etag"]})
    by_date = client.get(url, headers={"If-Modified-Since": first.headers["last-modified"]})
    assert (by_tag.status_code, by_date.status_code) == (304, 304)
    assert by_tag.content == b""


def test_each_outlet_has_a_host_of_its_own(newsroom):
    assert len(set(newsroom.base_urls.values())) == len(newsroom.outlets)


def test_the_clock_can_be_set_back_before_a_story_and_into_an_outage(newsroom, client):
    story = newsroom.url("kura-vestnik/koridor-iran")
    feed = newsroom.feed_url("kars-postasi/rss")
    try:
        newsroom.travel(NOW - timedelta(days=12))
        assert client.get(story).status_code == 404
        newsroom.travel(newsroom.moments[1])
        assert client.get(feed).status_code == 503
    finally:
        newsroom.travel(NOW)
    assert client.get(story).status_code == 200


def test_nothing_is_published_during_an_outage(newsroom):
    for outlet in newsroom.outlets:
        assert not [s.slug for s in outlet.stories if outlet.is_down(s.days_ago)]


def test_one_topic_bursts(newsroom):
    """Every story about the road appears within four days; before them it is not news."""
    cases = truth.load().stories.values()
    days = Counter(
        outlet.by_slug[case.key.split("/")[1]].days_ago
        for outlet in newsroom.outlets
        for case in cases
        if case.key.startswith(outlet.outlet_id) and "corridor.zangezur" in case.topics
    )
    assert sum(days.values()) == sum(days[d] for d in range(7, 11)) >= 14


def test_two_newsrooms_run_side_by_side(newsroom, client):
    with serve(NOW) as second:
        assert not set(second.base_urls.values()) & set(newsroom.base_urls.values())
        assert client.get(next(iter(second.base_urls.values())) + "/").status_code == 200


def test_where_the_system_has_one_loopback_address_each_outlet_has_a_port(monkeypatch, client):
    class OneAddress(demo_newsroom._Server):
        def server_bind(self):
            if self.server_address[0] != "127.0.0.1":
                raise OSError(EADDRNOTAVAIL, "cannot assign requested address")
            super().server_bind()

    monkeypatch.setattr(demo_newsroom, "_Server", OneAddress)
    with serve(NOW) as room:
        assert len(set(room.base_urls.values())) == len(room.outlets)
        assert all(base.startswith("http://127.0.0.1:") for base in room.base_urls.values())
        assert client.get(room.url("arax-courier/border-pillars")).status_code == 200


def test_a_port_that_is_taken_is_refused_by_name(newsroom):
    taken = httpx.URL(newsroom.base_urls["arax-courier"]).port
    with pytest.raises(OSError, match="in use"), serve(NOW, port=taken or 0):
        pass


def test_the_source_list_has_what_every_source_needs(newsroom):
    table = tomllib.loads(newsroom.sources_toml)
    required = {"id", "name", "homepage", "country", "ownership", "perspective", "evidence"}
    for source in table["source"]:
        assert required | {"languages", "feed"} <= set(source)
        assert all(feed["allow_networks"] == ["127.0.0.0/8"] for feed in source["feed"])
    assert len(table["source"]) == len(newsroom.outlets)


def test_a_truth_leaves_its_feed_active_unless_it_says_otherwise():
    assert truth.load().feeds["arax-courier/rss.xml"].state is FeedStatus.ACTIVE
