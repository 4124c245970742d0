"""Extracting again: from the archive alone, a revision only where words changed."""

import json
from datetime import UTC, datetime

from reprocess_cases import again, ask, core, facts, would

from flows.collect.http import Answer
from flows.collect.warc import Archive

OLD = "An older extractor kept the cookie notice instead of the envoys and their treaty."


def as_older(folder, *pages: str) -> None:
    """Give some articles the words that an older extractor might have found."""
    with core(folder) as connection:
        for name in pages:
            connection.execute(
                "UPDATE articles SET text = ?, content_hash = 'old', extractor = 'old/1', "
                "word_count = 14 WHERE url LIKE ?",
                [OLD, f"%/page/{name}"],
            )


def test_what_the_present_extractor_read_changes_nothing(folder, workers):
    before = facts(folder)
    done = again(folder, workers, "extract").stages["extract"].document()
    assert (done["articles"], done["changed"]) == (6, 0)
    assert facts(folder) == before


def test_a_text_that_changed_is_replaced_everywhere_and_kept_as_a_revision(folder, workers):
    before = facts(folder)
    as_older(folder, "0")
    done = again(folder, workers, "extract").stages["extract"]
    assert done.document()["revised"] == 1
    [(revision, text)] = ask(folder, "SELECT revision, text FROM revisions")
    assert (revision, text) == (1, OLD)
    after = facts(folder)
    for name in after.keys() - {"articles", "revisions"}:
        assert after[name] == before[name], name
    run = ask(folder, "SELECT run_id FROM runs WHERE flow = 'reprocess'")[0]
    kept = "SELECT * EXCLUDE (run_id) FROM articles ORDER BY ALL"
    assert ask(folder, kept)
    assert ask(folder, f"SELECT count(*) FROM articles WHERE run_id = '{run[0]}'") == [(1,)]
    assert ask(folder, "SELECT count(*) FROM search('cookie')") == [(0,)]


def test_the_summary_counts_words_and_shows_the_change(folder, workers):
    as_older(folder, "0", "2")
    [first, second] = again(folder, workers, "extract").stages["extract"].lists()["biggest"]
    assert first["words_added"] >= second["words_added"] > 100
    assert first["words_removed"] > 5
    assert f"-{OLD}" in first["diff"].split("\n")


def test_other_facts_of_the_same_words_are_mended_without_a_revision(folder, workers):
    before = ask(folder, "SELECT * EXCLUDE (run_id) FROM articles ORDER BY ALL")
    with core(folder) as connection:
        connection.execute("UPDATE articles SET language = 'de' WHERE url LIKE '%/page/2'")
    done = again(folder, workers, "extract").stages["extract"].document()
    assert (done["revised"], done["only_facts"]) == (0, 1)
    assert ask(folder, "SELECT * EXCLUDE (run_id) FROM articles ORDER BY ALL") == before
    assert ask(folder, "FROM revisions") == []


def test_pages_that_are_gone_or_fail_now_are_listed_and_stay_as_they_were(folder, workers):
    as_older(folder, "0", "1", "2")
    empty = Answer(
        "https://one.example/", 200, (("content-type", "text/html"),), b"<html></html>", 0.1
    )
    ref = Archive(folder / "w.warc").write(empty, datetime(2026, 1, 1, tzinfo=UTC))
    with core(folder) as connection:
        change = "UPDATE articles SET warc_ref = ? WHERE url LIKE ?"
        for name, gone in (("0", "none.warc.gz:17"), ("1", ref), ("2", None)):
            connection.execute(change, [gone, f"%/page/{name}"])
    before = facts(folder)
    done = again(folder, workers, "extract").stages["extract"]
    counts = done.document()
    assert (counts["missing"], counts["failed"], counts["not_archived"]) == (1, 1, 1)
    reasons = {failure["url"][-1]: failure["reason"] for failure in done.lists()["failures"]}
    assert reasons["0"] == "missing: no record at none.warc.gz:17"
    assert reasons["1"].startswith("failed: ")
    assert facts(folder) == before


def test_what_is_a_copy_now_joins_the_cluster_of_its_original(folder, workers):
    before = facts(folder)
    assert len(before["duplicates"]) == 1
    as_older(folder, "copy")
    with core(folder) as connection:
        connection.execute("""
            DELETE FROM duplicates;
            UPDATE clusters SET cluster_id = article_id, canonical = true, lag_seconds = 0;
            UPDATE items SET state = 'loaded', reason = NULL WHERE state = 'duplicate';
            DELETE FROM sketches WHERE article_id IN
              (SELECT article_id FROM articles WHERE url LIKE '%copy')
        """)
    again(folder, workers, "extract")
    same_links(before, facts(folder))


def test_what_is_no_copy_any_more_leaves_the_cluster(folder, workers):
    """Two pages were once read as one text, say the notice that stood on both."""
    before = facts(folder)
    with core(folder) as connection:
        connection.execute("""
            CREATE TEMP TABLE two AS
            SELECT article_id AS one,
              (SELECT article_id FROM articles WHERE url LIKE '%/page/3') AS other
            FROM articles WHERE url LIKE '%/page/2';
            UPDATE articles SET text = 'a notice', content_hash = 'notice'
            WHERE article_id IN (SELECT unnest([one, other]) FROM two);
            INSERT INTO duplicates SELECT one, other, NULL, 'exact', 1, 1, 'equal' FROM two;
            UPDATE clusters SET cluster_id = other, canonical = false FROM two
            WHERE article_id = one;
            UPDATE items SET state = 'duplicate', reason = 'exact copy of ' || other FROM two
            WHERE article_id = one
        """)
    again(folder, workers, "extract")
    same_links(before, facts(folder))


def same_links(before, after) -> None:
    for name in ("duplicates", "clusters", "items", "sketches", "fingerprints"):
        assert after[name] == before[name], name


def test_a_dry_run_counts_and_changes_nothing(folder, workers):
    as_older(folder, "0")
    with core(folder):
        pass  # publishes
    before = facts(folder)
    seen = would(folder, workers, "extract").stages["extract"].document()
    assert seen["revised"] == 1
    assert facts(folder) == before


def test_a_second_run_changes_nothing_more(folder, workers):
    as_older(folder, "0")
    again(folder, workers, "extract")
    before = facts(folder)
    assert again(folder, workers, "extract").stages["extract"].document()["changed"] == 0
    assert facts(folder) == before


def test_a_run_that_ended_early_is_taken_up_where_it_was(folder, workers):
    as_older(folder, "0", "1", "2", "3")
    keys = ask(folder, "SELECT day, article_id FROM articles ORDER BY day, article_id")
    done = again(folder, workers, "extract")
    left = {"stage": "extract", "day": str(keys[2][0]), "article_id": keys[2][1]}
    counts = {"unfinished": _asked() | left}
    with core(folder) as connection:
        connection.execute(
            "UPDATE runs SET state = 'died', counts = ? WHERE run_id = ?",
            [json.dumps(counts), done.run_id],
        )
    resumed = again(folder, workers, "extract")
    assert resumed.stages["extract"].document()["articles"] == 3
    assert resumed.resumed["article_id"] == keys[2][1]
    assert again(folder, workers, "extract").resumed is None


def _asked():
    from flows.reprocessing import code_of_stages

    return {"stages": ["extract"], "since": None, "code": code_of_stages()}
