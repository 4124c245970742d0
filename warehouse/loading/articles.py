# ruff: noqa: S608 - table and column names are ours, never input
"""Articles with their tags and links, and the items that led to them."""

from flows.errors import WarehouseError
from warehouse import rows
from warehouse.loading import ledger, polls, revisits, search
from warehouse.loading.marts import rebuild
from warehouse.loading.step import Step

TAGS = ("mentions", "article_actors", "article_topics", "namings")
COMMON = 200  # articles with one hash of text in them: a notice, not a sign of a copy


def load(step: Step) -> None:
    """Load articles, settle the items that led to them, rebuild the days they fall on."""
    polls.record(step)
    revisits.settle(step)
    if "items" in step.has:
        _note_attempts(step)
    if "articles" in step.has:
        _find_changes(step)
        put(step)
        _settle_items(step)
        check_touched(step)
        _rebuild_marts(step)
    _count_states(step)


def put(step: Step) -> None:
    """Put the articles of the temporary table `touched` in, in the place of changed ones."""
    changed = step.count("SELECT count(*) FROM touched WHERE changed")
    if changed:
        ledger.note_repeating(step)
        _keep_revisions(step)
    _insert_articles(step)
    _insert_fingerprints(step)
    search.forget(step)
    _insert_pairs(step)
    _join_clusters(step)
    _update_novelty(step)
    if changed:
        ledger.note_repeating(step)
        ledger.resettle(step)


def _note_attempts(step: Step) -> None:
    step.sql("""
        UPDATE items SET state = s.state, reason = s.reason, attempts = s.attempts,
          next_attempt_at = s.next_attempt_at
        FROM staged_items AS s WHERE items.item_id = s.item_id AND items.state = 'pending'
    """)
    step.note_items(
        "SELECT item_id, i.state FROM items AS i SEMI JOIN staged_items USING (item_id)"
    )


