"""Which stored articles a batch may repeat: looked up by hashes, never by reading texts."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from flows.model import Fingerprint, Known, KnownArticle, SeedDocument, TaggedArticle
from warehouse.rows import local_day

PER_ARTICLE = 50  # stored articles compared with one new article, those sharing most first
OLD_HASH = 2**32 - 1  # what articles of before schema 11 have of a hash
PER_CLUSTER = 100  # members of one cluster whose texts are read, the earliest first

# The horizon is counted both ways from the new article's day, so that an old article found
# late meets the copies that came before it. A hash of too many articles (a cookie notice, a
# legal line) says nothing and would make the join quadratic. One shared hash is enough: a short
# text has few, and a pair must be found whichever of the two came first.
_NEAR = """
SELECT DISTINCT old_id FROM (
  SELECT s.article_id AS old_id,
         row_number() OVER (
           PARTITION BY p.article_id ORDER BY count(*) DESC, s.article_id) AS place
  FROM sketches AS s
  JOIN (FROM probe_hashes ANTI JOIN common_hashes USING (hash)) AS p ON s.hash = p.hash
  WHERE s.day BETWEEN $since AND $until
    AND abs(datediff('day', p.day, s.day)) <= $horizon
    AND s.article_id <> p.article_id
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
SELECT article_id FROM clusters SEMI JOIN probes USING (article_id)
"""
_TOUCHED = """
SELECT article_id, cluster_id FROM clusters
SEMI JOIN (FROM clusters SEMI JOIN found USING (article_id)) AS held USING (cluster_id)
"""
_MEMBERS = """
SELECT t.cluster_id, t.article_id, a.published_at, a.published_from, a.rowid
FROM articles AS a JOIN touched AS t USING (article_id)
ORDER BY t.cluster_id, a.published_at, t.article_id
"""
# By row number, so that DuckDB unpacks the texts of these rows and of no others.
_ARTICLES = """
SELECT a.article_id, a.canonical_url, a.source_id, a.title, a.text, a.language, a.published_at,
       t.cluster_id
FROM articles AS a JOIN touched AS t USING (article_id)
WHERE a.rowid IN (SELECT row FROM read)
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
    corpus = seeds(connection)
    if not articles:
        return Known(seeds=corpus)
    _probe(connection, articles)
    _find(connection, articles, horizon_days)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE touched AS {_TOUCHED}")
    members = connection.execute(_MEMBERS).fetchall()
    stored = _texts(connection, members)
    return Known(
        articles=tuple(map(_article, stored)),
        members=tuple((cluster, article, _utc(at)) for cluster, article, at, _, _ in members),
        seeds=corpus,
        undated=frozenset(article for _, article, _, came, _ in members if came == "fetch"),
    )


def _texts(connection: duckdb.DuckDBPyConnection, members: Sequence[Any]) -> Sequence[Any]:
    """Read what a comparison needs of the earliest members of each cluster."""
    places = Counter[str]()
    rows = []
    for cluster, _, _, _, row in members:
        places[cluster] += 1
        if places[cluster] <= PER_CLUSTER:
            rows.append(row)
    _temporary(connection, "read", pa.table({"row": pa.array(rows, pa.int64())}))
    return connection.execute(_ARTICLES).fetchall()


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
        (each.article.article_id, hashed, local_day(each.article.published_at))
        for each in articles
        for hashed in each.fingerprint.sketch | _old(each.fingerprint.sketch)
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


def _old(sketch: frozenset[int]) -> frozenset[int]:
    return frozenset(hashed & OLD_HASH for hashed in sketch)


def _temporary(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("probe_rows", rows)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM probe_rows")
    connection.unregister("probe_rows")


def _find(
    connection: duckdb.DuckDBPyConnection, articles: Sequence[TaggedArticle], horizon: int
) -> None:
    """Fill the temporary table `found` with the ids of articles that share a mark."""
    days = [local_day(each.article.published_at) for each in articles]
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


def seeds(connection: duckdb.DuckDBPyConnection) -> tuple[SeedDocument, ...]:
    """Give the stored seed corpus."""
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
