# ruff: noqa: S608 - table and column names are ours, never input
"""What a staged batch changes in the database: plain SQL over its tables.

Each step reads the batch's tables as `staged_<name>` and may run twice without doing more.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import rows
from warehouse.staging import StagedBatch

Connection = duckdb.DuckDBPyConnection

COPIES = "('url', 'exact', 'near')"
# a seed's passage inside a longer article is a finding; the seed itself, reprinted, is a copy
WHOLE_SEED = "(kind = 'seed' AND similarity >= 0.65)"

NEVER = "DATE '9999-12-31'"
ALWAYS = "DATE '0001-01-01'"


@dataclass(slots=True)
class Outcome:
    """What applying a batch did."""

    articles_loaded: int = 0
    revisions: int = 0
    states: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)
    new_items: frozenset[str] = frozenset()


ALL: tuple[rows.Staged[Any], ...] = (
    rows.SOURCES,
    rows.FEEDS,
    rows.FEED_STATES,
    rows.HOSTS,
    rows.POLLS,
    rows.ITEMS,
    *rows.ARTICLE_TABLES,
    rows.DUPLICATES,
    rows.CLUSTERS,
    rows.NOVELTY,
    rows.SEEDS,
    rows.RUNS,
    rows.RUN_ITEMS,
    rows.ACTORS,
    rows.TOPICS,
    rows.PLACES,
)
EMPTY: Mapping[str, pa.Table] = {staged.name: staged.empty() for staged in ALL}


def apply(connection: Connection, batch: StagedBatch) -> Outcome:
    """Apply one batch inside the open transaction."""
    outcome = Outcome()
    with _registered(connection, batch.tables()):
        STEPS[batch.kind](connection, batch.run_id, outcome)
    return outcome


@contextmanager
def _registered(connection: Connection, tables: Mapping[str, pa.Table]) -> Iterator[None]:
    views = {f"staged_{name}": table for name, table in {**EMPTY, **tables}.items()}
    for name, table in views.items():
        connection.register(name, table)
    try:
        yield
    finally:
        for name in views:
            connection.unregister(name)


# ---------------------------------------------------------------- what we watch


def _sources(connection: Connection, run_id: str, outcome: Outcome) -> None:
    """Bring sources and feeds to what is configured; `run_id` holds the day of the change."""
    del outcome
    connection.execute("""
        DELETE FROM sources WHERE source_id IN (SELECT source_id FROM staged_sources);
        INSERT INTO sources SELECT * FROM staged_sources;
        UPDATE sources SET active = false
        WHERE source_id NOT IN (SELECT source_id FROM staged_sources)
    """)
    connection.execute(
        f"""
        UPDATE source_history AS h SET valid_to = CAST($day AS DATE)
        FROM staged_sources AS s
        WHERE h.source_id = s.source_id AND h.valid_to = {NEVER}
          AND (h.country, h.ownership, h.perspective)
            IS DISTINCT FROM (s.country, s.ownership, s.perspective);
        """,
        {"day": run_id},
    )
    connection.execute(
        f"""
        INSERT INTO source_history
        SELECT s.source_id,
          CASE WHEN EXISTS (FROM source_history AS h WHERE h.source_id = s.source_id)
            THEN CAST($day AS DATE) ELSE {ALWAYS} END,
          {NEVER}, s.country, s.ownership, s.perspective
        FROM staged_sources AS s
        WHERE NOT EXISTS (
          FROM source_history AS h WHERE h.source_id = s.source_id AND h.valid_to = {NEVER}
        );
        """,
        {"day": run_id},
    )
    connection.execute("DELETE FROM source_history WHERE valid_from = valid_to")
    connection.execute("""
        MERGE INTO feeds AS f USING staged_feeds AS s ON f.feed_id = s.feed_id
        WHEN MATCHED AND NOT s.active THEN UPDATE SET kind = s.kind, state = 'disabled'
        WHEN MATCHED AND f.state = 'disabled' THEN UPDATE SET kind = s.kind, state = 'active'
        WHEN MATCHED AND f.kind <> s.kind THEN UPDATE SET kind = s.kind
        WHEN NOT MATCHED THEN INSERT
          (feed_id, source_id, url, kind, state, consecutive_failures, polled_url, recent_items)
          VALUES (s.feed_id, s.source_id, s.url, s.kind,
            CASE WHEN s.active THEN 'active' ELSE 'disabled' END, 0, s.url, [])
        WHEN NOT MATCHED BY SOURCE AND f.state <> 'gone' THEN UPDATE SET state = 'disabled'
    """)


def _vocabulary(connection: Connection, run_id: str, outcome: Outcome) -> None:
    """Replace the lists of actors, topics and places."""
    del run_id, outcome
    for name in ("actors", "topics", "places"):
        connection.execute(f"DELETE FROM {name}")
        connection.execute(f"INSERT INTO {name} SELECT * FROM staged_{name}")


def _seeds(connection: Connection, run_id: str, outcome: Outcome) -> None:
    """Replace the seed corpus."""
    del run_id, outcome
    connection.execute("""
        DELETE FROM seed_documents;
        INSERT INTO seed_documents
        SELECT seed_id, title, language, word_count, content_hash, added_at FROM staged_seeds;
        DELETE FROM seed_fingerprints;
        INSERT INTO seed_fingerprints
        SELECT seed_id, normal_hash, print_words, sketch, shingles, numbers, sentences
        FROM staged_seeds;
    """)


# ---------------------------------------------------------------- runs


def _start(connection: Connection, run_id: str, outcome: Outcome) -> None:
    """Open a run; an earlier one that never ended died, and says so."""
    del outcome
    connection.execute("""
        UPDATE runs SET state = 'died',
          counts = (
            SELECT json_object('entries', json_group_object(l.state, l.items))
            FROM ledger AS l WHERE l.run_id = runs.run_id
          )
        WHERE state = 'running'
    """)
    connection.execute("INSERT INTO runs SELECT * FROM staged_runs ANTI JOIN runs USING (run_id)")
    del run_id


def _finish(connection: Connection, run_id: str, outcome: Outcome) -> None:
    """Close a run."""
    del outcome
    connection.execute(
        """
        UPDATE runs SET state = s.state, counts = s.counts, finished_at = s.finished_at
        FROM staged_runs AS s WHERE runs.run_id = s.run_id AND s.run_id = ?
        """,
        [run_id],
    )


def _resume(connection: Connection, run_id: str, outcome: Outcome) -> None:
    """Count earlier pending items to this run."""
    del outcome
    _note_items(connection, run_id, "SELECT item_id, 'pending' AS state FROM staged_run_items")


def _note_items(connection: Connection, run_id: str, items: str) -> None:
    connection.execute(
        f"""
        MERGE INTO run_items AS r USING ({items}) AS s
        ON r.run_id = $run AND r.item_id = s.item_id
        WHEN MATCHED AND r.state <> s.state THEN UPDATE SET state = s.state
        WHEN NOT MATCHED THEN INSERT VALUES ($run, s.item_id, s.state)
        """,
        {"run": run_id},
    )
    connection.execute(
        f"UPDATE items SET run_id = $run WHERE item_id IN (SELECT item_id FROM ({items}))",
        {"run": run_id},
    )


# ---------------------------------------------------------------- polls


def _polls(connection: Connection, run_id: str, outcome: Outcome) -> None:
    """Record polls, the feeds' states after them, and the entries not seen before."""
    _hosts(connection)
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE new_items AS
        SELECT s.* FROM staged_items AS s ANTI JOIN items AS i USING (item_id)
    """)
    connection.execute(
        """
        INSERT INTO polls
        SELECT p.poll_id, $run, p.feed_id, p.polled_at, p.outcome, p.http_status, p.bytes,
          p.milliseconds, p.entries,
          CASE WHEN row_number() OVER (PARTITION BY p.feed_id ORDER BY p.polled_at) = 1
            THEN coalesce(n.entries, 0) ELSE 0 END,
          p.gap, p.error
        FROM (FROM staged_polls ANTI JOIN polls USING (poll_id)) AS p
        LEFT JOIN (SELECT feed_id, count(*) AS entries FROM new_items GROUP BY feed_id) AS n
          USING (feed_id)
        """,
        {"run": run_id},
    )
    _poll_days(connection)
    connection.execute("""
        UPDATE feeds SET polled_url = s.polled_url, state = s.state, etag = s.etag,
          last_modified = s.last_modified, body_hash = s.body_hash,
          next_poll_at = s.next_poll_at, interval_seconds = s.interval_seconds,
          consecutive_failures = s.consecutive_failures, last_success_at = s.last_success_at,
          last_error = s.last_error, moved_to = s.moved_to, recent_items = s.recent_items
        FROM staged_feed_states AS s WHERE feeds.feed_id = s.feed_id
    """)
    outcome.new_items = _insert_items(connection, run_id)


def _poll_days(connection: Connection) -> None:
    connection.execute("""
        INSERT INTO poll_gaps
        SELECT p.poll_id, f.source_id,
          local_day(coalesce(f.last_success_at, p.polled_at)), local_day(p.polled_at)
        FROM staged_polls AS p JOIN feeds AS f USING (feed_id)
        WHERE p.gap AND p.poll_id NOT IN (SELECT poll_id FROM poll_gaps)
    """)
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE polled_days AS
        SELECT DISTINCT local_day(polled_at) AS day FROM staged_polls;
        DELETE FROM poll_days WHERE day IN (SELECT day FROM polled_days);
        INSERT INTO poll_days
        SELECT local_day(p.polled_at), f.source_id, count(*),
          count(*) FILTER (WHERE p.outcome IN ('failed', 'refused'))
        FROM polls AS p JOIN feeds AS f USING (feed_id)
        WHERE p.polled_at >= (SELECT min(polled_at) - INTERVAL 1 DAY FROM staged_polls)
          AND local_day(p.polled_at) IN (SELECT day FROM polled_days)
        GROUP BY ALL ORDER BY ALL;
        DROP TABLE polled_days;
    """)


