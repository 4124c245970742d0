"""Linking again: from stored texts, as if all were loaded anew in any order."""

import random
from dataclasses import replace

import saved_site
from copy_cases import told_elsewhere
from dedup_cases import article, id_of, report, scanned
from reprocess_cases import again, ask, core, facts, prepare, would
from warehouse_cases import NOON

from flows.dedup import stories
from flows.dedup.link import link
from flows.model import Batch, Language, Tags
from warehouse.publish import publish
from warehouse.store import Store

DAY = 24 * 60


def test_what_was_loaded_in_any_order_is_linked_as_it_is(tmp_path, workers):
    stored = loaded(tmp_path, articles(), seed=5)
    done = again(tmp_path, workers, "dedup").stages["dedup"].document()
    assert (done["articles"], done["changed"]) == (10, 0)
    assert facts(tmp_path) == stored
    assert ask(tmp_path, "SELECT count(DISTINCT cluster_id) FROM clusters")[0][0] < 8


def test_links_that_were_lost_or_wrong_are_mended(folder, workers):
    before = facts(folder)
    with core(folder) as connection:
        connection.execute("""
            DELETE FROM duplicates;
            UPDATE clusters SET cluster_id = article_id, canonical = true, lag_seconds = 0;
            UPDATE fingerprints SET normal_hash = 'older';
            DELETE FROM sketches WHERE article_id IN (SELECT article_id FROM articles LIMIT 3);
            INSERT INTO common_hashes VALUES (1), (2);
            UPDATE articles SET novelty = 0.5;
            UPDATE items SET state = 'loaded', reason = NULL WHERE state = 'duplicate'
        """)
    seen = would(folder, workers, "dedup").stages["dedup"].document()
    done = again(folder, workers, "dedup").stages["dedup"].document()
    assert seen == done
    assert (done["pairs_gained"], done["other_fingerprints"], done["changed"]) == (1, 6, 6)
    assert facts(folder) == before


def test_a_second_run_changes_nothing(folder, workers):
    again(folder, workers, "dedup")
    before = facts(folder)
    assert again(folder, workers, "dedup").stages["dedup"].document()["changed"] == 0
    assert facts(folder) == before


def test_what_is_earlier_keeps_its_links_and_is_what_later_ones_repeat(tmp_path, workers):
    stored = loaded(tmp_path, articles(), seed=7)
    days = ask(tmp_path, "SELECT DISTINCT day FROM articles ORDER BY day")
    with core(tmp_path) as connection:
        later = f"(SELECT article_id FROM articles WHERE day >= '{days[2][0]}')"
        connection.execute(f"DELETE FROM duplicates WHERE article_id IN {later}")
        connection.execute(
            "UPDATE clusters SET cluster_id = article_id, canonical = true, lag_seconds = 0 "
            f"WHERE article_id IN {later}"
        )
    again(tmp_path, workers, "dedup", since=days[2][0])
    assert facts(tmp_path) == stored


def test_a_copy_that_is_found_again_is_back_in_its_story(tmp_path, workers):
    made = reports_of_an_event()
    stored = loaded(tmp_path, made, seed=3)
    assert {row[0] for row in stored["stories"]} == {id_of(each) for each in made[:3]}
    with core(tmp_path) as connection:
        connection.execute(
            """
            DELETE FROM duplicates;
            UPDATE clusters SET cluster_id = article_id, canonical = true, lag_seconds = 0;
            """
        )
        connection.execute("DELETE FROM stories WHERE article_id = ?", [id_of(made[2])])
    again(tmp_path, workers, "dedup")
    assert facts(tmp_path) == stored


def test_what_is_no_copy_any_more_leaves_the_story(tmp_path, workers):
    made = reports_of_an_event()
    stored = loaded(tmp_path, made, seed=3)
    stranger, wire = id_of(made[3]), id_of(made[0])
    with core(tmp_path) as connection:
        connection.execute(
            "UPDATE clusters SET cluster_id = ?, canonical = false, lag_seconds = 60 "
            "WHERE article_id = ?",
            [wire, stranger],
        )
        connection.execute(
            "INSERT INTO stories SELECT ?, story_id, score FROM stories WHERE article_id = ?",
            [stranger, wire],
        )
    again(tmp_path, workers, "dedup")
    assert facts(tmp_path) == stored


def reports_of_an_event():
    """Give a report, the same event in another language, a copy of that, and another event."""
    wire, stranger = report(1), report(2)
    other = told_elsewhere(wire)
    texts = [(wire, "en"), (other, "ru"), (scanned(other), "ru"), (stranger, "en")]
    return [
        _telling(article(text, minutes=place * 60, source=f"house{place}"), language)
        for place, (text, language) in enumerate(texts)
    ]


def _telling(tagged, language):
    made = replace(tagged.article, language=Language(language, 1.0, "test"))
    nothing = Tags(1.0, relevant=True, reason="test")
    return replace(
        tagged, article=made, story=stories.marks("", made.text, nothing, made.published_at)
    )


def articles():
    """Give reports of five days, copies of some on later ones, and a round-up."""
    texts = [report(n) for n in range(4)]
    texts += [scanned(texts[0]), scanned(texts[0], 2), texts[1], scanned(texts[1])]
    texts += [f"{report(9)} {texts[2]} {report(8)}", report(7)]
    return [
        article(text, minutes=place * DAY / 2, source=f"house{place}")
        for place, text in enumerate(texts)
    ]


def loaded(folder, made, seed: int):
    """Load articles in batches of any order, each linked when it comes; tagged as nothing."""
    (folder / "sources.toml").write_text(
        saved_site.sources_toml({"alpha": "http://127.0.0.1:48999"})
    )
    shuffled = random.Random(seed).sample(made, len(made))
    with Store(folder / "w.duckdb").writing() as writer:
        writer.start_run("run1", "ingest", NOON, "0.1", "v1")
        for begin in range(0, len(shuffled), 3):
            batch = tuple(_with_texts(each) for each in shuffled[begin : begin + 3])
            links = link(batch, writer.candidates(batch))
            writer.load("run1", Batch(articles=batch), links)
        writer.finish_run("run1", "completed", {}, NOON)
    _list_what_is_configured(folder)
    publish(folder / "w.duckdb")
    return facts(folder)


def _with_texts(tagged):
    return replace(tagged, article=replace(tagged.article, extractor="test"))


def _list_what_is_configured(folder):
    """Do what any run does at its start."""
    setup = prepare(folder)
    with setup.store.writing() as writer:
        writer.sync_sources(setup.sources)
        writer.sync_vocabulary(setup.vocabulary)
        writer.sync_seeds(setup.seeds)
