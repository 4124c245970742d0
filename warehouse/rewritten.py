"""Stored articles that come again with other words: their clusters without them."""

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from flows.model import Known, TaggedArticle
from warehouse import forgetting

_STORED = """
SELECT article_id, content_hash, title FROM articles WHERE article_id IN (SELECT unnest(?))
"""


def loosened(
    connection: duckdb.DuckDBPyConnection, articles: Sequence[TaggedArticle], known: Known
) -> Known:
    """Give what a batch may repeat, as if its rewritten articles had never been stored.

    What only the old words had joined falls apart; the new words find their place anew.
    """
    fresh = {
        each.article.article_id: (each.article.content_hash, each.article.title)
        for each in articles
    }
    stored = connection.execute(_STORED, [sorted(fresh)]).fetchall()
    rewritten = frozenset(each for each, *words in stored if fresh[each] != tuple(words))
    if not rewritten:
        return known
    left = forgetting.regrouped(connection, rewritten)
    places = {row.article_id: row.cluster_id for row in left}
    members = tuple(
        (places.get(article_id, cluster_id), article_id, at)
        for cluster_id, article_id, at in known.members
        if article_id not in rewritten
    )
    return replace(known, members=members, loosened=left)
