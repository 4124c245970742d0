# ruff: noqa: S608 - table and column names are ours, never input
"""The words of articles, as postings: added before a snapshot, sealed when there are many.

Readers see snapshots only, so a load need not wait for this.
"""

from warehouse.loading.step import Step

SEAL = 4_000_000  # recent postings; sorting so many takes a second, scanning them milliseconds
TITLE = 5  # a word of the title counts as often
PART = 5_000  # articles a transaction indexes
SEPARATOR = r"[^\p{L}\p{N}]+"


def forget(step: Step) -> None:
    """Let the words of articles that changed no longer count; they are indexed anew.

    Numbers are never given twice: sealed postings may still hold the old one.
    """
    step.sql("""
        UPDATE search_documents SET article_id = ''
        WHERE article_id IN (SELECT article_id FROM touched WHERE changed)
    """)


def erase(step: Step) -> None:
    """Take the words of articles out that are forgotten for good, and words no other has."""
    gone = """(
      SELECT document FROM search_documents
      SEMI JOIN staged_forgotten ON article_id = url_hash)"""
    step.sql(
        f"DELETE FROM postings_recent WHERE document IN {gone}",
        f"DELETE FROM postings_sealed WHERE document IN {gone}",
        """
        DELETE FROM search_words WHERE term NOT IN (
          SELECT term FROM postings_recent UNION SELECT term FROM postings_sealed)
        """,
        "DELETE FROM search_documents WHERE article_id IN (SELECT url_hash FROM staged_forgotten)",
    )


def index(step: Step) -> int:
    """Index some articles that are not yet; give how many."""
    step.sql(f"""
        CREATE OR REPLACE TEMP TABLE fresh_documents AS
        SELECT (SELECT coalesce(max(document), 0) FROM search_documents)
          + row_number() OVER (ORDER BY article_id) AS document, article_id,
          string_split_regex(lower(strip_accents(title)), '{SEPARATOR}') AS title,
          string_split_regex(lower(strip_accents(text)), '{SEPARATOR}') AS body
        FROM articles WHERE article_id IN (
          SELECT article_id FROM articles ANTI JOIN search_documents USING (article_id)
          LIMIT {PART}
        )
    """)
    _insert(step)
    indexed = step.count("SELECT count(*) FROM fresh_documents")
    step.sql("DROP TABLE fresh_documents")
    if step.count("SELECT count(*) FROM postings_recent") >= SEAL:
        _seal(step)
    return indexed


def _insert(step: Step) -> None:
    """Fold each distinct word once: folding whole texts would cost half of it all."""
    step.sql(
        f"""
        CREATE OR REPLACE TEMP TABLE raw_words AS
        SELECT document, raw, sum(times) AS times FROM (
          SELECT document, unnest(title) AS raw, {TITLE} AS times FROM fresh_documents
          UNION ALL SELECT document, unnest(body), 1 FROM fresh_documents
        ) WHERE raw <> '' GROUP BY ALL
        """,
        """
        CREATE OR REPLACE TEMP TABLE fresh_words AS
        SELECT raw, folded(raw) AS word, md5_number_lower(word) AS term
        FROM (SELECT DISTINCT raw FROM raw_words)
        """,
        """
        INSERT INTO search_words
        SELECT DISTINCT word, term FROM fresh_words ANTI JOIN search_words USING (word)
        ORDER BY word
        """,
        """
        INSERT INTO postings_recent
        SELECT term, document, least(sum(times), 65535)
        FROM raw_words JOIN fresh_words USING (raw) GROUP BY ALL ORDER BY ALL
        """,
        """
        INSERT INTO search_documents
        SELECT document, article_id, len(title) + len(body) FROM fresh_documents
        ORDER BY document
        """,
        "DROP TABLE raw_words",
        "DROP TABLE fresh_words",
    )


def _seal(step: Step) -> None:
    """Sort the recent postings into the sealed part."""
    step.sql(
        "INSERT INTO postings_sealed FROM postings_recent ORDER BY term, document",
        "DELETE FROM postings_recent",
    )
