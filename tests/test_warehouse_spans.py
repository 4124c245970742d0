"""Questions over any span of days are answered from marts as the articles themselves would."""

from datetime import date, timedelta

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

from flows.model import ActorTag, Batch, Links, Membership, TopicTag
from warehouse import reader
from warehouse.store import Store

FIRST = date(2026, 3, 2)
SPANS = [(0, 20), (0, 0), (3, 4), (5, 9), (-30, 60)]
ACTORS = ("arm", "aze", "geo", "rus")
VOICE_OF_ARTICLES = """
    SELECT k.actor_id, count(*) AS articles, count(DISTINCT c.cluster_id)
    FROM article_actors AS k JOIN article_topics AS t USING (article_id)
    JOIN articles AS a USING (article_id) JOIN clusters AS c USING (article_id)
    WHERE a.relevant AND t.topic_id = 'peace.treaty' AND a.day BETWEEN '{since}' AND '{until}'
    GROUP BY ALL ORDER BY articles DESC, k.actor_id
"""
ORIGINATORS_OF_ARTICLES = """
    SELECT a.source_id, count(*) FILTER (c.canonical) AS first,
      count(*) FILTER (NOT c.canonical) AS copied,
      median(c.lag_seconds) FILTER (NOT c.canonical) / 3600
    FROM articles AS a JOIN clusters AS c USING (article_id)
    WHERE a.relevant AND a.day BETWEEN '{since}' AND '{until}' AND c.cluster_id IN (
      SELECT cluster_id FROM clusters GROUP BY cluster_id HAVING count(*) > 1)
    GROUP BY a.source_id ORDER BY first DESC, copied, a.source_id
"""
VOICE = """
    SELECT id, articles, independent
    FROM share_of_voice_in_topic('peace.treaty', '{since}', '{until}')
"""
ORIGINATORS = """
    SELECT source_id, first, copied, median_lag_hours FROM originators('{since}', '{until}')
"""


def the_same(store, macro, plain):
    for since, until in SPANS:
        span = {"since": FIRST + timedelta(days=since), "until": FIRST + timedelta(days=until)}
        assert answers(store, macro.format(**span)) == answers(store, plain.format(**span)), span


def told(source, day):
    """Give an article of a day; which actors and whether it counts depends on the day."""
    at = NOON + timedelta(days=day, minutes=len(source.source_id))
    item = an_item(source, f"https://{source.source_id}.example/{day}", at)
    named = [actor for n, actor in enumerate(ACTORS) if (day + n) % 3]
    return item, an_article(
        item,
        f"{source.source_id} on day {day}",
        relevant=bool(day % 7),
        actors=tuple(ActorTag(actor, 1, 0.5, principal=True) for actor in named),
        topics=(TopicTag("peace.treaty" if day % 5 else "war.clash", 1.0, ()),),
    )


def loaded(store, found, links, run):
    items, articles = [item for item, _ in found], tuple(article for _, article in found)
    with store.writing() as writer:
        begin(writer, *{item.source_id: a_source(item.source_id) for item in items}.values(),
              run=run)  # fmt: skip
        writer.load(run, Batch(items=tuple(items), articles=articles), links)


@pytest.fixture
def copied(store):
    """Give a store in which beta and gamma repeat what alpha told one and three days before."""
    alpha = [told(a_source("alpha"), day) for day in range(12)]
    loaded(store, alpha, alone(*(article for _, article in alpha)), "run1")
    answers(store, "SELECT 1")  # published before the copies come
    for name, late in (("beta", 1), ("gamma", 3)):
        found = [told(a_source(name), day + late) for day in range(0, 12, 2)]
        links = Links(memberships=tuple(
            Membership(copy.article_id, alpha[day][0].article_id, False, 86_400.0 * late)  # noqa: FBT003
            for day, (copy, _) in zip(range(0, 12, 2), found, strict=True)
        ))  # fmt: skip
        loaded(store, found, links, f"run-{name}")
    return store


def test_who_dominates_in_a_topic_counts_a_story_of_many_days_once(copied):
    the_same(copied, VOICE, VOICE_OF_ARTICLES)
    span = "'2026-03-02', '2026-04-30'"
    found = answers(copied, f"FROM share_of_voice_in_topic('peace.treaty', {span})")
    assert sum(share for *_, share in found) == pytest.approx(1)
    assert any(independent < articles for _, articles, independent, _ in found)