def _find_changes(step: Step) -> None:
    """Tell new articles, and ones whose text or title changed, from what is stored as it is."""
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE stored AS
        SELECT article_id, content_hash, title, day FROM articles
        WHERE article_id IN (SELECT article_id FROM staged_articles)
        """,
        """
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT s.article_id, o.article_id IS NOT NULL AS changed
        FROM staged_articles AS s LEFT JOIN stored AS o USING (article_id)
        WHERE (s.content_hash, s.title) IS DISTINCT FROM (o.content_hash, o.title)
        """,
        """
        CREATE OR REPLACE TEMP TABLE changed_days AS
        SELECT day FROM staged_articles SEMI JOIN touched USING (article_id)
        UNION SELECT day FROM stored SEMI JOIN touched USING (article_id)
        """,
    )


def _keep_revisions(step: Step) -> None:
    """Keep what a changed article said before, and take its rows out."""
    step.outcome.revisions = step.count("""
        INSERT INTO revisions
        SELECT a.article_id,
          1 + (SELECT count(*) FROM revisions AS r WHERE r.article_id = a.article_id),
          a.fetched_at, a.title, a.text, a.content_hash
        FROM articles AS a JOIN staged_articles AS s USING (article_id)
        WHERE a.article_id IN (SELECT article_id FROM touched WHERE changed)
          AND (a.content_hash, a.title) IS DISTINCT FROM (s.content_hash, s.title)
    """)
    changed = "(SELECT article_id FROM touched WHERE changed)"
    step.sql(f"DELETE FROM duplicates WHERE of_article_id IN {changed}")
    for table in ("articles", *TAGS, "fingerprints", "sketches", "duplicates"):
        step.sql(f"DELETE FROM {table} WHERE article_id IN {changed}")


def _insert_articles(step: Step) -> None:
    names = ", ".join(rows.ARTICLES.columns)
    step.for_run(f"""
        INSERT INTO articles BY NAME
        SELECT {names}, n.novelty, $run AS run_id
        FROM staged_articles AS s SEMI JOIN touched USING (article_id)
        LEFT JOIN staged_novelty AS n USING (article_id)
    """)
    for table in TAGS:
        if table in step.has:
            step.sql(f"""
                INSERT INTO {table}
                SELECT * FROM staged_{table} SEMI JOIN touched USING (article_id)
            """)
    step.outcome.articles_loaded = step.count("SELECT count(*) FROM touched WHERE NOT changed")


def _insert_fingerprints(step: Step) -> None:
    step.sql(
        """
        INSERT INTO fingerprints
        SELECT article_id, normal_hash
        FROM staged_fingerprints SEMI JOIN touched USING (article_id)
        """,
        """
        CREATE OR REPLACE TEMP TABLE fresh_hashes AS
        SELECT article_id, unnest(sketch) AS hash, day
        FROM staged_fingerprints SEMI JOIN touched USING (article_id)
        """,
        "INSERT INTO sketches FROM fresh_hashes",
        f"""
        INSERT INTO common_hashes
        SELECT hash FROM sketches
        WHERE hash IN (SELECT hash FROM fresh_hashes)
          AND hash NOT IN (SELECT hash FROM common_hashes)
        GROUP BY hash HAVING count(*) > {COMMON}
        """,
        "DROP TABLE fresh_hashes",
    )


def _insert_pairs(step: Step) -> None:
    """Insert pairs with a loaded article in them; others are as they were."""
    if "duplicates" not in step.has:
        return
    found = step.rows("""
        INSERT INTO duplicates
        SELECT s.* FROM staged_duplicates AS s
        WHERE (s.article_id IN (FROM touched SELECT article_id)
            OR s.of_article_id IN (FROM touched SELECT article_id))
          AND s.article_id IN (SELECT article_id FROM articles)
          AND (s.of_article_id IS NULL OR s.of_article_id IN (SELECT article_id FROM articles))
          AND NOT EXISTS (
            FROM duplicates AS d
            WHERE d.article_id = s.article_id
              AND d.of_article_id IS NOT DISTINCT FROM s.of_article_id
              AND d.of_seed_id IS NOT DISTINCT FROM s.of_seed_id)
        RETURNING kind
    """)
    for (kind,) in found:
        step.outcome.duplicates[kind] = step.outcome.duplicates.get(kind, 0) + 1


def _join_clusters(step: Step) -> None:
    """Move articles into clusters that a loaded article is in, and out of those a changed one left.

    The days of moved ones change.
    """
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE loosened AS
        SELECT article_id FROM clusters WHERE cluster_id IN (
          SELECT cluster_id FROM clusters WHERE article_id IN (
            SELECT article_id FROM touched WHERE changed))
        """,
        """
        CREATE OR REPLACE TEMP TABLE members AS
        SELECT s.* FROM staged_clusters AS s SEMI JOIN articles USING (article_id)
        WHERE cluster_id IN (SELECT cluster_id FROM staged_clusters
            WHERE article_id IN (SELECT article_id FROM touched))
          OR article_id IN (FROM loosened)
        """,
        """
        INSERT INTO members
        SELECT article_id, article_id, true, 0 FROM touched
        WHERE article_id NOT IN (SELECT article_id FROM members)
          AND article_id NOT IN (SELECT article_id FROM clusters)
        """,
        """
        INSERT INTO changed_days
        SELECT a.day FROM articles AS a
        JOIN members AS m USING (article_id) JOIN clusters AS c USING (article_id)
        WHERE (c.cluster_id, c.canonical) IS DISTINCT FROM (m.cluster_id, m.canonical)
        """,
        """
        MERGE INTO clusters AS c USING members AS m ON c.article_id = m.article_id
        WHEN MATCHED AND (c.cluster_id, c.canonical, c.lag_seconds)
          IS DISTINCT FROM (m.cluster_id, m.canonical, m.lag_seconds)
          THEN UPDATE SET cluster_id = m.cluster_id, canonical = m.canonical,
            lag_seconds = m.lag_seconds
        WHEN NOT MATCHED THEN INSERT
        """,
        "DROP TABLE members",
        "DROP TABLE loosened",
    )