def _insert_items(connection: Connection, run_id: str) -> frozenset[str]:
    """Insert `new_items`: what is stored already, or was forgotten, needs no fetch."""
    connection.execute(
        """
        INSERT INTO items
        SELECT n.item_id, $run, n.feed_id, n.source_id, n.url, n.guid, n.title, n.published_at,
          n.seen_at,
          CASE WHEN n.state <> 'pending' THEN n.state
            WHEN w.url_hash IS NOT NULL THEN 'refused'
            WHEN a.article_id IS NOT NULL THEN 'duplicate' ELSE n.state END,
          CASE WHEN n.state <> 'pending' THEN n.reason
            WHEN w.url_hash IS NOT NULL THEN 'forgotten: ' || w.reason
            WHEN a.article_id IS NOT NULL THEN 'article already stored' ELSE n.reason END,
          n.attempts, n.next_attempt_at, n.article_id, n.summary, n.content_html, n.modified_at,
          n.authors
        FROM new_items AS n
        LEFT JOIN (SELECT article_id FROM articles SEMI JOIN new_items USING (article_id)) AS a
          USING (article_id)
        LEFT JOIN forgotten AS w ON w.url_hash = n.article_id
        """,
        {"run": run_id},
    )
    new = connection.execute("SELECT item_id FROM new_items").fetchall()
    _note_items(
        connection, run_id, "SELECT item_id, state FROM items SEMI JOIN new_items USING (item_id)"
    )
    connection.execute("DROP TABLE new_items")
    return frozenset(item for (item,) in new)


