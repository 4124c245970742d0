"""Stored articles in the order of their days, a chunk at a time: what reprocessing goes over.

A day's articles stand together, so that a chunk that changes touches few days of the marts.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

import duckdb
import pyarrow as pa

from flows.model import (
    ActorTag,
    Article,
    FeedEntry,
    Item,
    Language,
    Mention,
    Naming,
    Place,
    StoredArticle,
    StoredText,
    StoryMarks,
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
# The entry as the ledger has it: what the feed said wins over the page.
_ARTICLES = """
SELECT a.article_id, a.source_id, a.feed_id, a.url, a.canonical_url, a.title, a.authors,
  a.published_at, a.published_from, a.modified_at, a.fetched_at,
  a.language, a.language_confidence, a.language_decided_by, a.language_declared,
  a.word_count, a.content_hash, a.extractor, a.agreement, a.quality, a.warc_ref,
  i.item_id, i.url AS entry_url, i.guid, i.title AS entry_title,
  i.published_at AS entry_published_at, i.modified_at AS entry_modified_at,
  i.authors AS entry_authors, i.seen_at
FROM articles AS a
LEFT JOIN items AS i ON i.article_id = a.article_id AND i.feed_id = a.feed_id
WHERE a.rowid IN (SELECT row FROM reading) ORDER BY a.day, a.article_id
"""
_CLUSTERS = """
SELECT DISTINCT cluster_id FROM clusters WHERE article_id IN (SELECT unnest(?)) ORDER BY ALL
"""
_MEMBERS = """
SELECT a.day, a.article_id, a.rowid AS row
FROM articles AS a JOIN clusters AS c USING (article_id)
WHERE c.cluster_id IN (SELECT unnest(?)) ORDER BY a.day, a.article_id
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
_STORY_MARKS = """
SELECT article_id, features, weights FROM story_marks SEMI JOIN reading USING (article_id)
"""


_AS_STORED = (
    "article_id", "source_id", "feed_id", "url", "canonical_url", "title", "published_at",
    "published_from", "modified_at", "fetched_at", "language_declared", "word_count",
    "content_hash", "extractor", "agreement", "quality", "warc_ref",
)  # fmt: skip


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


def articles(connection: Connection, chunk: Chunk) -> tuple[StoredArticle, ...]:
    """Read a chunk's articles but for their texts, and the entries that led to them."""
    _reading(connection, chunk)
    cursor = connection.execute(_ARTICLES)
    names = [column[0] for column in cursor.description or ()]
    return tuple(_article(dict(zip(names, row, strict=True))) for row in cursor.fetchall())


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


def story_marks(connection: Connection, chunk: Chunk) -> dict[str, StoryMarks]:
    """Read the story marks of a chunk's articles; one stored before there were any has none."""
    _reading(connection, chunk)
    return {
        article_id: StoryMarks(tuple(features), tuple(weights))
        for article_id, features, weights in connection.execute(_STORY_MARKS).fetchall()
    }


def clusters_of(
    connection: Connection, article_ids: Sequence[str], clusters: int = 100
) -> Iterator[tuple[StoredText, ...]]:
    """Give the texts of the clusters that some articles are in, some whole clusters at a time."""
    ids = connection.execute(_CLUSTERS, [sorted(article_ids)]).fetchall()
    for begin in range(0, len(ids), clusters):
        some = [cluster for (cluster,) in ids[begin : begin + clusters]]
        rows = connection.execute(_MEMBERS, [some]).to_arrow_table()
        if rows.num_rows:
            yield texts(connection, Chunk(rows))


def repeating_seeds(connection: Connection) -> int:
    """Count the articles that repeat a seed or a passage of one."""
    query = "SELECT count(DISTINCT article_id) FROM duplicates WHERE of_seed_id IS NOT NULL"
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


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


def _article(row: dict[str, Any]) -> StoredArticle:
    language = Language(row["language"], row["language_confidence"], row["language_decided_by"])
    kept = {name: row[name] for name in _AS_STORED}
    article = Article(text="", authors=tuple(row["authors"]), language=language, **kept)
    return StoredArticle(article, _item(row))


def _item(row: dict[str, Any]) -> Item:
    """Give the entry's row of the ledger; an article without one is as if no feed had named it."""
    entry = FeedEntry(
        url=row["entry_url"] or row["canonical_url"],
        guid=row["guid"],
        title=row["entry_title"] or "",
        published_at=row["entry_published_at"],
        modified_at=row["entry_modified_at"],
        authors=tuple(row["entry_authors"] or ()),
    )
    return Item(
        item_id=row["item_id"] or row["article_id"],
        feed_id=row["feed_id"] or "",
        source_id=row["source_id"],
        article_id=row["article_id"],
        entry=entry,
        seen_at=row["seen_at"] or row["fetched_at"],
    )
