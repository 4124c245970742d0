"""A stored article with every decision on it, read from the snapshot."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from flows import ids
from flows.collect.urls import canonical
from flows.dedup.passages import side_by_side
from flows.errors import UsageError
from flows.model import ActorTag, Language, Mention, Naming, Tags, TopicTag
from warehouse import reader

Connection = duckdb.DuckDBPyConnection
Row = dict[str, Any]

ARTICLE = """
SELECT a.*, s.name AS source_name FROM articles AS a LEFT JOIN sources AS s USING (source_id)
WHERE article_id = ?
"""
COPIES = """
SELECT d.kind, d.similarity, d.containment, d.method, d.of_article_id, d.of_seed_id,
  coalesce(a.title, s.title) AS title, a.source_id, a.url, a.text
FROM duplicates AS d
LEFT JOIN articles AS a ON a.article_id = d.of_article_id
LEFT JOIN seed_documents AS s ON s.seed_id = d.of_seed_id
WHERE d.article_id = ? ORDER BY d.kind, d.similarity DESC
"""
CLUSTER = """
SELECT c.article_id, c.canonical, c.lag_seconds, a.source_id, a.url, a.published_at
FROM clusters AS c JOIN articles AS a USING (article_id)
WHERE c.cluster_id = (SELECT cluster_id FROM clusters WHERE article_id = ?)
ORDER BY c.lag_seconds, c.article_id
"""
LEDGER = """
SELECT feed_id, url, title, state, reason, attempts, seen_at, run_id
FROM items WHERE article_id = ? ORDER BY seen_at, item_id
"""
FOUND = """
SELECT article_id FROM items WHERE article_id = $target OR article_id = $hashed OR url = $target
UNION SELECT article_id FROM articles WHERE $target IN (article_id, url, canonical_url)
ORDER BY article_id LIMIT 1
"""


def find(db: Path, target: str) -> str:
    """Give the id of the article or ledger entry that a URL or an id names.

    Raises:
        UsageError: nothing stored has it.
    """
    try:
        hashed = ids.article_id(canonical(target))
    except ValueError:
        hashed = target
    with reader.reading(db) as connection:
        found = connection.execute(FOUND, {"target": target, "hashed": hashed}).fetchone()
    if found is None:
        raise UsageError(f"{target} is no stored article and no file here")
    return str(found[0])


def read(db: Path, article_id: str) -> Row:
    """Give all that is stored on an article: facts, copies, cluster, ledger."""
    with reader.reading(db) as connection:
        facts = _rows(connection, ARTICLE, article_id)
        return {
            "article": facts[0] if facts else None,
            "duplicates": _aligned(facts[0], _rows(connection, COPIES, article_id))
            if facts
            else [],
            "cluster": _rows(connection, CLUSTER, article_id),
            "ledger": _rows(connection, LEDGER, article_id),
        }


def _aligned(article: Row, copies: list[Row]) -> list[Row]:
    """Give copies with the passages they share; the texts of seeds are not kept."""
    return [
        {**copy, "passages": [asdict(each) for each in side_by_side(article["text"], text or "")]}
        for copy in copies
        for text in [copy.pop("text")]
    ]


def language_of(facts: Row) -> Language:
    """Give the language decision of an article's row."""
    return Language(facts["language"], facts["language_confidence"], facts["language_decided_by"])


def tags_of(db: Path, facts: Row) -> Tags:
    """Give the tags stored with an article's row."""
    article_id = facts["article_id"]
    with reader.reading(db) as connection:

        def rows(table: str, columns: str) -> list[Row]:
            query = f"SELECT {columns} FROM {table} WHERE article_id = ?"  # noqa: S608 - ours
            return _rows(connection, query, article_id)

        return Tags(
            relevance=facts["relevance"],
            relevant=facts["relevant"],
            reason=facts["relevance_reason"],
            mentions=tuple(
                Mention(**row)
                for row in rows("mentions", "actor_id, surface, field, start_char, end_char, rule")
            ),
            actors=tuple(
                ActorTag(**row)
                for row in rows("article_actors", "actor_id, mentions, salience, principal")
            ),
            topics=tuple(
                TopicTag(row["topic_id"], row["score"], tuple(row["evidence"]))
                for row in rows("article_topics", "topic_id, score, evidence")
            ),
            namings=tuple(
                Naming(**row) for row in rows("namings", "place_id, variant, quoted, mentions")
            ),
        )


def _rows(connection: Connection, query: str, article_id: str) -> list[Row]:
    cursor = connection.execute(query, [article_id])
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
