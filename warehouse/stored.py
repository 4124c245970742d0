"""Stored articles in the order of their days, a chunk at a time: what reprocessing goes over.

A day's articles stand together, so that a chunk that changes touches few days of the marts.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

import duckdb
import pyarrow as pa

from flows.model import (
    ActorTag,
    Mention,
    Naming,
    Place,
    StoredText,
    Tags,
    TopicTag,
)

Connection = duckdb.DuckDBPyConnection
FIRST = Place(date.min, "")

_KEYS = """
SELECT day, article_id, rowid AS row FROM articles
WHERE day >= $since AND (day > $day OR day = $day AND article_id > $article_id)
ORDER BY day, article_id
"""
# By row number, so that DuckDB unpacks the texts of these rows and of no others.
_TEXTS = """
SELECT article_id, source_id, canonical_url, title, text, language, published_at, published_from
FROM articles WHERE rowid IN (SELECT row FROM reading) ORDER BY day, article_id
"""
_RELEVANCE = """
SELECT article_id, relevance, relevant, relevance_reason
FROM articles WHERE rowid IN (SELECT row FROM reading)
"""
_MENTIONS = """
SELECT article_id, actor_id, surface, field, start_char, end_char, rule
FROM mentions SEMI JOIN reading USING (article_id)
"""
_ACTORS = """
SELECT article_id, actor_id, mentions, salience, principal
FROM article_actors SEMI JOIN reading USING (article_id)
"""
_TOPICS = """
SELECT article_id, topic_id, score, evidence
FROM article_topics SEMI JOIN reading USING (article_id)
"""
_NAMINGS = """
SELECT article_id, place_id, variant, quoted, mentions
FROM namings SEMI JOIN reading USING (article_id)
"""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some articles in a row; they can be read through the connection they were listed by."""

    keys: pa.Table

    @property
    def count(self) -> int:
        """How many articles there are in it."""
        return int(self.keys.num_rows)

    @property
    def last(self) -> Place:
        """The last article of the chunk."""
        end = self.keys.slice(self.count - 1).to_pylist()[0]
        return Place(end["day"], end["article_id"])


def chunks(
    connection: Connection, size: int, since: date | None = None, after: Place | None = None
) -> tuple[Chunk, ...]:
    """List the stored articles by day and id; 40 bytes each.

    Args:
        connection: on a snapshot, where rows keep their numbers.
        size: articles in a chunk.
        since: the first day (UTC+4); all if None.
        after: leave out all up to this article.
    """
    start = after or FIRST
    parameters = {"since": since or date.min, "day": start.day, "article_id": start.article_id}
    keys = connection.execute(_KEYS, parameters).to_arrow_table()
    return tuple(Chunk(keys.slice(begin, size)) for begin in range(0, keys.num_rows, size))


def texts(connection: Connection, chunk: Chunk) -> tuple[StoredText, ...]:
    """Read the texts of a chunk, in its order."""
    _reading(connection, chunk)
    return tuple(_text(row) for row in connection.execute(_TEXTS).fetchall())


def tags(connection: Connection, chunk: Chunk) -> dict[str, Tags]:
    """Read the tags of a chunk's articles, by article."""
    _reading(connection, chunk)
    mentions = _by_article(connection, _MENTIONS)
    actors = _by_article(connection, _ACTORS)
    topics = _by_article(connection, _TOPICS)
    namings = _by_article(connection, _NAMINGS)
    return {
        article_id: Tags(
            relevance=relevance,
            relevant=relevant,
            reason=reason,
            mentions=tuple(Mention(*row) for row in mentions.get(article_id, ())),
            actors=tuple(ActorTag(*row) for row in actors.get(article_id, ())),
            topics=tuple(
                TopicTag(topic, score, tuple(evidence))
                for topic, score, evidence in topics.get(article_id, ())
            ),
            namings=tuple(Naming(*row) for row in namings.get(article_id, ())),
        )
        for article_id, relevance, relevant, reason in connection.execute(_RELEVANCE).fetchall()
    }


def _reading(connection: Connection, chunk: Chunk) -> None:
    """Name the rows to read in the temporary table `reading`."""
    connection.register("wanted_rows", chunk.keys)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE reading AS SELECT article_id, row FROM wanted_rows"
    )
    connection.unregister("wanted_rows")


def _by_article(connection: Connection, query: str) -> Mapping[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for article_id, *row in connection.execute(query).fetchall():
        found[article_id].append(tuple(row))
    return found


def _text(row: Sequence[Any]) -> StoredText:
    article_id, source_id, canonical_url, title, text, language, published_at, came_from = row
    return StoredText(
        article_id,
        source_id,
        canonical_url,
        title,
        text,
        language,
        published_at.astimezone(UTC),
        came_from,
    )