def test_who_copies_counts_a_copy_that_came_after_its_day_was_published(copied):
    the_same(copied, ORIGINATORS, ORIGINATORS_OF_ARTICLES)
    found = answers(copied, "FROM originators('2026-03-02', '2026-04-30')")
    assert {source for source, *_ in found} == {"alpha", "beta", "gamma"}


def test_a_story_whose_first_article_is_forgotten_is_counted_anew(copied):
    first = answers(copied, "SELECT cluster_id FROM shared_articles ORDER BY day LIMIT 1")[0][0]
    with copied.writing() as writer:
        writer.forget(frozenset({first}), NOON, "asked")
    assert answers(copied, f"FROM shared_articles WHERE cluster_id = '{first}'") == []
    assert answers(copied, f"FROM topic_actor_repeats WHERE cluster_id = '{first}'") == []
    the_same(copied, VOICE, VOICE_OF_ARTICLES)
    the_same(copied, ORIGINATORS, ORIGINATORS_OF_ARTICLES)


def test_marts_of_stories_do_not_depend_on_when_they_were_published(copied):
    tables = (
        "shared_articles",
        "topic_actor_days",
        "topic_actor_repeats",
        "pair_weeks",
        "pair_months",
    )
    before = {table: answers(copied, f"FROM {table} ORDER BY ALL") for table in tables}
    with copied.writing() as writer:
        writer.doubt_marts()
    assert {table: answers(copied, f"FROM {table} ORDER BY ALL") for table in tables} == before
    assert all(before.values())


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("spans") / "araxes.duckdb")
    filled(store)
    answers(store, "SELECT 1")
    with reader.connect(store.path) as connection:
        yield connection


def test_who_appears_together_adds_weeks_and_days_up_to_the_same(connection):
    for since in range(-2, 16):
        for until in (*range(since - 1, 17), 40):
            span = [FIRST + timedelta(days=since), FIRST + timedelta(days=until)]
            found = connection.execute(
                "SELECT actor_a, actor_b, articles FROM together($1, $2)", span
            ).fetchall()
            expected = connection.execute(
                """
                SELECT actor_a, actor_b, sum(articles) AS articles FROM pair_days
                WHERE day BETWEEN $1 AND $2 GROUP BY ALL ORDER BY articles DESC, 1, 2
                """,
                span,
            ).fetchall()
            assert found == expected, span


def test_a_day_ends_when_the_next_begins_in_the_region(connection):
    found = connection.execute("""
        SELECT local_day(day_end(DATE '2026-03-02')),
          local_day(day_end(DATE '2026-03-02') - INTERVAL 1 MICROSECOND),
          local_day(day_end(DATE '9999-12-30') - INTERVAL 1 MICROSECOND)
    """).fetchall()
    assert found == [(date(2026, 3, 3), date(2026, 3, 2), date(9999, 12, 30))]


def test_all_who_told_it_on_the_earliest_day_were_first(connection):
    weeks = connection.execute("""
        SELECT list(perspective ORDER BY perspective) FROM divergence WHERE was_first GROUP BY week
    """).fetchall()
    assert (["AM", "AZ", "regional"],) in weeks


def test_feeds_are_judged_by_the_end_of_the_day_asked_for(store):
    source = a_source()
    late = [an_item(source, f"https://alpha.example/{n}", NOON + timedelta(days=n)) for n in (0, 2)]
    for n, item in enumerate(late):
        run_of(store, source, [item], [an_article(item, f"Text {n}")], run=f"run{n}")
    with store.writing() as writer:
        begin(writer, source, run="run9")
        writer.record_polls(
            "run9", [a_poll(source, [], NOON + timedelta(hours=11, minutes=59))], []
        )
        writer.record_polls("run9", [a_poll(source, [], NOON + timedelta(hours=12))], [])
    rated = "SELECT success_rate_7d, articles_7d FROM feed_health_at('{}')"
    assert answers(store, rated.format("2026-03-01")) == [(None, 0)]
    assert answers(store, rated.format("2026-03-02"))[0][0] == 1.0
