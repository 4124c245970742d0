"""Trends, gaps and bursts mean what the documents say."""

from datetime import date, timedelta

import duckdb
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
    filled,
    run_of,
)

from flows.model import Batch, Links, PollOutcome, TopicTag
from warehouse import reader
from warehouse.store import Store

FIRST = date(2026, 3, 2)


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("marts") / "araxes.duckdb")
    filled(store)
    answers(store, "SELECT 1")
    with reader.connect(store.path) as connection:
        yield connection


def rows(connection, sql):
    return connection.execute(sql).fetchall()


def test_a_day_nobody_could_see_is_a_gap_and_never_a_zero(store):
    source = a_source()
    begin_days = [(0, PollOutcome.OK), (1, PollOutcome.FAILED), (2, PollOutcome.OK)]
    with store.writing() as writer:
        begin(writer, source)
        for day, outcome in begin_days:
            at = NOON + timedelta(days=day)
            items = [an_item(source, f"https://alpha.example/{day}", at)] if day == 0 else []
            articles = [an_article(item) for item in items]
            poll = a_poll(source, items, at, outcome=outcome)
            batch = Batch(polls=(poll,), items=tuple(items), articles=tuple(articles))
            writer.load("run1", batch, alone(*articles))
    trend = answers(store, "SELECT articles, share, gap FROM topic_trend('peace.treaty', 'day')")
    assert trend[:2] == [(1, 1.0, False), (None, None, True)]


def test_a_day_without_polls_is_a_zero_once_a_good_poll_says_that_nothing_was_lost(store):
    source = a_source()
    with store.writing() as writer:
        begin(writer, source)
        for day, outcome in ((0, PollOutcome.OK), (2, PollOutcome.OK), (4, PollOutcome.FAILED)):
            poll = a_poll(source, [], NOON + timedelta(days=day), outcome=outcome)
            writer.load("run1", Batch(polls=(poll,)), Links())
    trend = answers(store, "SELECT gap, articles FROM topic_trend('peace.treaty', 'day')")
    assert [gap for gap, _ in trend] == [False, False, False, True, True]


def test_a_grain_that_is_not_kept_is_refused_by_name(connection):
    with pytest.raises(duckdb.Error, match="grain is day, week or month, not year"):
        rows(connection, "FROM topic_trend('peace.treaty', 'year')")


def test_a_day_that_was_seen_and_silent_is_a_zero(connection):
    found = rows(
        connection,
        "SELECT articles, gap FROM topic_trend('war.clash', 'day') WHERE period = '2026-03-12'",
    )
    assert found == [(0, False)]


def test_an_outage_is_a_gap_of_its_source_and_causes_no_burst(connection):
    gaps = rows(connection, "SELECT source_id, day FROM coverage WHERE gap ORDER BY day")
    assert gaps == [("beta", FIRST + timedelta(days=20)), ("beta", FIRST + timedelta(days=21))]
    days = {day for (day,) in rows(connection, "SELECT DISTINCT day FROM bursts")}
    assert days == {FIRST + timedelta(days=38)}


def test_a_late_article_rebuilds_its_day_week_and_month(store):
    source = a_source()
    late = an_item(source, "https://alpha.example/late", NOON - timedelta(days=3))
    item = an_item(source, "https://alpha.example/1")
    run_of(store, source, [item], [an_article(item)])
    run_of(store, source, [late], [an_article(late, "Late words")], run="run2")
    for grain, expected in (("day", 1), ("week", 1), ("month", 1)):
        sql = f"SELECT articles FROM topic_trend('peace.treaty', '{grain}') ORDER BY period"
        assert answers(store, sql)[-1] == (expected,)
    assert answers(store, "SELECT day, articles FROM source_days ORDER BY day") == [
        (FIRST - timedelta(days=3), 1),
        (FIRST, 1),
    ]


def test_a_family_counts_an_article_once(store):
    source = a_source()
    item = an_item(source, "https://alpha.example/1")
    topics = (TopicTag("peace.treaty", 1.0, ()), TopicTag("peace.talks", 1.0, ()))
    run_of(store, source, [item], [an_article(item, topics=topics)])
    assert answers(store, "SELECT articles FROM topic_trend('peace', 'day')") == [(1,)]


def test_copies_count_as_articles_but_once_as_independent(connection):
    found = rows(
        connection,
        "SELECT articles, independent FROM topic_trend('peace.treaty', 'day')"
        " WHERE period = '2026-04-01'",
    )
    assert found == [(3, 1)]


def test_ownership_is_that_of_the_day(store):
    source = a_source()
    days = [FIRST, FIRST + timedelta(days=10)]
    with store.writing() as writer:
        begin(writer, source)
        for day in days:
            item = an_item(source, f"https://alpha.example/{day}", NOON + (day - FIRST))
            article = an_article(item, f"Text of {day}")
            writer.load("run1", Batch(items=(item,), articles=(article,)), alone(article))
        writer.sync_sources([a_source(ownership="state")], day=FIRST + timedelta(days=5))
    found = answers(store, "SELECT day, ownership FROM attention_by_topic ORDER BY day")
    assert found == [(days[0], "independent"), (days[1], "state")]


def test_marts_do_not_depend_on_the_order_of_loading(tmp_path):
    tables = ("totals", "topic_days", "actor_days", "pair_days", "covered_days", "scores")
    found = []
    for order in (range(30), reversed(range(30))):
        store, source = Store(tmp_path / f"{len(found)}.duckdb"), a_source()
        with store.writing() as writer:
            begin(writer, source)
            for part in _in_parts(list(order), 10):
                items = [
                    an_item(source, f"https://alpha.example/{n}", NOON + timedelta(days=n))
                    for n in part
                ]
                articles = [an_article(item, item.item_id) for item in items]
                batch = Batch(items=tuple(items), articles=tuple(articles))
                writer.load("run1", batch, Links())
        found.append({table: answers(store, f"FROM {table} ORDER BY ALL") for table in tables})
    assert found[0] == found[1]


def _in_parts(values, size):
    return [values[n : n + size] for n in range(0, len(values), size)]
