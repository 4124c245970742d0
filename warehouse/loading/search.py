# ruff: noqa: S608 - table and column names are ours, never input
"""The words of articles, as postings: added with each load, sealed when there are many."""

from warehouse.loading.step import Step

SEAL = 4_000_000  # recent postings; sorting so many takes a second, scanning them milliseconds
TITLE = 5  # a word of the title counts as often


def index(step: Step) -> None:
    """Add the loaded articles; the words of ones that changed no longer count."""
    step.sql(
        # numbers are never given twice: sealed postings may still hold the old one
        """
        UPDATE search_documents SET article_id = ''
        WHERE article_id IN (SELECT article_id FROM touched WHERE changed)
        """,
        """
        CREATE OR REPLACE TEMP TABLE fresh_documents AS
        SELECT (SELECT coalesce(max(document), 0) FROM search_documents)
          + row_number() OVER (ORDER BY article_id) AS document,
          article_id, words_of(title) AS title, words_of(text) AS body
        FROM staged_articles SEMI JOIN touched USING (article_id)
        """,
        f"""
        CREATE OR REPLACE TEMP TABLE fresh_words AS
        SELECT document, word, sum(times) AS times FROM (
          SELECT document, unnest(title) AS word, {TITLE} AS times FROM fresh_documents
          UNION ALL SELECT document, unnest(body), 1 FROM fresh_documents
        ) GROUP BY ALL
        """,
        """
        INSERT INTO search_words
        SELECT word, md5_number_lower(word)
        FROM (SELECT DISTINCT word FROM fresh_words) ANTI JOIN search_words USING (word)
        ORDER BY word
        """,
        """
        INSERT INTO postings_recent
        SELECT md5_number_lower(word) AS term, document, least(times, 65535)
        FROM fresh_words ORDER BY term, document
        """,
        """
        INSERT INTO search_documents
        SELECT document, article_id, len(title) + len(body) FROM fresh_documents
        ORDER BY document
        """,
        "DROP TABLE fresh_documents",
        "DROP TABLE fresh_words",
    )
    if step.count("SELECT count(*) FROM postings_recent") >= SEAL:
        seal(step)


def seal(step: Step) -> None:
    """Sort the recent postings into the sealed part."""
    step.sql(
        "INSERT INTO postings_sealed FROM postings_recent ORDER BY term, document",
        "DELETE FROM postings_recent",
    )