def _hosts(connection: Connection) -> None:
    connection.execute("""
        DELETE FROM hosts WHERE host IN (SELECT host FROM staged_hosts);
        INSERT INTO hosts SELECT * FROM staged_hosts;
    """)


# ---------------------------------------------------------------- articles


def _load(connection: Connection, run_id: str, outcome: Outcome) -> None:
    """Load articles with their tags and links, and settle the items that led to them."""
    _polls(connection, run_id, outcome)
    _attempted_items(connection, run_id)
    _find_changes(connection)
    _keep_revisions(connection, outcome)
    _insert_articles(connection, run_id, outcome)
    _insert_links(connection, outcome)
    _settle_items(connection, run_id, outcome)
    _rebuild_marts(connection)


def _attempted_items(connection: Connection, run_id: str) -> None:
    connection.execute("""
        UPDATE items SET state = s.state, reason = s.reason, attempts = s.attempts,
          next_attempt_at = s.next_attempt_at
        FROM staged_items AS s WHERE items.item_id = s.item_id AND items.state = 'pending'
    """)
    _note_items(
        connection,
        run_id,
        "SELECT item_id, i.state FROM items AS i SEMI JOIN staged_items USING (item_id)",
    )


def _find_changes(connection: Connection) -> None:
    """Tell new articles, and ones whose text or title changed, from what is stored as it is."""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE stored AS
        SELECT article_id, content_hash, title, day FROM articles
        WHERE article_id IN (SELECT article_id FROM staged_articles);
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT s.article_id, o.article_id IS NOT NULL AS changed
        FROM staged_articles AS s LEFT JOIN stored AS o USING (article_id)
        WHERE (s.content_hash, s.title) IS DISTINCT FROM (o.content_hash, o.title);
        CREATE OR REPLACE TEMP TABLE changed_days AS
        SELECT day FROM staged_articles SEMI JOIN touched USING (article_id)
        UNION SELECT day FROM stored SEMI JOIN touched USING (article_id);
    """)


def _keep_revisions(connection: Connection, outcome: Outcome) -> None:
    """Keep what a changed article said before, and take its rows out."""
    counted = connection.execute("""
        INSERT INTO revisions
        SELECT a.article_id,
          1 + (SELECT count(*) FROM revisions AS r WHERE r.article_id = a.article_id),
          a.fetched_at, a.title, a.text, a.content_hash
        FROM articles AS a
        WHERE a.article_id IN (SELECT article_id FROM touched WHERE changed)
    """).fetchone()
    outcome.revisions = counted[0] if counted else 0
    if not outcome.revisions:
        return
    for table in (
        "articles",
        "mentions",
        "article_actors",
        "article_topics",
        "namings",
        "fingerprints",
        "sketches",
        "duplicates",
    ):
        connection.execute(
            f"DELETE FROM {table} WHERE article_id IN (SELECT article_id FROM touched)"
        )


def _insert_articles(connection: Connection, run_id: str, outcome: Outcome) -> None:
    names = ", ".join(rows.ARTICLES.columns)
    connection.execute(
        f"""
        INSERT INTO articles BY NAME
        SELECT {names}, n.novelty, $run AS run_id
        FROM staged_articles AS s
        SEMI JOIN touched USING (article_id)
        LEFT JOIN staged_novelty AS n USING (article_id)
        """,
        {"run": run_id},
    )
    for table in ("mentions", "article_actors", "article_topics", "namings"):
        connection.execute(
            f"INSERT INTO {table} SELECT * FROM staged_{table} SEMI JOIN touched USING (article_id)"
        )
    connection.execute("""
        INSERT INTO fingerprints
        SELECT article_id, normal_hash
        FROM staged_fingerprints SEMI JOIN touched USING (article_id);
        INSERT INTO sketches
        SELECT article_id, unnest(sketch), day
        FROM staged_fingerprints SEMI JOIN touched USING (article_id);
    """)
    counted = connection.execute("SELECT count(*) FROM touched WHERE NOT changed").fetchone()
    outcome.articles_loaded = counted[0] if counted else 0


def _insert_links(connection: Connection, outcome: Outcome) -> None:
    """Insert pairs and memberships that touch what was loaded; the rest is as it was."""
    found = connection.execute("""
        INSERT INTO duplicates
        SELECT s.* FROM staged_duplicates AS s
        WHERE s.article_id IN (FROM touched SELECT article_id)
          AND (s.of_article_id IS NULL OR EXISTS (
            FROM articles AS a WHERE a.article_id = s.of_article_id))
          AND NOT EXISTS (
            FROM duplicates AS d
            WHERE d.article_id = s.article_id AND d.of_article_id IS NOT DISTINCT FROM
              s.of_article_id AND d.of_seed_id IS NOT DISTINCT FROM s.of_seed_id)
        RETURNING kind
    """).fetchall()
    for (kind,) in found:
        outcome.duplicates[kind] = outcome.duplicates.get(kind, 0) + 1
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE members AS
        SELECT s.* FROM staged_clusters AS s SEMI JOIN articles USING (article_id)
        WHERE cluster_id IN (SELECT cluster_id FROM staged_clusters
          WHERE article_id IN (SELECT article_id FROM touched));
        INSERT INTO changed_days
        SELECT day FROM articles AS a JOIN members AS m USING (article_id)
        JOIN clusters AS c USING (article_id)
        WHERE (c.cluster_id, c.canonical) IS DISTINCT FROM (m.cluster_id, m.canonical);
        INSERT INTO members
        SELECT article_id, article_id, true, 0 FROM touched
        WHERE article_id NOT IN (SELECT article_id FROM members)
          AND article_id NOT IN (SELECT article_id FROM clusters);
        MERGE INTO clusters AS c USING members AS m ON c.article_id = m.article_id
        WHEN MATCHED AND (c.cluster_id, c.canonical, c.lag_seconds)
          IS DISTINCT FROM (m.cluster_id, m.canonical, m.lag_seconds)
          THEN UPDATE SET cluster_id = m.cluster_id, canonical = m.canonical,
            lag_seconds = m.lag_seconds
        WHEN NOT MATCHED THEN INSERT;
        DROP TABLE members;
    """)


