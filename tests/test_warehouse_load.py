# ruff: noqa: E501, FBT003 - rows are given in the order of the table
"""Loading: once, whole, and told honestly."""

from dataclasses import replace
from datetime import timedelta

import pytest
from warehouse_cases import (
    NOON,
    a_poll,
    a_source,
    alone,
    an_article,
    an_item,
    answers,
    begin,
    run_of,
)

from flows.model import (
    Batch,
    Duplicate,
    DuplicateKind,
    FeedEntry,
    ItemState,
    Links,
    Membership,
)


@pytest.fixture
def source():
    return a_source()


def test_an_article_of_a_feed_ends_loaded_and_answers_a_trend(store, source):
    item = an_item(source, "https://alpha.example/1")
    new, report = run_of(store, source, [item], [an_article(item)])
    assert new == {item.item_id}
    assert report.articles_loaded == 1
    assert report.states == {"loaded": 1}
    trend = answers(store, "SELECT * FROM topic_trend('peace.treaty', 'week')")
    assert [(str(row[0]), *row[1:]) for row in trend] == [("2026-03-02", 1, 1, 1.0, False)]


def test_what_a_load_puts_off_is_done_before_readers_see_it(store, source):
    item = an_item(source, "https://alpha.example/1")
    run_of(store, source, [item], [an_article(item)])
    with store.writing() as writer:
        assert writer.catch_up()
    for put_off in ("unlinked_stories", "stale_stories", "stale_days"):
        assert answers(store, f"SELECT count(*) FROM {put_off}") == [(0,)]
    assert answers(store, "SELECT day, articles FROM source_days") == [(NOON.date(), 1)]
    with store.writing() as writer:
        assert not writer.catch_up()


def test_marts_that_went_wrong_are_right_after_they_were_doubted(store, source):
    item = an_item(source, "https://alpha.example/1")
    run_of(store, source, [item], [an_article(item)])
    right = answers(store, "FROM source_days")
    with store.writing() as writer:
        writer._connection.execute("UPDATE source_days SET articles = 7")
    with store.writing() as writer:
        writer.doubt_marts()
    assert answers(store, "FROM source_days") == right


def test_a_second_run_over_the_same_input_changes_nothing(store, source):
    item = an_item(source, "https://alpha.example/1")
    run_of(store, source, [item], [an_article(item)])
    tables = ("items", "articles", "mentions", "clusters", "topic_days", "totals", "revisions")
    before = {table: answers(store, f"FROM {table} ORDER BY ALL") for table in tables}
    new, report = run_of(store, source, [item], [an_article(item)])
    assert new == frozenset()
    assert report.articles_loaded == 0
    assert {table: answers(store, f"FROM {table} ORDER BY ALL") for table in tables} == before


def test_the_same_link_in_two_feeds_ends_loaded_once_and_duplicate_once(store, source):
    other = a_source("beta")
    one, two = (an_item(feed, "https://alpha.example/1") for feed in (source, other))
    with store.writing() as writer:
        begin(writer, source, other)
        writer.record_polls("run1", [a_poll(source, [one]), a_poll(other, [two])], [one, two])
        article = an_article(one)
        writer.load("run1", Batch(items=(one,), articles=(article,)), alone(article))
        assert writer.run_states("run1") == {"loaded": 1, "duplicate": 1}


def test_an_item_whose_article_is_stored_ends_as_duplicate_at_once(store, source):
    other = a_source("beta")
    one, two = (an_item(feed, "https://alpha.example/1") for feed in (source, other))
    article = an_article(one)
    with store.writing() as writer:
        begin(writer, source, other)
        writer.record_polls("run1", [a_poll(source, [one])], [one])
        writer.load("run1", Batch(items=(one,), articles=(article,)), alone(article))
        assert writer.record_polls("run1", [a_poll(other, [two])], [two]) == {two.item_id}
        assert writer.unfinished([two.item_id]) == frozenset()