def _update_novelty(step: Step) -> None:
    """Correct the novelty of stored articles that an earlier one has now joined."""
    if "novelty" in step.has and "duplicates" in step.has:
        step.sql("""
            UPDATE articles SET novelty = n.novelty
            FROM staged_novelty AS n
            WHERE articles.article_id = n.article_id
              AND articles.novelty IS DISTINCT FROM n.novelty
        """)


def _settle_items(step: Step) -> None:
    """End every pending item of a loaded article; one item owns the article, others repeat it."""
    step.sql(
        f"""
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
          WHERE {ledger.COPY} AND article_id IN (SELECT article_id FROM waiting)
          GROUP BY article_id
        )
        SELECT w.item_id,
          CASE WHEN w.nth > 1 OR w.was_stored OR c.article_id IS NOT NULL THEN 'duplicate'
            WHEN NOT w.relevant THEN 'off_topic' ELSE 'loaded' END AS state,
          CASE WHEN w.nth > 1 OR w.was_stored THEN 'article already stored'
            WHEN c.article_id IS NOT NULL THEN c.reason
            WHEN NOT w.relevant THEN w.relevance_reason END AS reason
        FROM waiting AS w LEFT JOIN copies AS c USING (article_id)
        """,
        """
        UPDATE items SET state = s.state, reason = s.reason, next_attempt_at = NULL
        FROM settled AS s WHERE items.item_id = s.item_id
        """,
    )
    step.note_items("SELECT item_id, state FROM settled")
    if "duplicates" in step.has:
        _unmask_copies(step)


def _unmask_copies(step: Step) -> None:
    """End as `duplicate` what was stored as news before its original came."""
    step.sql(
        f"""
        CREATE OR REPLACE TEMP TABLE unmasked AS
        SELECT i.item_id, any_value(d.kind || ' copy of ' || d.of_article_id) AS reason
        FROM items AS i JOIN duplicates AS d USING (article_id)
        WHERE {ledger.COPY} AND d.of_article_id IS NOT NULL AND i.state IN ('loaded', 'off_topic')
          AND i.article_id IN (SELECT article_id FROM staged_duplicates)
        GROUP BY i.item_id
        """,
        """
        UPDATE items SET state = 'duplicate', reason = u.reason
        FROM unmasked AS u WHERE items.item_id = u.item_id
        """,
    )
    # an earlier run's sums stay what they were when it ended
    step.for_run("""
        UPDATE run_items SET state = 'duplicate'
        WHERE run_id = $run AND item_id IN (SELECT item_id FROM unmasked)
    """)
    step.sql("DROP TABLE unmasked")


def check_touched(step: Step) -> None:
    """Refuse a load after which an article is not there exactly once, in exactly one cluster."""
    for table in ("articles", "clusters"):
        broken = step.rows(f"""
            SELECT article_id, count(r.article_id) AS found
            FROM touched LEFT JOIN {table} AS r USING (article_id)
            GROUP BY article_id HAVING found <> 1 LIMIT 5
        """)
        if broken:
            raise WarehouseError(f"{table}: {broken}: the load was undone")


def _rebuild_marts(step: Step) -> None:
    if step.count("SELECT count(*) FROM changed_days"):
        rebuild(step)
    step.sql("DROP TABLE changed_days", "DROP TABLE touched", "DROP TABLE stored")


def _count_states(step: Step) -> None:
    """Count where the batch's items stand, and drop what only a fetch would have needed."""
    handled = "SELECT item_id FROM staged_items"
    if "articles" in step.has:
        handled += " UNION SELECT item_id FROM settled"
    found = step.rows(f"""
        SELECT state, count(*) FROM items WHERE item_id IN ({handled}) GROUP BY state
    """)
    step.outcome.states = {str(state): int(items) for state, items in found}
    step.sql(
        f"""
        UPDATE items SET summary = NULL, content_html = NULL
        WHERE state <> 'pending' AND (summary IS NOT NULL OR content_html IS NOT NULL)
          AND item_id IN ({handled})
        """,
        "DROP TABLE IF EXISTS settled",
    )
