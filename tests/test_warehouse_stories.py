"""Stories as stored: whatever the order of loads, and untouched by what is unrelated."""

import random

import pytest
from story_cases import (
    FIRE,
    MATCH,
    NOON,
    SOURCE,
    alone,
    groups,
    id_of,
    load,
    report,
    stored,
    told,
    vector,
)
from warehouse_cases import begin, copies

from flows.model import Batch
from warehouse.store import Store

EVENTS = told({"fire": FIRE, "match": MATCH})
FIRE_STORY = {f"fire-{language}" for language in FIRE}
MATCH_STORY = {"match-en", "match-ru"}


def test_an_event_told_in_several_languages_is_one_story(store):
    load(store, *EVENTS.values())
    assert groups(store, EVENTS) == {frozenset(FIRE_STORY), frozenset(MATCH_STORY)}


def test_reports_of_other_days_are_other_stories(store):
    far = told({"fire": FIRE}, hours=72)
    load(store, *far.values())
    assert stored(store) == {}


def test_an_article_alone_is_in_no_story(store):
    load(store, EVENTS["fire-en"], EVENTS["match-ru"])
    assert stored(store) == {}


def test_a_new_article_joins_a_stored_story_and_an_unrelated_one_changes_nothing(store):
    late = EVENTS["fire-tr"]
    rest = {key: tagged for key, tagged in EVENTS.items() if tagged is not late}
    load(store, *rest.values())
    before = stored(store)
    load(store, late)
    after = stored(store)
    assert {key: row for key, row in after.items() if key in before} == before
    assert after[id_of(late)][0] == before[id_of(EVENTS["fire-en"])][0]
    load(store, *(report(f"other{n}", "tr", text=f"Vali {n} Kars.") for n in range(5)))
    assert stored(store) == after


def test_stories_of_many_loads_told_at_once_are_those_told_after_each(store, tmp_path):
    at_once, articles = Store(tmp_path / "once.duckdb"), list(EVENTS.values())
    random.Random(3).shuffle(articles)
    for tagged in articles:
        load(store, tagged)
        stored(store)  # tells what was put off
        load(at_once, tagged)
    assert stored(at_once) == stored(store) != {}


def test_loading_again_changes_nothing(store):
    load(store, *EVENTS.values())
    before = stored(store)
    load(store, *EVENTS.values(), run="run2")
    assert stored(store) == before


def test_the_earliest_names_the_story_however_late_it_comes(store):
    first = report("first", "az", hours=-1, text=FIRE["tr"])
    load(store, *EVENTS.values())
    load(store, first)
    assert stored(store)[id_of(EVENTS["fire-ka"])][0] == id_of(first)


def test_a_copy_follows_into_the_story(store):
    copy = report("copy", "ru", hours=9, text="Ten words that copy another text.")
    load(store, EVENTS["fire-en"], EVENTS["fire-ru"])
    load(store, copy, links=copies([EVENTS["fire-ru"], copy]))
    assert stored(store)[id_of(copy)] == stored(store)[id_of(EVENTS["fire-ru"])]


def test_a_text_that_now_tells_something_else_leaves_its_story(store):
    load(store, *EVENTS.values())
    load(store, report("fire-en", "en", text="Nothing has happened since then."))
    assert groups(store, EVENTS) == {
        frozenset(FIRE_STORY - {"fire-en"}),
        frozenset(MATCH_STORY),
    }


def test_a_forgotten_article_leaves_the_rest_its_story(store):
    load(store, *EVENTS.values())
    with store.writing() as writer:
        writer.forget(frozenset({id_of(EVENTS["fire-en"])}), NOON, "asked")
    assert groups(store, EVENTS) == {
        frozenset(FIRE_STORY - {"fire-en"}),
        frozenset(MATCH_STORY),
    }
    with store.writing() as writer:
        writer.forget(frozenset({id_of(EVENTS["match-ru"])}), NOON, "asked")
    assert groups(store, EVENTS) == {frozenset(FIRE_STORY - {"fire-en"})}


def crowd(chance):
    """Forty articles of four languages over three days, many of them alike by chance."""
    names = "abcdefgh"
    return {
        f"{n}": report(
            f"{n}", chance.choice(("en", "ru", "ka", "tr")), hours=chance.uniform(0, 72),
            marks=vector(**{name: chance.uniform(0.2, 1) for name in chance.sample(names, 4)}),
        )
        for n in range(40)
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_stories_do_not_depend_on_the_order_and_the_batches_of_loads(tmp_path, seed):
    chance = random.Random(seed)
    articles = list(crowd(chance).values())
    whole = Store(tmp_path / "whole.duckdb")
    load(whole, *articles)
    parts = Store(tmp_path / "parts.duckdb")
    shuffled = chance.sample(articles, len(articles))
    with parts.writing() as writer:
        begin(writer, SOURCE)
        for at in range(0, len(shuffled), 7):
            batch = shuffled[at : at + 7]
            writer.load("run1", Batch(articles=tuple(batch)), alone(*batch))
    assert stored(parts) == stored(whole) != {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_forgetting_leaves_what_there_would_be_without(tmp_path, seed):
    chance = random.Random(seed)
    articles = list(crowd(chance).values())
    gone = chance.sample(articles, 12)
    store, without = Store(tmp_path / "all.duckdb"), Store(tmp_path / "without.duckdb")
    load(store, *articles)
    load(without, *(each for each in articles if each not in gone))
    with store.writing() as writer:
        writer.forget(frozenset(map(id_of, gone)), NOON, "asked")
    assert stored(store) == stored(without) != {}


def test_a_rebuild_tells_the_same_stories(store, tmp_path):
    load(store, *EVENTS.values())
    before = stored(store)
    store.path.rename(tmp_path / "lost.duckdb")
    store.rebuild()
    assert stored(store) == before
