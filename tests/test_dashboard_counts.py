"""Every mark counts exactly the articles it lists, and gaps are never zeros."""

import random
from dataclasses import replace
from datetime import date, timedelta

import dashboard_data
import pytest

from dashboards import catalogue, facts, figures, marts, notes, tops
from dashboards.behind import Page, behind
from dashboards.charts import Point
from dashboards.counts import count, silences
from dashboards.gaps import periods
from dashboards.marks import Grain, Kind, Question, Voice, wilson
from dashboards.query import Query
from dashboards.scope import Scope, Split
from dashboards.screens import reprints
from dashboards.snapshot import Snapshot
from warehouse import reader, receipts

MADE = dashboard_data.Made(articles=1_200, days=40)
SCOPE = Scope(MADE.last - timedelta(days=29), MADE.last)
ALL_ROWS = Page(size=1_000_000)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    core = tmp_path_factory.mktemp("dashboard") / "made.duckdb"
    dashboard_data.make(core, MADE)
    with reader.connect(core) as connection:
        yield Snapshot(str(core), connection)


def questions(snapshot):
    outlets = tuple(catalogue.outlets(snapshot))
    topics = tuple(tops.top_ids(snapshot, Kind.TOPIC, SCOPE, 6))
    actors = tuple(tops.top_ids(snapshot, Kind.ACTOR, SCOPE, 6))
    families = tuple(dict.fromkeys(topic.split(".")[0] for topic in topics))
    pairs = tuple(f"{min(a, b)}~{max(a, b)}" for a in actors for b in actors if a < b)
    narrow = replace(SCOPE, perspectives=("AM", "AZ"), languages=("hy", "az"))
    return (
        Question(SCOPE, split=Split.PERSPECTIVE),
        Question(SCOPE, Kind.TOPIC, topics),
        Question(narrow, Kind.TOPIC, topics, Split.SOURCE, Grain.WEEK),
        Question(SCOPE, Kind.TOPIC, topics, across=Split.PERSPECTIVE),
        Question(SCOPE, Kind.ACTOR, actors, Split.OWNERSHIP, Grain.MONTH),
        Question(SCOPE, Kind.ACTOR, actors, across=None),
        Question(SCOPE, Kind.PAIR, pairs, across=None),
        Question(SCOPE, Kind.NAME, ("stepanakert",), across=Split.COUNTRY, within=True),
        Question(SCOPE, Kind.NAME, ("stepanakert",), within=True, voice=Voice.OWN),
        Question(SCOPE, Kind.PLACE, ("stepanakert",), across=None),
        Question(SCOPE, Kind.COPY, outlets, across=Split.SOURCE),
        Question(SCOPE, Kind.COPY, outlets, Split.SOURCE, across=None),
        Question(SCOPE, Kind.TOPIC, topics, Split.PERSPECTIVE, Grain.WEEK),
        Question(SCOPE, Kind.TOPIC, topics[:1], Split.LANGUAGE, Grain.WEEK),
        Question(SCOPE, Kind.TOPIC, families),
        Question(narrow, Kind.PAIR, pairs, across=None),
        Question(SCOPE, Kind.PUBLISHED, split=Split.SOURCE),
        Question(SCOPE, Kind.SEED, ("seed-1", "seed-2"), across=Split.RELATION),
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", range(18))
@pytest.mark.parametrize("independent", [False, True])
def test_the_list_behind_a_mark_is_as_long_as_its_count(snapshot, number, independent):
    question = replace(questions(snapshot)[number], independent=independent)
    marks = count(snapshot, question)
    assert marks
    for mark in random.Random(number).sample(marks, min(30, len(marks))):
        listed = behind(snapshot, question, (mark.series, mark.key), ALL_ROWS)
        assert len({article.article_id for article in listed}) == mark.articles
        assert {article.total for article in listed} == {mark.articles}


@pytest.mark.parametrize("number", range(18))
def test_the_day_marts_count_what_the_articles_count(snapshot, number):
    question = questions(snapshot)[number]
    pairs = []
    if marts.know_found(question):
        pairs.append((marts.found(question), facts.found(question)))
    if marts.know_published(question):
        pairs.append((marts.published(question), facts.published(question)))
    for mart, fact in pairs:
        assert ask(snapshot, question, mart) == ask(snapshot, question, fact) != set()


def test_the_usual_questions_are_answered_from_the_day_marts(snapshot):
    known = [marts.know_found(question) for question in questions(snapshot)]
    assert known.count(True) >= 7


def ask(snapshot, question, sql):
    with snapshot.cursor() as cursor:
        return set(cursor.execute(Query(sql, question.given()).literal()).fetchall())


@pytest.mark.parametrize("number", range(18))
def test_the_receipt_of_a_chart_stands(snapshot, number):
    question = replace(questions(snapshot)[number], independent=number % 2 == 1)
    receipt = receipts.parse(notes.note(snapshot, notes.source("A title", question)).receipt)
    assert receipt.rows == len(count(snapshot, question)) > 0
    assert receipt.evidence
    assert receipts.replay(snapshot.connection, receipt).stands


def test_the_pages_of_a_list_make_up_the_whole_without_repeats(snapshot):
    question = Question(SCOPE, across=None)
    (mark,) = count(snapshot, question)
    parts = [behind(snapshot, question, ("all", "all"), Page(n, 500)) for n in range(5)]
    ids = [article.article_id for part in parts for article in part]
    assert len(ids) == len(set(ids)) == mark.articles


def test_counts_are_those_of_the_warehouse_view(snapshot):
    topics = tuple(tops.top_ids(snapshot, Kind.TOPIC, SCOPE, 4))
    marks = count(snapshot, Question(SCOPE, Kind.TOPIC, topics))
    found = snapshot.connection.execute(
        """
        SELECT topic_id, CAST(day AS VARCHAR), sum(articles) FROM attention_by_topic
        WHERE day BETWEEN ? AND ? AND topic_id IN (SELECT unnest(?)) GROUP BY ALL
        """,
        [SCOPE.since, SCOPE.until, list(topics)],
    ).fetchall()
    assert {(m.series, m.key, m.articles) for m in marks} == set(found)


def test_shares_are_of_all_that_the_same_sources_published(snapshot):
    scope = replace(SCOPE, sources=("source-1",))
    (mark,) = count(snapshot, Question(scope, across=None))
    published = snapshot.connection.execute(
        "SELECT sum(articles) FROM coverage WHERE source_id = 'source-1' AND day BETWEEN ? AND ?",
        [SCOPE.since, SCOPE.until],
    ).fetchone()
    assert (mark.of,) == published
    assert mark.articles < mark.of


def test_a_silent_day_still_has_its_denominator(snapshot):
    question = Question(SCOPE, Kind.TOPIC, ("no.such.topic",))
    marks = silences(snapshot, question, ("no.such.topic",))
    assert len(marks) == 30
    assert all(mark.articles == 0 < mark.of for mark in marks)


def test_days_on_which_feeds_were_down_are_gaps(snapshot):
    outage = {MADE.last - timedelta(days=ago) for ago in (20, 21, 22)}
    gaps = {period.first for period in periods(snapshot, SCOPE, Grain.DAY) if period.gap}
    assert outage == gaps


def test_a_source_that_was_never_down_has_no_gaps(snapshot):
    scope = replace(SCOPE, sources=("source-9",))
    assert not any(period.gap for period in periods(snapshot, scope, Grain.DAY))


def test_where_nothing_was_seen_the_line_has_no_value(snapshot):
    scope = replace(SCOPE, sources=dashboard_data.OUTAGE)
    question = Question(scope, Kind.TOPIC, tuple(tops.top_ids(snapshot, Kind.TOPIC, SCOPE, 1)))
    asked = figures.Asked(snapshot, question, {}, share=True)
    points = figures.points(asked, periods(snapshot, scope, Grain.DAY))
    dark = [point for point in points if point.value is None]
    assert [date.fromisoformat(point.key) for point in dark] == [
        MADE.last - timedelta(days=ago) for ago in (22, 21, 20)
    ]
    assert all(isinstance(point, Point) for point in points)


def test_weeks_and_months_are_named_by_their_first_day(snapshot):
    for grain in (Grain.WEEK, Grain.MONTH):
        question = Question(SCOPE, across=grain)
        asked = figures.Asked(snapshot, question, {}, share=True)
        points = figures.points(asked, periods(snapshot, SCOPE, grain))
        marks = count(snapshot, question)
        assert {point.key for point in points} == {mark.key for mark in marks}
        assert sum(point.articles for point in points) == sum(mark.articles for mark in marks)


def test_a_story_shows_its_versions_in_every_language(snapshot):
    with snapshot.cursor() as cursor:
        story, members = cursor.execute("""
            SELECT any_value(c.cluster_id), count(*) FROM stories AS s
            JOIN clusters AS c USING (article_id)
            GROUP BY s.story_id HAVING count(*) > 4 ORDER BY s.story_id LIMIT 1
        """).fetchone()
    told = reprints.versions(snapshot, story)
    assert len(told) == members
    assert len({version.language for version in told}) > 1
    assert [version.language for version in told] == sorted(version.language for version in told)
    assert reprints.versions(snapshot, "no such story") == ()


def test_an_interval_is_wilsons():
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(5, 10)
    assert (round(low, 4), round(high, 4)) == (0.2366, 0.7634)
    assert wilson(0, 10)[0] == 0.0


def test_every_filter_narrows(snapshot):
    (whole,) = count(snapshot, Question(SCOPE, across=None))
    for narrowed in (
        replace(SCOPE, sources=("source-0",)),
        replace(SCOPE, languages=("ka",)),
        replace(SCOPE, ownerships=("state",)),
        replace(SCOPE, perspectives=("RU",)),
        replace(SCOPE, countries=("TR",)),
    ):
        (part,) = count(snapshot, Question(narrowed, across=None))
        assert 0 < part.articles < whole.articles
