"""Tagging again: from the warehouse alone, and only what is others now."""

import json

import pytest
from reprocess_cases import again, ask, copied, core, facts, prepare, would

from flows.cli import main


def damage(folder) -> None:
    """Tag the stored articles as another vocabulary might have."""
    with core(folder) as connection:
        connection.execute("""
            UPDATE article_actors SET actor_id = 'usa' WHERE actor_id = 'arm';
            DELETE FROM mentions WHERE actor_id = 'arm';
            DELETE FROM article_topics;
            UPDATE articles SET relevant = false, relevance_reason = 'an older word list';
            UPDATE items SET state = 'off_topic', reason = 'an older word list'
            WHERE state = 'loaded'
        """)


def test_a_warehouse_tagged_by_this_vocabulary_changes_nothing(folder, workers):
    before = facts(folder)
    done = again(folder, workers, "tag")
    assert done.stages["tag"].document()["changed"] == 0
    assert facts(folder) == before


def test_what_another_vocabulary_tagged_is_as_if_loaded_anew(folder, workers):
    before = facts(folder)
    damage(folder)
    done = again(folder, workers, "tag").stages["tag"].document()
    assert (done["articles"], done["changed"]) == (6, 6)
    assert done["actors"]["arm"] == {"gained": 5, "lost": 0}
    assert done["actors"]["usa"] == {"gained": 0, "lost": 5}
    assert done["relevant"] == {"gained": 5, "lost": 0}
    assert facts(folder) == before


def test_a_dry_run_says_the_same_and_changes_nothing(folder, workers, tmp_path_factory):
    damage(folder)
    done = again(copied(folder, tmp_path_factory.mktemp("other")), workers, "tag")
    before = facts(folder)
    seen = would(folder, workers, "tag")
    assert seen.run_id == "dry-run"
    assert seen.stages["tag"].document() == done.stages["tag"].document()
    assert seen.stages["tag"].lists() == done.stages["tag"].lists()
    assert facts(folder) == before


def test_stories_are_told_anew_with_the_tags(folder, workers):
    """As if loaded anew: marks that are missing, or made by another vocabulary, and their links."""
    before = facts(folder)
    assert before["story_marks"]
    with core(folder) as connection:
        connection.execute("""
            DELETE FROM story_marks WHERE article_id IN (
              SELECT article_id FROM articles ORDER BY article_id LIMIT 2);
            UPDATE story_marks SET weights = [1 FOR each IN weights];
            INSERT INTO story_links SELECT article_id, 'gone', 0.9 FROM articles LIMIT 1;
            INSERT INTO stories SELECT article_id, 'gone', 0.9 FROM articles LIMIT 1
        """)
    done = again(folder, workers, "tag").stages["tag"].document()
    assert done["changed"] == 6
    assert facts(folder) == before
    assert again(folder, workers, "tag").stages["tag"].document()["changed"] == 0


def test_only_articles_since_a_day_are_tagged_again(folder, workers):
    damage(folder)
    day = prepare(folder).now().date().replace(day=23)
    assert again(folder, workers, "tag", since=day).stages["tag"].document()["articles"] == 0


def test_the_run_says_what_it_was_and_by_which_vocabulary(folder, workers):
    done = again(folder, workers, "tag")
    [(state, vocabulary, counts)] = ask(
        folder, "SELECT state, vocabulary_version, counts FROM runs WHERE flow = 'reprocess'"
    )
    assert (state, vocabulary) == ("completed", prepare(folder).vocabulary.version)
    assert json.loads(counts)["stages"]["tag"]["articles"] == 6
    assert json.loads(counts)["run_id"] == done.run_id


def test_the_command_does_all_three_stages_and_prints_one_document(folder, capfd):
    damage(folder)
    places = ("--db", str(folder / "w.duckdb"), "--sources", str(folder / "sources.toml"))
    with pytest.raises(SystemExit) as ended:
        main([*places, "--json", "reprocess"])
    out, _ = capfd.readouterr()
    assert ended.value.code == 0
    stages = json.loads(out)["stages"]
    assert list(stages) == ["extract", "dedup", "tag"]
    tag = stages["tag"]
    assert len(tag["changed_articles"]) == tag["changed"] == 6
