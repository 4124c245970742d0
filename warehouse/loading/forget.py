"""Articles taken out for good: their rows, the entries that led to them, a tombstone instead."""

from warehouse.loading import marts, search, stories
from warehouse.loading.step import Step

OF_ARTICLES = (
    "mentions", "article_actors", "article_topics", "namings", "fingerprints", "sketches",
    "duplicates", "revisions", "stories", "clusters", "articles",
)  # fmt: skip


def forget(step: Step) -> None:
    """Take the articles of the batch's tombstones out, and note the days they fell on."""
    _note_days(step)
    search.erase(step)
    stories.forget(step, "SELECT url_hash AS article_id FROM staged_forgotten")
    step.sql(
        "DELETE FROM duplicates WHERE of_article_id IN (SELECT url_hash FROM staged_forgotten)",
        *(
            f"DELETE FROM {table} WHERE article_id IN (SELECT url_hash FROM staged_forgotten)"  # noqa: S608 - our tables
            for table in OF_ARTICLES
        ),
    )
    _regroup(step)
    _blank_entries(step)
    step.sql("INSERT INTO forgotten FROM staged_forgotten ANTI JOIN forgotten USING (url_hash)")
    marts.note(step)
    step.sql("DROP TABLE changed_days")


def _note_days(step: Step) -> None:
    """Tell the days whose counts will change."""
    step.sql("""
        CREATE OR REPLACE TEMP TABLE changed_days AS
        SELECT day FROM articles SEMI JOIN staged_forgotten ON article_id = url_hash
        UNION SELECT day FROM articles SEMI JOIN staged_clusters USING (article_id)
    """)


def _regroup(step: Step) -> None:
    """Give what is left of a cluster its own first article."""
    step.sql(
        "DELETE FROM clusters WHERE article_id IN (SELECT article_id FROM staged_clusters)",
        """
        INSERT INTO clusters SELECT s.* FROM staged_clusters AS s
        SEMI JOIN articles USING (article_id)
        """,
    )


def _blank_entries(step: Step) -> None:
    """Keep the rows of the ledger, so that its sums stay right, and nothing that they said."""
    step.sql("""
        DELETE FROM revisits WHERE item_id IN (
          SELECT item_id FROM items SEMI JOIN staged_forgotten ON article_id = url_hash)
    """)
    step.sql("""
        UPDATE items SET state = 'refused', reason = 'forgotten: ' || s.reason,
          url = 'forgotten:' || items.article_id, guid = NULL, title = '', summary = NULL,
          content_html = NULL, content_hash = NULL, authors = NULL, next_attempt_at = NULL
        FROM staged_forgotten AS s WHERE items.article_id = s.url_hash
    """)
