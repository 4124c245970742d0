# ruff: noqa: S608 - table and column names are ours, never input
"""The words of articles, as postings: added before a snapshot, sealed when there are many.

Readers see snapshots only, so a load need not wait for this. Texts are taken apart by Arrow and
counted by NumPy, which takes a fifth of the time that SQL over one row per word does.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.loading.step import Step

SEAL = 4_000_000  # recent postings; sorting so many takes a second, scanning them milliseconds
TITLE = 5  # a word of the title counts as often
PART = 6_000_000  # words a transaction indexes, in half a gigabyte of memory
MOST = 65_535  # how often a word can count in one article

Numbers = npt.NDArray[np.int64]


def forget(step: Step) -> None:
    """Let the words of articles that changed no longer count; they are indexed anew.

    Numbers are never given twice: sealed postings may still hold the old one.
    """
    step.sql("""
        UPDATE search_documents SET article_id = '', words = 0
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
    if not _missing(step):
        return 0
    fresh = _fresh(step)
    if fresh.num_rows:
        tokens = pc.utf8_split_whitespace(fresh["words"].combine_chunks())
        raw = tokens.flatten().dictionary_encode()
        owners, terms = _terms(step, raw.dictionary)
        documents = pc.list_parent_indices(tokens).to_numpy()
        codes, places = _expanded(owners, raw.indices.to_numpy())
        _insert(step, fresh["article_id"], documents[places], terms[codes])
    return int(fresh.num_rows)


def _missing(step: Step) -> int:
    """Count the articles that are not indexed: dear to find, and mostly there are none."""
    return step.count("""
        SELECT (SELECT count(*) FROM articles)
          - (SELECT count(*) FROM search_documents WHERE article_id <> '')
    """)


def _fresh(step: Step) -> pa.Table:
    """Read the next articles in the order they are stored: then only their texts are unpacked."""
    step.sql(f"""
        CREATE OR REPLACE TEMP TABLE fresh_rows AS
        SELECT place FROM (
          SELECT a.rowid AS place, row_number() OVER stored AS nth,
            sum(word_count) OVER stored AS words
          FROM articles AS a ANTI JOIN search_documents USING (article_id)
          WINDOW stored AS (ORDER BY a.rowid)
        ) WHERE words <= {PART} OR nth = 1
    """)
    fresh = step.connection.execute(f"""
        SELECT article_id, repeat(title || ' ', {TITLE}) || text AS words FROM articles
        WHERE rowid IN (SELECT place FROM fresh_rows) ORDER BY rowid
    """).to_arrow_table()
    step.sql("DROP TABLE fresh_rows")
    return fresh


def _terms(step: Step, dictionary: pa.Array) -> tuple[Numbers, npt.NDArray[np.uint64]]:
    """Give the terms that each token stands for, folding every distinct one once.

    A token may hold several words ("Armenia-Azerbaijan"), or none. Gives two arrays side by
    side: the token's place in the dictionary, in order, and a term of it.
    """
    tokens = pa.table({"code": np.arange(len(dictionary)), "token": dictionary})
    step.connection.register("fresh_tokens", tokens)
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE fresh_words AS
        SELECT code, word, md5_number_lower(word) AS term
        FROM (SELECT code, unnest(words_of(token)) AS word FROM fresh_tokens)
        """,
        """
        INSERT INTO search_words
        SELECT DISTINCT word[:4], word, term FROM fresh_words ANTI JOIN search_words USING (word)
        ORDER BY word
        """,
    )
    found = step.connection.execute("SELECT code, term FROM fresh_words ORDER BY code, term")
    columns = found.fetchnumpy()
    step.connection.unregister("fresh_tokens")
    step.sql("DROP TABLE fresh_words")
    return columns["code"], columns["term"]


def _expanded(owners: Numbers, codes: Numbers) -> tuple[Numbers, Numbers]:
    """Repeat each token as often as it holds words.

    Args:
        owners: for each word of the dictionary, the code of its token, in order.
        codes: the tokens of all texts, in order.

    Returns:
        For each word of the texts, its place among `owners`, and its token's among `codes`.
    """
    held = np.bincount(owners, minlength=int(codes.max(initial=0)) + 1)
    first = np.cumsum(held) - held
    times = held[codes]
    places = np.repeat(np.arange(len(codes)), times)
    nth = np.arange(len(places)) - np.repeat(np.cumsum(times) - times, times)
    return first[codes[places]] + nth, places


def _insert(
    step: Step, articles: pa.ChunkedArray, documents: Numbers, terms: npt.NDArray[np.uint64]
) -> None:
    """Number the articles on, and store how often each term stands in each."""
    last = step.count("SELECT coalesce(max(document), 0) FROM search_documents")
    numbers = last + 1 + np.arange(len(articles))
    words = np.bincount(documents, minlength=len(articles))
    fresh = pa.table({"document": numbers, "article_id": articles, "words": words})
    _append(step, "search_documents", fresh)
    known, places = np.unique(terms, return_inverse=True)
    pairs, times = np.unique((places << 32) | documents, return_counts=True)
    postings = pa.table({
        "term": known[pairs >> 32],
        "document": last + 1 + (pairs & 0xFFFFFFFF),
        "weight": np.minimum(times, MOST),
    })  # fmt: skip
    if postings.num_rows >= SEAL:
        _append(step, "postings_sealed", postings)
    else:
        _append(step, "postings_recent", postings)
        _seal(step)


def _append(step: Step, table: str, rows: pa.Table) -> None:
    step.connection.register("fresh_postings", rows)
    step.sql(f"INSERT INTO {table} FROM fresh_postings")
    step.connection.unregister("fresh_postings")


def _seal(step: Step) -> None:
    """Sort the recent postings into the sealed part once there are many."""
    if step.count("SELECT count(*) FROM postings_recent") >= SEAL:
        step.sql(
            "INSERT INTO postings_sealed FROM postings_recent ORDER BY term, document",
            "DELETE FROM postings_recent",
        )