def test_a_changed_text_becomes_a_revision_and_keeps_what_was_there(store, source):
    item = an_item(source, "https://alpha.example/1")
    run_of(store, source, [item], [an_article(item)])
    with store.writing() as writer:
        article = an_article(item, "Other words, about nothing.", topics=())
        report = writer.load("run1", Batch(articles=(article,)), alone(article))
    assert report.revisions == 1
    assert report.articles_loaded == 0
    assert answers(store, "SELECT text FROM revisions") == [
        ("Words of an article about a treaty.",)
    ]
    assert answers(store, "SELECT text FROM articles") == [("Other words, about nothing.",)]
    assert answers(store, "FROM topic_days") == []


def test_states_follow_what_an_article_repeats_and_whether_it_is_relevant(store, source):
    items = [an_item(source, f"https://alpha.example/{n}") for n in range(4)]
    articles = [an_article(item) for item in items]
    articles[3] = an_article(items[3], relevant=False, reason="no actor", topics=())
    first = articles[0].article.article_id
    links = Links(
        duplicates=(
            Duplicate(articles[1].article.article_id, first, None, DuplicateKind.EXACT, 1, 1, "hash"),
            Duplicate(articles[2].article.article_id, first, None, DuplicateKind.CONTAINED, 0.3, 1, "x"),
        ),
        memberships=(
            Membership(first, first, True, 0.0),
            Membership(articles[1].article.article_id, first, False, 60.0),
        ),
    )  # fmt: skip
    _, report = run_of(store, source, items, articles, links)
    assert report.states == {"loaded": 2, "duplicate": 1, "off_topic": 1}
    assert report.duplicates == {"exact": 1, "contained": 1}
    trend = answers(
        store, "SELECT articles, independent, share FROM topic_trend('peace.treaty','day')"
    )
    assert trend == [(3, 2, 0.75)]


def test_a_copy_stored_before_its_original_ends_as_duplicate_once_the_original_comes(store, source):
    copy, original = (an_item(source, f"https://alpha.example/{n}") for n in range(2))
    run_of(store, source, [copy], [an_article(copy)])
    links = Links(
        duplicates=(
            Duplicate(copy.article_id, original.article_id, None, DuplicateKind.NEAR, 0.9, 1, "x"),
        ),
        memberships=(
            Membership(original.article_id, original.article_id, True, 0.0),
            Membership(copy.article_id, original.article_id, False, 60.0),
        ),
    )
    run_of(store, source, [original], [an_article(original)], links, run="run2")
    states = answers(store, "SELECT state, count(*) FROM items GROUP BY ALL ORDER BY ALL")
    ended = answers(store, "SELECT run_id, state FROM ledger ORDER BY ALL")
    assert states == [("duplicate", 1), ("loaded", 1)]
    assert ended == [("run1", "loaded"), ("run2", "loaded")]  # as each run ended


def test_items_left_pending_come_back_whole(store, source):
    entry = FeedEntry(
        "https://alpha.example/1", "guid", "T", "S", "<p>x</p>", NOON, NOON, ("A", "B")
    )
    item = replace(an_item(source, entry.url), entry=entry)
    with store.writing() as writer:
        begin(writer, source)
        writer.record_polls("run1", [a_poll(source, [item])], [item])
    with store.writing() as writer:
        assert writer.pending_items(NOON) == (item,)
        waits = replace(item, attempts=1, next_attempt_at=NOON + timedelta(hours=1), reason="503")
        writer.load("run1", Batch(items=(waits,)), Links())
        assert writer.pending_items(NOON) == ()
        assert writer.pending_items(NOON + timedelta(hours=1)) == (waits,)
        ends = replace(waits, state=ItemState.FETCH_FAILED, reason="404", next_attempt_at=None)
        writer.load("run1", Batch(items=(ends,)), Links())
        assert writer.run_states("run1") == {"fetch_failed": 1}


def test_what_a_poll_learned_of_its_feed_is_remembered(store, source):
    poll = a_poll(source, [])
    with store.writing() as writer:
        begin(writer, source)
        writer.record_polls("run1", [poll], [])
    with store.writing() as writer:
        assert writer.feed_states() == {poll.feed_id: poll.after}


def test_what_memory_cannot_hold_goes_beside_the_core(store):
    with store.writing() as writer:
        found = writer._connection.execute("SELECT current_setting('temp_directory')").fetchone()
    assert found == (f"{store.path}.tmp",)
