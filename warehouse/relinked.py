# ruff: noqa: S608 - table names are ours, never input
"""What loading all anew would link, beside what is stored: built in temporary tables.

A temporary table hides the stored one of its name, so the very queries that find candidates
for a load find them here, among the articles added so far.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from flows.model import Links, TaggedArticle
from warehouse import forgetting, rows
from warehouse.loading.articles import COMMON

_TABLES = """
CREATE TEMP TABLE fingerprints AS FROM warehouse.fingerprints LIMIT 0;
CREATE TEMP TABLE sketches AS FROM warehouse.sketches LIMIT 0;
CREATE TEMP TABLE common_hashes AS FROM warehouse.common_hashes LIMIT 0;
CREATE TEMP TABLE duplicates AS FROM warehouse.duplicates LIMIT 0;
CREATE TEMP TABLE clusters AS FROM warehouse.clusters LIMIT 0;
CREATE TEMP TABLE novelties (article_id VARCHAR, novelty DOUBLE);
"""
_KEPT = """
CREATE TEMP TABLE earlier AS SELECT article_id FROM articles WHERE day < DATE '{since}';
INSERT INTO fingerprints FROM warehouse.fingerprints SEMI JOIN earlier USING (article_id);
INSERT INTO sketches FROM warehouse.sketches WHERE day < DATE '{since}';
INSERT INTO duplicates FROM warehouse.duplicates AS d
WHERE d.article_id IN (FROM earlier)
  AND (d.of_article_id IS NULL OR d.of_article_id IN (FROM earlier));
INSERT INTO clusters FROM warehouse.clusters SEMI JOIN earlier USING (article_id);
INSERT INTO novelties SELECT article_id, novelty FROM articles WHERE day < DATE '{since}';
INSERT INTO common_hashes SELECT hash FROM sketches GROUP BY hash HAVING count(*) > {common};
"""
_LATER = "SELECT article_id FROM articles WHERE day >= ?"
_ADD = f"""
INSERT INTO fingerprints SELECT article_id, normal_hash FROM added_fingerprints;
CREATE OR REPLACE TEMP TABLE fresh_hashes AS
SELECT article_id, unnest(sketch) AS hash, day FROM added_fingerprints;
INSERT INTO sketches FROM fresh_hashes;
INSERT INTO common_hashes
SELECT hash FROM sketches
WHERE hash IN (SELECT hash FROM fresh_hashes) AND hash NOT IN (FROM common_hashes)
GROUP BY hash HAVING count(*) > {COMMON};
INSERT INTO duplicates FROM added_duplicates;
DELETE FROM clusters WHERE article_id IN (SELECT article_id FROM added_clusters);
INSERT INTO clusters FROM added_clusters;
DELETE FROM novelties WHERE article_id IN (SELECT article_id FROM added_novelty);
INSERT INTO novelties FROM added_novelty;
"""
_OTHER_PRINTS = """
WITH now AS (
  SELECT article_id, bit_xor(hash) AS hashes, count(*) AS many FROM sketches GROUP BY article_id
), was AS (
  SELECT article_id, bit_xor(hash) AS hashes, count(*) AS many
  FROM warehouse.sketches GROUP BY article_id
)
SELECT f.article_id, f.normal_hash,
  (SELECT coalesce(list(s.hash), []) FROM sketches AS s WHERE s.article_id = f.article_id)
    AS sketch,
  a.day
FROM fingerprints AS f
JOIN articles AS a USING (article_id)
LEFT JOIN warehouse.fingerprints AS o USING (article_id)
LEFT JOIN now USING (article_id) LEFT JOIN was USING (article_id)
WHERE (f.normal_hash, now.hashes, now.many) IS DISTINCT FROM (o.normal_hash, was.hashes, was.many)
"""
_DIFFERENCES = {
    "fingerprints": _OTHER_PRINTS,
    "common_gained": "FROM common_hashes EXCEPT FROM warehouse.common_hashes",
    "common_lost": "FROM warehouse.common_hashes EXCEPT FROM common_hashes",
    "duplicates": "FROM duplicates EXCEPT FROM warehouse.duplicates",
    "duplicates_lost": "FROM warehouse.duplicates EXCEPT FROM duplicates",
    "clusters": "FROM clusters EXCEPT FROM warehouse.clusters",
    "novelty": """
        SELECT n.article_id, n.novelty FROM novelties AS n JOIN articles AS a USING (article_id)
        WHERE n.novelty IS DISTINCT FROM a.novelty
    """,
}


class Relinked:
    """Links built anew, article by article.

    Args:
        connection: on a snapshot; used for nothing else meanwhile.
        since: what is earlier keeps its links; None if nothing does.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, since: date | None) -> None:
        self._connection = connection
        later = connection.execute(_LATER, [since or date.min]).fetchall()
        left = forgetting.regrouped(connection, frozenset(row[0] for row in later)) if since else ()
        connection.execute(_TABLES)
        if since:
            connection.execute(_KEPT.format(since=since.isoformat(), common=COMMON))
            self._execute(_ADD, (), Links(memberships=left))

    def add(self, articles: Sequence[TaggedArticle], links: Links) -> None:
        """Add articles, and what they were linked to."""
        self._execute(_ADD, articles, links)

    def differences(self) -> dict[str, pa.Table]:
        """Give what is to be put in, and what is to be taken out, by table."""
        return {
            name: self._connection.execute(query).to_arrow_table()
            for name, query in _DIFFERENCES.items()
        }

    def _execute(self, script: str, articles: Sequence[TaggedArticle], links: Links) -> None:
        tables: Mapping[str, pa.Table] = {
            "fingerprints": rows.FINGERPRINTS.table(articles),
            "duplicates": rows.DUPLICATES.table(rows.one_per_pair(links.duplicates)),
            "clusters": rows.CLUSTERS.table(rows.one_per_article(links.memberships)),
            "novelty": rows.NOVELTY.table(dict(links.novelty).items()),
        }
        for name, table in tables.items():
            self._connection.register(f"added_{name}", table)
        self._connection.execute(script)
        for name in tables:
            self._connection.unregister(f"added_{name}")
