# ruff: noqa: S608 - table and column names are ours, never input
"""Where the items of stored articles stand, after what decided it has changed."""

from warehouse.loading.step import Step

# A passage of a seed in a longer article is a finding; a seed reprinted is a copy.
COPY = """
  (kind IN ('url', 'exact', 'near')
    OR kind = 'seed' AND containment >= 0.65 AND similarity >= 0.33)
"""

# of several that it repeats the one most like it, and always the same one
REASON = """
  first(kind || ' copy of ' || coalesce(of_article_id, of_seed_id)
    ORDER BY similarity DESC, of_article_id, of_seed_id)
"""


def note_repeating(step: Step) -> None:
    """Note in the temporary table `unsettled` the changed articles, and those that repeat them."""
    step.sql(
        "CREATE TEMP TABLE IF NOT EXISTS unsettled (article_id VARCHAR)",
        """
        INSERT INTO unsettled
        SELECT article_id FROM touched WHERE changed
        UNION SELECT article_id FROM duplicates
        WHERE of_article_id IN (SELECT article_id FROM touched WHERE changed)
        """,
    )


def resettle(step: Step) -> None:
    """Bring the items that own the articles of the temporary table `unsettled` to what they are.

    An earlier run's sums stay what they were when it ended.
    """
    step.sql(f"""
        CREATE OR REPLACE TEMP TABLE resettled AS
        WITH copies AS (
          SELECT article_id, {REASON} AS reason
          FROM duplicates
          WHERE {COPY} AND article_id IN (FROM unsettled)
          GROUP BY article_id
        )
        SELECT i.item_id,
          CASE WHEN c.article_id IS NOT NULL THEN 'duplicate'
            WHEN NOT a.relevant THEN 'off_topic' ELSE 'loaded' END AS state,
          CASE WHEN c.article_id IS NOT NULL THEN c.reason
            WHEN NOT a.relevant THEN a.relevance_reason END AS reason
        FROM items AS i
        JOIN articles AS a ON a.article_id = i.article_id AND a.feed_id = i.feed_id
        LEFT JOIN copies AS c ON c.article_id = i.article_id
        WHERE i.article_id IN (FROM unsettled)
          AND i.state IN ('loaded', 'duplicate', 'off_topic')
    """)
    step.sql(
        """
        UPDATE items SET state = s.state, reason = s.reason
        FROM resettled AS s
        WHERE items.item_id = s.item_id
          AND (items.state, items.reason) IS DISTINCT FROM (s.state, s.reason)
        """,
        "DROP TABLE resettled",
        "DROP TABLE unsettled",
    )
