"""The whole pipeline over the newsroom, held against its truth file, case by case."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from flows.commands.demoing import ingest_at, judge
from flows.demo import newsroom, truth
from flows.demo.outcome import observe
from flows.settings import Settings
from warehouse.reader import connect

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
pytestmark = [pytest.mark.allow_hosts(["127.0.0.0/8"]), pytest.mark.slow]

# Cases of the truth file that do not end as planned yet; each stands for work still open.
AWAITED: frozenset[str] = frozenset()


class History:
    """What a replay of the newsroom's weeks left behind; made once for all tests."""

    def __init__(self, folder: Path) -> None:
        self.db = folder / "demo.duckdb"
        settings = Settings(self.db, folder / "sources.toml", db_given=True, verbosity=-1)
        with newsroom.serve(NOW) as room:
            self.summaries = ingest_at(settings, room, self.db, room.moments)
            self.verdicts = judge(room, self.db)
            with connect(self.db) as connection:
                self.found = observe(connection, room).stories

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with connect(self.db) as connection:
            return connection.sql(query).fetchall()


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(tmp_path_factory.mktemp("newsroom"))


def test_the_warehouse_agrees_with_the_truth_file(history):
    differ = {v.key: v.differences for v in history.verdicts if not v.agrees}
    assert {key: found for key, found in differ.items() if key not in AWAITED} == {}


def test_every_entry_seen_is_accounted_for(history):
    for summary in history.summaries:
        assert summary.seen == summary.known + sum(summary.states.values())


def test_the_burst_stands_out_from_the_weeks_around_it(history):
    weeks = history.rows("SELECT articles FROM topic_trend('corridor.zangezur', 'week')")
    counts = sorted((int(str(row[0])) for row in weeks), reverse=True)
    assert counts[0] >= 4 * max(counts[2], 1)


def test_the_outage_is_a_gap_and_not_a_zero(history):
    gaps = history.rows("SELECT day FROM coverage WHERE source_id = 'kars-postasi' AND gap")
    assert ((NOW - timedelta(days=23.5)).date(),) in gaps


def test_outlets_name_one_town_differently(history):
    named = history.rows("""
        SELECT source_id, variant FROM namings JOIN articles USING (article_id)
        WHERE place_id = 'stepanakert'
    """)
    assert {("kura-vestnik", "Stepanakert"), ("xezer-xeber", "Khankendi")} <= set(named)


def test_the_burst_is_found_on_the_day_the_study_came_out(history):
    found = history.rows("SELECT day, id FROM bursts WHERE kind = 'topic'")
    assert ((NOW - timedelta(days=9)).date(), "corridor.zangezur") in found


def pairs_of(stories):
    """Give the pairs of articles that tell one story, by keys."""
    return {
        (one, other)
        for one, other in combinations(sorted(stories), 2)
        if stories[one] == stories[other]
    }


def test_articles_of_one_event_are_told_as_one_story(history):
    true = {key: case.story for key, case in truth.load().stories.items() if case.story}
    told = {key: found.story for key, found in history.found.items() if found.story}
    found = pairs_of({key: story for key, story in told.items() if key in true})
    assert found <= pairs_of(true)
    assert len(found) >= 0.8 * len(pairs_of(true))
