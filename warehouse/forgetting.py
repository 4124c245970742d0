"""What forgetting an article touches: its ids, its addresses, the clusters it was in."""

from collections.abc import Sequence

import duckdb

from flows.dedup.clusters import Member, elect, join
from flows.model import Membership

_FOUND = """
SELECT article_id FROM articles
WHERE source_id = $source OR url IN (SELECT unnest($urls))
  OR canonical_url IN (SELECT unnest($urls))
UNION SELECT article_id FROM items
WHERE source_id = $source OR url IN (SELECT unnest($urls))
"""
_ADDRESSES = """
SELECT unnest([url, canonical_url]) FROM articles WHERE article_id IN (SELECT unnest($ids))
UNION SELECT url FROM items WHERE article_id IN (SELECT unnest($ids)) AND state <> 'refused'
"""
_LEFT = """
SELECT c.cluster_id, c.article_id, a.published_at, a.published_from = 'fetch'
FROM clusters AS c JOIN articles AS a USING (article_id)
WHERE c.cluster_id IN (
    SELECT cluster_id FROM clusters WHERE article_id IN (SELECT unnest($ids)))
  AND c.article_id NOT IN (SELECT unnest($ids))
"""
_PAIRS = """
SELECT article_id, of_article_id FROM duplicates
WHERE kind IN ('url', 'exact', 'near')
  AND list_contains($left, article_id) AND list_contains($left, of_article_id)
"""


def find(
    connection: duckdb.DuckDBPyConnection, source_id: str | None, urls: Sequence[str]
) -> frozenset[str]:
    """Give the ids of articles and entries of a source, or behind some addresses."""
    found = connection.execute(_FOUND, {"source": source_id, "urls": list(urls)}).fetchall()
    return frozenset(article for (article,) in found)


def addresses(connection: duckdb.DuckDBPyConnection, article_ids: frozenset[str]) -> frozenset[str]:
    """Give the addresses under which articles were met."""
    found = connection.execute(_ADDRESSES, {"ids": sorted(article_ids)}).fetchall()
    return frozenset(url for (url,) in found)


def stored(connection: duckdb.DuckDBPyConnection, article_ids: frozenset[str]) -> int:
    """Give how many of some articles are stored."""
    query = "SELECT count(*) FROM articles WHERE article_id IN (SELECT unnest(?))"
    row = connection.execute(query, [sorted(article_ids)]).fetchone()
    return int(row[0]) if row else 0


def regrouped(
    connection: duckdb.DuckDBPyConnection, article_ids: frozenset[str]
) -> tuple[Membership, ...]:
    """Give the places of the articles that shared a cluster with forgotten ones.

    Copies of each other stay together, with a first article of their own; what only a
    forgotten article had joined falls apart.
    """
    left = connection.execute(_LEFT, {"ids": sorted(article_ids)}).fetchall()
    members = {article: Member(article, at, undated) for _, article, at, undated in left}
    pairs = connection.execute(_PAIRS, {"left": sorted(members)}).fetchall()
    return tuple(row for group in join(pairs, members) for row in elect(group, members))