def _settle_items(connection: Connection, run_id: str, outcome: Outcome) -> None:
    """End every pending item of a loaded article; one item owns the article, others repeat it."""
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE settled AS
        WITH waiting AS (
          SELECT i.item_id, i.article_id,
            a.relevant, a.relevance_reason, t.article_id IS NULL AS was_stored,
            row_number() OVER (PARTITION BY i.article_id
              ORDER BY (i.feed_id IS DISTINCT FROM a.feed_id), i.seen_at, i.item_id) AS nth
          FROM items AS i
          JOIN staged_articles AS a USING (article_id)
          LEFT JOIN touched AS t ON t.article_id = i.article_id AND NOT t.changed
          WHERE i.state = 'pending'
        ), copies AS (
          SELECT article_id, arg_max(kind || ' copy of ' || coalesce(of_article_id, of_seed_id),
            similarity) AS reason
          FROM duplicates
          WHERE (kind IN {COPIES} OR {WHOLE_SEED})
            AND article_id IN (SELECT article_id FROM waiting)
          GROUP BY article_id
        )
        SELECT w.item_id,
          CASE WHEN w.nth > 1 OR w.was_stored OR c.article_id IS NOT NULL THEN 'duplicate'
            WHEN NOT w.relevant THEN 'off_topic' ELSE 'loaded' END AS state,
          CASE WHEN w.nth > 1 OR w.was_stored THEN 'article already stored'
            WHEN c.article_id IS NOT NULL THEN c.reason
            WHEN NOT w.relevant THEN w.relevance_reason END AS reason
        FROM waiting AS w LEFT JOIN copies AS c USING (article_id);
        UPDATE items SET state = s.state, reason = s.reason, next_attempt_at = NULL
        FROM settled AS s WHERE items.item_id = s.item_id;
    """)
    _note_items(connection, run_id, "SELECT item_id, state FROM settled")
    states = connection.execute("""
        SELECT i.state, count(*) FROM items AS i
        WHERE i.item_id IN (SELECT item_id FROM staged_items UNION SELECT item_id FROM settled)
        GROUP BY i.state
    """).fetchall()
    outcome.states = dict(states)
    # what only a fetch needs is not kept once none will come
    connection.execute("""
        UPDATE items SET summary = NULL, content_html = NULL
        WHERE state <> 'pending' AND (summary IS NOT NULL OR content_html IS NOT NULL)
          AND item_id IN (SELECT item_id FROM staged_items UNION SELECT item_id FROM settled);
        DROP TABLE settled;
    """)


def _rebuild_marts(connection: Connection) -> None:
    from importlib.resources import files

    changed = connection.execute("SELECT count(*) FROM changed_days").fetchone()
    if changed and changed[0]:
        connection.execute(files("warehouse").joinpath("rebuild.sql").read_text(encoding="utf-8"))
    else:
        connection.execute("DROP TABLE changed_days")
    connection.execute("DROP TABLE touched; DROP TABLE stored")


STEPS: Mapping[str, Callable[[Connection, str, Outcome], None]] = {
    "sources": _sources,
    "vocabulary": _vocabulary,
    "seeds": _seeds,
    "start": _start,
    "finish": _finish,
    "resume": _resume,
    "polls": _polls,
    "load": _load,
}
