# ruff: noqa: S608 - table and column names are ours, never input
"""Links as loading all anew would give them: only what is not so already is put in."""

from warehouse.loading import ledger, marts, stories
from warehouse.loading.articles import HASH
from warehouse.loading.runs import note_progress
from warehouse.loading.step import Step

SAME_PAIR = """
  d.article_id = s.article_id AND d.of_article_id IS NOT DISTINCT FROM s.of_article_id
  AND d.of_seed_id IS NOT DISTINCT FROM s.of_seed_id
"""


def relink(step: Step) -> None:
    """Bring fingerprints, pairs, clusters and novelty to what they should be."""
    note_progress(step)
    _replace_fingerprints(step)
    replace_pairs(step)
    _move(step)
    stories.note(step, "SELECT article_id FROM staged_clusters")
    update_novelty(step)
    ledger.resettle(step)
    marts.note(step)
    step.sql("DROP TABLE changed_days")


def _replace_fingerprints(step: Step) -> None:
    step.sql(
        """
        DELETE FROM fingerprints WHERE article_id IN (SELECT article_id FROM staged_fingerprints)
        """,
        "INSERT INTO fingerprints SELECT article_id, normal_hash FROM staged_fingerprints",
        "DELETE FROM sketches WHERE article_id IN (SELECT article_id FROM staged_fingerprints)",
        f"""
        INSERT INTO sketches
        SELECT article_id, unnest(sketch) & {HASH}, day FROM staged_fingerprints
        """,
        "DELETE FROM common_hashes WHERE hash IN (FROM staged_common_lost)",
        "INSERT INTO common_hashes FROM staged_common_gained ANTI JOIN common_hashes USING (hash)",
    )


def replace_pairs(step: Step) -> None:
    """Take the lost pairs out, put the gained ones in, and note whose items that may move."""
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE unsettled AS
        SELECT article_id FROM staged_duplicates
        UNION SELECT article_id FROM staged_duplicates_lost
        """,
        f"""
        DELETE FROM duplicates AS d WHERE EXISTS (
          FROM (FROM staged_duplicates_lost UNION ALL FROM staged_duplicates) AS s
          WHERE {SAME_PAIR})
        """,
        """
        INSERT INTO duplicates FROM staged_duplicates SEMI JOIN articles USING (article_id)
        """,
    )


def _move(step: Step) -> None:
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE changed_days AS
        SELECT DISTINCT a.day FROM articles AS a JOIN staged_clusters USING (article_id)
        """,
        """
        DELETE FROM clusters WHERE article_id IN (SELECT article_id FROM staged_clusters)
        """,
        "INSERT INTO clusters FROM staged_clusters SEMI JOIN articles USING (article_id)",
    )


def update_novelty(step: Step) -> None:
    """Put in which share of an article's sentences was new."""
    step.sql("""
        UPDATE articles SET novelty = n.novelty
        FROM staged_novelty AS n WHERE articles.article_id = n.article_id
    """)
