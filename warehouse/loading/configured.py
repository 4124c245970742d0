# ruff: noqa: S608 - table and column names are ours, never input
"""What is configured: sources and their feeds, the vocabulary, the seed corpus."""

from warehouse.loading import ledger
from warehouse.loading.step import Step

NEVER = "DATE '9999-12-31'"
ALWAYS = "DATE '0001-01-01'"


def sources(step: Step) -> None:
    """Bring sources and feeds to what is configured; the run id holds the day of the change."""
    step.sql(
        "DELETE FROM sources WHERE source_id IN (SELECT source_id FROM staged_sources)",
        "INSERT INTO sources SELECT * FROM staged_sources",
        """UPDATE sources SET active = false
        WHERE source_id NOT IN (SELECT source_id FROM staged_sources)""",
    )
    _history(step)
    _feeds(step)


def _feeds(step: Step) -> None:
    """Bring the list of feeds to what is configured; one that is gone stays gone."""
    step.sql(
        """
        UPDATE feeds SET kind = s.kind, state = s.state
        FROM (
          SELECT s.feed_id, s.kind, CASE WHEN f.state = 'gone' THEN f.state
            WHEN NOT s.active THEN 'disabled' WHEN f.state = 'disabled' THEN 'active'
            ELSE f.state END AS state
          FROM staged_feeds AS s JOIN feeds AS f USING (feed_id)
        ) AS s
        WHERE feeds.feed_id = s.feed_id AND (feeds.kind, feeds.state) <> (s.kind, s.state)
        """,
        """
        INSERT INTO feeds
          (feed_id, source_id, url, kind, state, consecutive_failures, polled_url, recent_items)
        SELECT feed_id, source_id, url, kind,
          CASE WHEN active THEN 'active' ELSE 'disabled' END, 0, url, []
        FROM staged_feeds ANTI JOIN feeds USING (feed_id)
        """,
        """
        UPDATE feeds SET state = 'disabled'
        WHERE state NOT IN ('gone', 'disabled')
          AND feed_id NOT IN (SELECT feed_id FROM staged_feeds)
        """,
    )


def _history(step: Step) -> None:
    """Close what a source was until the day, and open what it is from then on."""
    step.for_run(f"""
        UPDATE source_history AS h SET valid_to = CAST($run AS DATE)
        FROM staged_sources AS s
        WHERE h.source_id = s.source_id AND h.valid_to = {NEVER}
          AND (h.country, h.ownership, h.perspective)
            IS DISTINCT FROM (s.country, s.ownership, s.perspective)
    """)
    step.for_run(f"""
        INSERT INTO source_history
        SELECT s.source_id,
          CASE WHEN s.source_id IN (SELECT source_id FROM source_history)
            THEN CAST($run AS DATE) ELSE {ALWAYS} END,
          {NEVER}, s.country, s.ownership, s.perspective
        FROM staged_sources AS s
        WHERE s.source_id NOT IN (SELECT source_id FROM source_history WHERE valid_to = {NEVER})
    """)
    step.sql("DELETE FROM source_history WHERE valid_from = valid_to")


def vocabulary(step: Step) -> None:
    """Replace the lists of actors, topics and places."""
    for name in ("actors", "topics", "places"):
        step.sql(f"DELETE FROM {name}", f"INSERT INTO {name} SELECT * FROM staged_{name}")


def seeds(step: Step) -> None:
    """Replace the seed corpus, and what the articles that it concerns repeat of it."""
    _replace_repeats(step)
    step.sql(
        "DELETE FROM seed_documents",
        """INSERT INTO seed_documents
        SELECT seed_id, title, language, word_count, content_hash, added_at FROM staged_seeds""",
        "DELETE FROM seed_fingerprints",
        """INSERT INTO seed_fingerprints
        SELECT seed_id, normal_hash, print_words, sketch, shingles, numbers, sentences
        FROM staged_seeds""",
    )


def _replace_repeats(step: Step) -> None:
    """The batch brings the novelty of each article that a seed which came or went concerns."""
    gone = """
      of_seed_id IS NOT NULL AND (
        article_id IN (SELECT article_id FROM staged_novelty)
        OR of_seed_id NOT IN (SELECT seed_id FROM staged_seeds))
    """
    step.sql(
        f"""
        CREATE OR REPLACE TEMP TABLE unsettled AS
        SELECT article_id FROM duplicates WHERE {gone}
        UNION SELECT article_id FROM staged_duplicates
        """,
        f"DELETE FROM duplicates WHERE {gone}",
        "INSERT INTO duplicates FROM staged_duplicates SEMI JOIN articles USING (article_id)",
        """
        UPDATE articles SET novelty = n.novelty
        FROM staged_novelty AS n WHERE articles.article_id = n.article_id
        """,
    )
    ledger.resettle(step)
