"""Which stored articles a batch may repeat: looked up by hashes, never by reading texts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from flows.model import Fingerprint, Known, KnownArticle, SeedDocument, TaggedArticle

PER_ARTICLE = 50  # stored articles compared with one new article, those sharing most first

# The horizon is counted both ways from the new article's day, so that an old article found
# late meets the copies that came before it. A hash of too many articles (a cookie notice, a
# legal line) says nothing and would make the join quadratic.
_NEAR = """
SELECT DISTINCT old_id FROM (
  SELECT s.article_id AS old_id,
         row_number() OVER (
           PARTITION BY p.article_id ORDER BY count(*) DESC, s.article_id) AS place
  FROM sketches AS s JOIN probe_hashes AS p ON s.hash = p.hash
  WHERE s.day BETWEEN $since AND $until
    AND abs(datediff('day', p.day, s.day)) <= $horizon
    AND s.article_id <> p.article_id
    AND p.hash NOT IN (SELECT hash FROM common_hashes)
  GROUP BY p.article_id, s.article_id)
WHERE place <= $most
"""
_SAME = """
SELECT f.article_id FROM fingerprints AS f JOIN probes AS p
  ON f.normal_hash = p.normal_hash AND f.article_id <> p.article_id
UNION
SELECT a.article_id FROM articles AS a JOIN probes AS p
  ON a.canonical_url = p.canonical_url AND a.article_id <> p.article_id
UNION
SELECT c.article_id FROM clusters AS c JOIN probes AS p USING (article_id)
"""
_MEMBERS = """
SELECT c.cluster_id, c.article_id, a.published_at, a.published_from
FROM clusters AS c JOIN articles AS a USING (article_id)
WHERE c.cluster_id IN (
  SELECT cluster_id FROM clusters WHERE article_id IN (SELECT article_id FROM found))
ORDER BY ALL
"""
_ARTICLES = """
SELECT a.article_id, a.canonical_url, a.source_id, a.title, a.text, a.language,
       a.published_at, c.cluster_id
FROM articles AS a JOIN clusters AS c USING (article_id)
WHERE a.article_id IN (SELECT article_id FROM found)
ORDER BY a.article_id
"""
_SEEDS = """
SELECT d.seed_id, d.title, d.language, d.word_count, d.content_hash, d.added_at,
       f.normal_hash, f.word_count AS words, f.sketch, f.shingles, f.numbers, f.sentences
FROM seed_documents AS d JOIN seed_fingerprints AS f USING (seed_id)
ORDER BY d.seed_id
"""


def find(
    connection: duckdb.DuckDBPyConnection,
    articles: Sequence[TaggedArticle],
    horizon_days: int = 90,
) -> Known:
    """Give the stored articles that a batch may repeat, their clusters, and the seeds.

    Args:
        connection: Open on the warehouse; only temporary tables are written.
        articles: The batch.
        horizon_days: How far from an article's own day copies are looked for; equal texts
            and pages are found at any distance.
    """
    seeds = _seeds(connection)
    if not articles:
        return Known(seeds=seeds)
    _probe(connection, articles)
    found = _found(connection, articles, horizon_days)
    members = connection.execute(_MEMBERS).fetchall() if found else []
    stored = connection.execute(_ARTICLES).fetchall() if found else []
    return Known(
        articles=tuple(_article(row) for row in stored),
        members=tuple((cluster, article, _utc(at)) for cluster, article, at, _ in members),
        seeds=seeds,
        undated=frozenset(article for _, article, _, came in members if came == "fetch"),
    )


def _article(row: Sequence[Any]) -> KnownArticle:
    article_id, canonical_url, source_id, title, text, language, published_at, cluster_id = row
    return KnownArticle(
        article_id,
        canonical_url,
        source_id,
        title,
        text,
        language,
        _utc(published_at),
        cluster_id,
    )


def _probe(connection: duckdb.DuckDBPyConnection, articles: Sequence[TaggedArticle]) -> None:
    rows = [
        (each.article.article_id, hashed, each.article.published_at.date())
        for each in articles
        for hashed in each.fingerprint.sketch
    ]
    hashes = pa.table(
        {
            "article_id": pa.array([row[0] for row in rows], pa.string()),
            "hash": pa.array([row[1] for row in rows], pa.uint64()),
            "day": pa.array([row[2] for row in rows], pa.date32()),
        }
    )
    probes = pa.table(
        {
            "article_id": [each.article.article_id for each in articles],
            "normal_hash": [each.fingerprint.normal_hash for each in articles],
            "canonical_url": [each.article.canonical_url for each in articles],
        }
    )
    _temporary(connection, "probe_hashes", hashes)
    _temporary(connection, "probes", probes)


def _temporary(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("probe_rows", rows)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM probe_rows")
    connection.unregister("probe_rows")


def _found(
    connection: duckdb.DuckDBPyConnection, articles: Sequence[TaggedArticle], horizon: int
) -> int:
    """Fill the temporary table `found` with article ids; gives how many."""
    days = [each.article.published_at.date() for each in articles]
    near = connection.execute(
        _NEAR,
        {
            "since": _shifted(min(days), -horizon),
            "until": _shifted(max(days), horizon),
            "horizon": horizon,
            "most": PER_ARTICLE,
        },
    ).fetchall()
    same = connection.execute(_SAME).fetchall()
    ids = sorted({row[0] for row in near} | {row[0] for row in same})
    _temporary(connection, "found", pa.table({"article_id": pa.array(ids, pa.string())}))
    return len(ids)


def _seeds(connection: duckdb.DuckDBPyConnection) -> tuple[SeedDocument, ...]:
    rows = connection.execute(_SEEDS).fetchall()
    return tuple(
        SeedDocument(seed_id, title, language, words, hashed, _utc(added_at), _fingerprint(marks))
        for seed_id, title, language, words, hashed, added_at, *marks in rows
    )


def _fingerprint(row: Sequence[Any]) -> Fingerprint:
    normal_hash, words, sketch, shingles, numbers, sentences = row
    return Fingerprint(
        normal_hash=normal_hash,
        word_count=words,
        sketch=frozenset(sketch),
        shingles=frozenset(shingles),
        numbers=frozenset(numbers),
        sentences=tuple(sentences),
    )


def _shifted(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max


def _utc(time: datetime) -> datetime:
    return time.astimezone(UTC)
