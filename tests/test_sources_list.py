"""The source list we ship: complete, balanced, and honest about what nobody has checked."""

import re
from collections import Counter
from pathlib import Path

import pytest

from flows import config
from flows.model import Source

PATH = Path(__file__).parents[1] / "sources.toml"


@pytest.fixture(scope="module")
def sources() -> tuple[Source, ...]:
    return config.load(PATH)


@pytest.fixture(scope="module")
def awake(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    return tuple(source for source in sources if any(feed.active for feed in source.feeds))


@pytest.fixture(scope="module")
def blocks() -> list[str]:
    """Each outlet with the comments above it."""
    return re.split(r"\n\n(?=(?:#[^\n]*\n)*\[\[source\]\])", PATH.read_text("utf-8"))[1:]


def test_a_hundred_and_ten_feeds_and_more_are_watched(awake: tuple[Source, ...]):
    assert sum(feed.active for source in awake for feed in source.feeds) >= 110


def test_all_seven_languages_of_the_region_are_read(awake: tuple[Source, ...]):
    counts = Counter(code for source in awake for code in source.languages)
    assert all(counts[code] >= 5 for code in ("az", "en", "fa", "hy", "ka", "ru", "tr"))


@pytest.mark.parametrize(
    ("place", "least"), [("AM", 10), ("AZ", 10), ("GE", 10), ("RU", 10), ("TR", 10), ("IR", 5)]
)
def test_no_side_is_missing(awake: tuple[Source, ...], place: str, least: int):
    assert sum(place in (source.country, source.perspective) for source in awake) >= least


def test_western_media_and_think_tanks_are_there(awake: tuple[Source, ...]):
    assert sum(s.perspective == "west" or s.ownership == "think-tank" for s in awake) >= 10


def test_most_outlets_say_how_much_to_expect(awake: tuple[Source, ...]):
    assert sum(source.expect_per_day is not None for source in awake) >= len(awake) * 0.6


def test_ownership_is_never_asserted_from_nothing(sources: tuple[Source, ...]):
    for source in sources:
        front_page = source.evidence.rstrip("/") == source.homepage.rstrip("/")
        if front_page:
            # a front page shows who speaks, not who owns a company
            assert source.ownership not in ("commercial", "party", "military", "public", "state")


def test_what_sleeps_says_why(blocks: list[str]):
    asleep = [block for block in blocks if "active = false" in block]
    assert asleep
    assert all("# asleep: " in block or "# unverified: " in block for block in asleep)


def test_comments_pass_no_verdict(blocks: list[str]):
    loaded = re.compile(
        r"propagand|regime|pro-gov|occup|terroris|puppet|separatis|liberat", re.IGNORECASE
    )
    assert not [block for block in blocks if loaded.search(block)]


def test_the_contact_is_still_a_placeholder_so_that_everyone_is_told(sources: tuple[Source, ...]):
    assert config.placeholder_contact(sources)


def test_a_feed_with_little_depth_is_polled_before_it_overflows(sources: tuple[Source, ...]):
    short = {"olke-az", "baku-ws", "report-az"}
    feeds = [feed for source in sources if source.source_id in short for feed in source.feeds]
    assert feeds
    assert all(feed.max_interval.total_seconds() <= 3 * 3600 for feed in feeds)
