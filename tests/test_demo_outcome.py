"""What a run made of the newsroom is compared with the truth file, case by case."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import pytest

from flows.demo import truth
from flows.demo.newsroom import Newsroom, serve
from flows.demo.outcome import Observed, Outcome, compare, observe
from flows.ids import feed_id

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
pytestmark = pytest.mark.allow_hosts(["127.0.0.0/8"])

_TABLES = """
CREATE TABLE items (url VARCHAR, article_id VARCHAR, state VARCHAR);
CREATE TABLE articles (article_id VARCHAR, relevant BOOLEAN, language VARCHAR);
CREATE TABLE clusters (article_id VARCHAR, cluster_id VARCHAR, canonical BOOLEAN);
CREATE TABLE duplicates
  (article_id VARCHAR, of_article_id VARCHAR, of_seed_id VARCHAR, kind VARCHAR);
CREATE TABLE seed_documents (seed_id VARCHAR, title VARCHAR);
CREATE TABLE article_actors (article_id VARCHAR, actor_id VARCHAR);
CREATE TABLE article_topics (article_id VARCHAR, topic_id VARCHAR);
CREATE TABLE stories (article_id VARCHAR, story_id VARCHAR);
CREATE TABLE namings (article_id VARCHAR, place_id VARCHAR, variant VARCHAR, quoted BOOLEAN);
CREATE TABLE feeds (feed_id VARCHAR, state VARCHAR);
CREATE TABLE polls (feed_id VARCHAR, polled_at INTEGER, outcome VARCHAR);
"""


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve(NOW) as running:
        yield running


@pytest.fixture
def perfect() -> Outcome:
    expected = truth.load()
    return Outcome(
        stories={
            key: Observed(
                state=str(case.state),
                relevant=case.relevant,
                language=case.language,
                actors=case.actors | {"ukr"},
                topics=case.topics,
                namings=case.namings,
                repeats=frozenset(
                    {(str(case.repeats.kind), case.repeats.of)} if case.repeats else ()
                ),
                cluster=case.cluster,
                story=case.story,
            )
            for key, case in expected.stories.items()
        },
        feeds={key: (str(case.outcome), str(case.state)) for key, case in expected.feeds.items()},
    )


def _differences(found: Outcome, key: str) -> tuple[str, ...]:
    return next(v for v in compare(truth.load(), found) if v.key == key).differences


def _changed(perfect: Outcome, key: str, **fields: object) -> Outcome:
    stories = dict(perfect.stories)
    stories[key] = replace(stories[key], **fields)
    return replace(perfect, stories=stories)


def test_a_perfect_run_agrees_in_every_case(perfect):
    assert [v for v in compare(truth.load(), perfect) if not v.agrees] == []


def test_a_missing_story_and_a_missing_feed_are_named(perfect):
    nothing = Outcome(stories={}, feeds={})
    assert not any(v.agrees for v in compare(truth.load(), nothing))


def test_a_pair_that_should_not_be_is_a_difference(perfect):
    key = "xezer-xeber/mina-hesabati-2"
    pair = frozenset({("near", "xezer-xeber/mina-hesabati-1")})
    assert "duplicate" in _differences(_changed(perfect, key, repeats=pair), key)[0]


def test_a_copy_must_end_as_duplicate_and_be_paired(perfect):
    key = "xezer-xeber/en-second-round"
    assert _differences(_changed(perfect, key, state="loaded"), key) != ()
    assert _differences(_changed(perfect, key, repeats=frozenset()), key) != ()


def test_a_trap_that_snapped_is_named(perfect):
    key = "arax-courier/detainees-returned"
    found = _changed(perfect, key, actors=perfect.stories[key].actors | {"fra"})
    assert _differences(found, key) == ("actors: fra is a trap",)


def test_a_missing_naming_is_named(perfect):
    key = "kura-vestnik/stepanakert-arhiv"
    found = _changed(perfect, key, namings=frozenset())
    assert "namings: stepanakert as Stepanakert (own) is missing" in _differences(found, key)


def test_a_warehouse_is_read_by_the_newsrooms_own_keys(newsroom):
    copy, original = "xezer-xeber/en-corridor-study", "arax-courier/corridor-feasibility"
    feed = feed_id("kars-postasi", newsroom.feed_url("kars-postasi/rss"))
    with duckdb.connect() as connection:
        connection.execute(_TABLES)
        connection.executemany(
            "INSERT INTO items VALUES (?, ?, ?)",
            [(newsroom.url(original), "a", "loaded"), (newsroom.url(copy), "b", "duplicate")],
        )
        connection.execute("INSERT INTO articles VALUES ('a', true, 'en'), ('b', true, 'en')")
        connection.execute("INSERT INTO clusters VALUES ('a', 'c', true), ('b', 'c', false)")
        connection.execute("INSERT INTO duplicates VALUES ('b', 'a', NULL, 'exact')")
        connection.execute("INSERT INTO article_actors VALUES ('b', 'arm')")
        connection.execute("INSERT INTO namings VALUES ('b', 'stepanakert', 'Khankendi', true)")
        connection.execute("INSERT INTO stories VALUES ('b', ?)", [original])
        connection.execute("INSERT INTO feeds VALUES (?, 'active')", [feed])
        connection.execute(
            "INSERT INTO polls VALUES ($1, 1, 'failed'), ($1, 2, 'ok'), ($1, 3, 'not_modified')",
            [feed],
        )
        found = observe(connection, newsroom)
    assert found.stories[copy] == Observed(
        state="duplicate",
        relevant=True,
        language="en",
        actors=frozenset({"arm"}),
        topics=frozenset(),
        namings=frozenset({("stepanakert", "Khankendi", "quoted")}),
        repeats=frozenset({("exact", original)}),
        cluster=original,
        story=original,
    )
    assert found.feeds == {"kars-postasi/rss": ("ok", "active")}


def test_keys_survive_percent_encoding(newsroom):
    key = "sevan-lur/lisii-banakcutyunner"
    assert "%" in newsroom.url(key)
    with duckdb.connect() as connection:
        connection.execute(_TABLES)
        connection.execute("INSERT INTO items VALUES (?, 'a', 'loaded')", [newsroom.url(key)])
        assert list(observe(connection, newsroom).stories) == [key]
