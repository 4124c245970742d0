"""What a feed's state is after a poll, and when it is polled next."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.collect import polling
from flows.collect.feeds import FeedDocument
from flows.collect.http import Answer
from flows.errors import BadStatus, Refused, Throttled, Unreachable, WorkerError
from flows.model import Feed, FeedEntry, FeedKind, FeedState, FeedStatus, FetchPolicy

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
FEED = Feed("f1", "s1", "https://e.am/feed", FeedKind.FEED, FetchPolicy("mailto:a@e.am"))
NEW = FeedState("f1", FEED.url)


def exchange(*headers, body=b"<rss/>", moved_to=None):
    return polling.Exchange(Answer(FEED.url, 200, headers, body, 0.1), moved_to)


def document(*ages, names=None, **more):
    names = names or [f"https://e.am/{i}" for i in range(len(ages))]
    moments = [None if age is None else NOW - timedelta(hours=age) for age in ages]
    entries = [
        FeedEntry(url=name, guid=None, title="T", published_at=moment)
        for name, moment in zip(names, moments, strict=True)
    ]
    return FeedDocument(tuple(entries), **more)


def minutes(state, start=NOW):
    return (state.next_poll_at - start).total_seconds() / 60


def test_validators_are_kept_and_echoed_byte_for_byte():
    odd = (("etag", 'W/"\xe9 odd'), ("last-modified", "yesterday"))
    after = polling.read(FEED, NEW, exchange(*odd), document(1), NOW)
    assert polling.conditions(after) == (
        ("If-None-Match", 'W/"\xe9 odd'),
        ("If-Modified-Since", "yesterday"),
    )


def test_absurd_validators_are_dropped_whole():
    after = polling.read(FEED, NEW, exchange(("etag", "e" * 9000)), document(1), NOW)
    assert polling.conditions(after) == ()


def test_nothing_of_a_cut_document_is_remembered_but_its_entries():
    after = polling.read(FEED, NEW, exchange(("etag", '"x"')), document(1, whole=False), NOW)
    assert (after.etag, after.last_modified, after.body_hash) == (None, None, None)
    assert after.recent_items


def test_a_304_refreshes_validators_and_is_a_success():
    before = replace(NEW, etag='"a"', last_modified="then", consecutive_failures=2)
    after = polling.not_modified(
        FEED, before, Answer(FEED.url, 304, (("etag", '"b"'),), b"", 0.1), NOW
    )
    assert (after.etag, after.last_modified) == ('"b"', "then")
    assert (after.consecutive_failures, after.last_success_at) == (0, NOW)


@pytest.mark.parametrize("ages", [range(10), range(0, 100, 10), range(0, 1000, 100)])
def test_a_feed_is_polled_about_twice_as_often_as_it_publishes(ages):
    after = polling.read(FEED, NEW, exchange(), document(*ages), NOW)
    expected = min(max(ages[1] * 60 / 2, 10), 24 * 60)
    assert math.isclose(minutes(after), expected, rel_tol=0.06)


def test_intervals_stay_between_the_configured_ones():
    busy = polling.read(FEED, NEW, exchange(), document(*[i / 100 for i in range(20)]), NOW)
    assert minutes(busy) >= 10
    asleep = polling.read(FEED, NEW, exchange(), document(9000, 9500, 9900), NOW)
    assert minutes(asleep) <= 24 * 60


@pytest.mark.parametrize(
    ("headers", "wait", "least"),
    [((("cache-control", "max-age=7200"),), 0, 120), ((), 5400, 90),
     ((("expires", "Mon, 05 Oct 2026 15:00:00 GMT"),), 0, 180)],
)  # fmt: skip
def test_the_servers_and_the_publishers_wishes_lengthen_the_interval(headers, wait, least):
    ages = [i / 2 for i in range(20)]
    after = polling.read(FEED, NEW, exchange(*headers), document(*ages, wait=float(wait)), NOW)
    assert minutes(after) >= least * 0.95
    plain = polling.read(FEED, NEW, exchange(), document(*ages), NOW)
    assert minutes(plain) < least


def test_a_publishers_wish_never_lets_a_busy_feed_overflow():
    after = polling.read(
        FEED, NEW, exchange(), document(*[i / 10 for i in range(10)], wait=86400.0), NOW
    )
    assert minutes(after) < 40


def test_skipped_hours_and_days_are_skipped():
    asleep = document(*range(10), skip_hours=frozenset(range(12, 20)))
    assert polling.read(FEED, NEW, exchange(), asleep, NOW).next_poll_at.hour == 20
    monday = document(*range(10), skip_days=frozenset({0}))
    assert polling.read(FEED, NEW, exchange(), monday, NOW).next_poll_at.weekday() == 1


def test_a_poll_that_shares_no_entry_with_the_one_before_is_a_gap_and_polled_sooner():
    before = polling.read(FEED, NEW, exchange(), document(10, 20, 30, names=list("abc")), NOW)
    later = document(1, 11, 21, names=list("def"))
    assert polling.gap(before, later.entries)
    assert not polling.gap(before, document(1, 10, names=list("da")).entries)
    assert not polling.gap(NEW, later.entries)
    assert minutes(polling.read(FEED, before, exchange(), later, NOW)) < 11


def test_an_empty_feed_is_no_gap_and_forgets_nothing():
    before = polling.read(FEED, NEW, exchange(), document(1, 2), NOW)
    after = polling.read(FEED, before, exchange(), document(), NOW)
    assert after.recent_items == before.recent_items
    assert not polling.gap(before, ())


def test_a_moved_feed_is_polled_at_its_new_place_and_again_at_the_old_when_that_fails():
    place = "https://new.am/feed"
    state = polling.read(FEED, NEW, exchange(moved_to=place), document(1), NOW)
    assert (state.url, state.moved_to) == (place, place)
    for _ in range(3):
        assert state.url == place
        state = polling.failed(FEED, state, BadStatus(place, 404), NOW)
    assert (state.url, state.moved_to) == (FEED.url, None)


def test_gone_ends_a_feed():
    after = polling.failed(FEED, NEW, BadStatus(FEED.url, 410), NOW)
    assert (after.state, after.next_poll_at) == (FeedStatus.GONE, None)
    elsewhere = polling.failed(FEED, NEW, BadStatus("https://e.am/redirected", 410), NOW)
    assert elsewhere.state is FeedStatus.BACKING_OFF


def test_failures_back_off_to_at_most_a_day_and_forget_nothing():
    state = replace(NEW, etag='"a"', recent_items=("x",), body_hash="h")
    waits = []
    for failures in range(1, 12):
        state = polling.failed(FEED, state, BadStatus("u", 500), NOW)
        assert state.consecutive_failures == failures
        waits.append(minutes(state))
    assert waits[0] < waits[2] < waits[5]
    assert max(waits) <= 24 * 60
    assert (state.etag, state.recent_items, state.body_hash) == ('"a"', ("x",), "h")
    assert state.last_error == "http 500"
    healed = polling.read(FEED, state, exchange(), document(1), NOW)
    assert (healed.state, healed.last_error) == (FeedStatus.ACTIVE, None)


def test_a_throttled_feed_waits_at_least_as_long_as_it_was_asked_to():
    after = polling.failed(FEED, NEW, Throttled("u", 429, 90_000.0), NOW)
    assert minutes(after) >= 1500


def test_our_own_resolver_failing_is_no_failure_of_the_feed():
    after = polling.failed(FEED, NEW, Unreachable("u", "dns-temporary"), NOW)
    assert (after.consecutive_failures, after.state) == (0, FeedStatus.ACTIVE)


@pytest.mark.parametrize(
    "error", [Refused("u", "address", "x" * 999), WorkerError("parse", "hung")]
)
def test_errors_are_told_in_a_few_words(error):
    assert 0 < len(polling.describe(error)) <= 300


def test_weeks_of_polling_keeps_its_pace_and_never_bursts_after_a_day_off():
    feeds = [replace(FEED, feed_id=f"f{i}") for i in range(5)]
    states = [NEW] * 5
    polls_at = []
    for hour in range(20 * 24):
        now = NOW + timedelta(hours=hour)
        if 240 <= hour < 264:
            continue
        hourly = document(*range(6), names=[f"https://e.am/{hour - k}" for k in range(6)])
        hourly = replace(hourly, entries=tuple(
            replace(entry, published_at=now - timedelta(hours=k))
            for k, entry in enumerate(hourly.entries)
        ))  # fmt: skip
        for i, state in enumerate(states):
            if state.next_poll_at is None or state.next_poll_at <= now:
                states[i] = polling.read(feeds[i], state, exchange(), hourly, now)
                polls_at.append(hour)
                assert timedelta() < states[i].next_poll_at - now <= FEED.max_interval
    assert len(polls_at) == 5 * (20 * 24 - 24)  # each hour has news, and each is polled once
    assert max(polls_at.count(hour) for hour in set(polls_at)) == 5


def test_a_feed_is_due_when_its_time_has_come_or_a_clock_was_wrong():
    assert polling.is_due(NEW, NOW)
    assert polling.is_due(replace(NEW, next_poll_at=NOW), NOW)
    assert not polling.is_due(replace(NEW, next_poll_at=NOW + timedelta(minutes=1)), NOW)
    assert polling.is_due(replace(NEW, next_poll_at=NOW + timedelta(days=400)), NOW)
    assert not polling.is_due(replace(NEW, state=FeedStatus.GONE), NOW)
