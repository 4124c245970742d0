# ruff: noqa: S608 - table and column names are ours, never input
"""Articles with their tags and links, and the items that led to them."""

from flows.dedup.fingerprint import SKETCH_BITS
from flows.errors import WarehouseError
from warehouse import rows
from warehouse.loading import ledger, marts, polls, revisits, search, stories
from warehouse.loading.step import Step

TAGS = ("mentions", "article_actors", "article_topics", "namings")
COMMON = 200  # articles with one hash of text in them: a notice, not a sign of a copy
HASH = 2**SKETCH_BITS - 1
HORIZON = 90  # days from an article's own in which copies are looked for


def load(step: Step) -> None:
    """Load articles, settle the items that led to them, note the days they fall on."""
    polls.record(step)
    revisits.settle(step)
    if "items" in step.has:
        _note_attempts(step)
    if "articles" in step.has:
        _find_changes(step)
        put(step)
        _settle_items(step)
        check_counts(step)
        _note_days(step)
    _count_states(step)


def put(step: Step) -> None:
    """Put the articles of the temporary table `touched` in, in the place of changed ones.

    The temporary table `stored` tells what was there; see `find_stored`.
    """
    changed = step.count("SELECT count(*) FROM touched WHERE changed")
    if changed:
        ledger.note_repeating(step)
        _keep_revisions(step)
    _insert_articles(step)
    _insert_fingerprints(step)
    search.forget(step)
    _insert_pairs(step)
    stories.keep(step)
    _join_clusters(step)
    _update_novelty(step)
    if changed:
        ledger.note_repeating(step)
        ledger.resettle(step)


def _note_attempts(step: Step) -> None:
    """Note how the attempts on pending items ended; what ended before stays as it was."""
    if step.outcome.new_items:
        step.sql("""
            INSERT INTO held_items
            SELECT i.rowid, i.item_id, i.state FROM items AS i SEMI JOIN new_items USING (item_id)
        """)
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE attempted AS
        SELECT h.place, h.item_id, h.state = 'pending' AS waited,
          CASE WHEN h.state = 'pending' THEN s.state ELSE h.state END AS state,
          s.reason, s.attempts, s.next_attempt_at
        FROM held_items AS h JOIN staged_items AS s USING (item_id)
        """,
        """
        UPDATE items SET state = s.state, reason = s.reason, attempts = s.attempts,
          next_attempt_at = s.next_attempt_at
        FROM attempted AS s WHERE items.rowid = s.place AND s.waited
        """,
    )
    step.note_items("attempted")
    step.sql("DROP TABLE attempted")


def find_stored(step: Step) -> None:
    """Tell which of all the articles that the batch speaks of are there, as `stored`."""
    step.sql("""
        CREATE OR REPLACE TEMP TABLE stored AS
        SELECT rowid AS place, article_id, day FROM articles WHERE article_id IN (
          SELECT article_id FROM staged_articles
          UNION SELECT article_id FROM staged_clusters
          UNION SELECT article_id FROM staged_novelty
          UNION SELECT unnest([article_id, of_article_id]) FROM staged_duplicates
        )
    """)


def _find_changes(step: Step) -> None:
    """Tell new articles, and ones whose text or title changed, from what is stored as it is."""
    find_stored(step)
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT s.article_id, o.article_id IS NOT NULL AS changed
        FROM staged_articles AS s LEFT JOIN (
          SELECT article_id, content_hash, title FROM articles
          WHERE rowid IN (SELECT place FROM stored SEMI JOIN staged_articles USING (article_id))
        ) AS o USING (article_id)
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
    stories.forget(step, "SELECT article_id FROM touched WHERE changed")
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
        f"""
        CREATE OR REPLACE TEMP TABLE fresh_hashes AS
        SELECT article_id, unnest(sketch) & {HASH} AS hash, day  -- older batches have 64 bits
        FROM staged_fingerprints SEMI JOIN touched USING (article_id)
        """,
        "INSERT INTO sketches FROM fresh_hashes",
        f"""
        INSERT INTO common_hashes
        SELECT hash FROM sketches
        WHERE hash IN (SELECT hash FROM fresh_hashes)
          AND hash NOT IN (SELECT hash FROM common_hashes)
          AND day >= (SELECT min(day) - {HORIZON} FROM fresh_hashes)
          AND day <= (SELECT max(day) + {HORIZON} FROM fresh_hashes)
        GROUP BY hash HAVING count(*) > {COMMON}
        """,
        "DROP TABLE fresh_hashes",
    )


def _insert_pairs(step: Step) -> None:
    """Insert pairs with a loaded article in them; others are as they were."""
    if "duplicates" not in step.has:
        return
    step.sql("""
        CREATE OR REPLACE TEMP TABLE present AS
        SELECT article_id FROM stored UNION SELECT article_id FROM touched
    """)
    step.sql("""
        CREATE OR REPLACE TEMP TABLE fresh_pairs AS
        SELECT s.* FROM staged_duplicates AS s
        WHERE (s.article_id IN (FROM touched SELECT article_id)
            OR s.of_article_id IN (FROM touched SELECT article_id))
          AND s.article_id IN (FROM present)
          AND (s.of_article_id IS NULL OR s.of_article_id IN (FROM present))
          AND NOT EXISTS (
            FROM duplicates AS d
            WHERE d.article_id = s.article_id
              AND d.of_article_id IS NOT DISTINCT FROM s.of_article_id
              AND d.of_seed_id IS NOT DISTINCT FROM s.of_seed_id)
    """)
    found = step.rows("SELECT kind, count(*) FROM fresh_pairs GROUP BY kind")
    step.outcome.duplicates = {str(kind): int(pairs) for kind, pairs in found}
    step.sql("INSERT INTO duplicates FROM fresh_pairs", "DROP TABLE fresh_pairs")


def _join_clusters(step: Step) -> None:
    """Put new articles into their clusters; move stored ones that a loaded one joins or left."""
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE loosened AS
        SELECT article_id FROM clusters WHERE cluster_id IN (
          SELECT cluster_id FROM clusters WHERE article_id IN (
            SELECT article_id FROM touched WHERE changed))
        """,
        """
        CREATE OR REPLACE TEMP TABLE members AS
        FROM staged_clusters
        WHERE cluster_id IN (
            SELECT cluster_id FROM staged_clusters SEMI JOIN touched USING (article_id))
          OR article_id IN (FROM loosened)
        """,
        """
        INSERT INTO clusters
        SELECT t.article_id, coalesce(m.cluster_id, t.article_id), coalesce(m.canonical, true),
          coalesce(m.lag_seconds, 0)
        FROM touched AS t LEFT JOIN members AS m USING (article_id) WHERE NOT t.changed
        """,
    )
    if step.count("SELECT count(*) FROM members SEMI JOIN stored USING (article_id)"):
        _move_members(step)
    step.sql("DROP TABLE members", "DROP TABLE loosened")


def _move_members(step: Step) -> None:
    """Move stored articles to the clusters they are in now; the days they fall on change."""
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE moved AS
        SELECT c.rowid AS place, m.*,
          (c.cluster_id, c.canonical) IS DISTINCT FROM (m.cluster_id, m.canonical) AS regrouped
        FROM clusters AS c
        JOIN (FROM members SEMI JOIN stored USING (article_id)) AS m USING (article_id)
        WHERE (c.cluster_id, c.canonical, c.lag_seconds)
          IS DISTINCT FROM (m.cluster_id, m.canonical, m.lag_seconds)
        """,
        """
        INSERT INTO changed_days
        SELECT s.day FROM stored AS s JOIN moved AS m USING (article_id) WHERE m.regrouped
        """,
        """
        UPDATE clusters SET cluster_id = m.cluster_id, canonical = m.canonical,
          lag_seconds = m.lag_seconds
        FROM moved AS m WHERE clusters.rowid = m.place
        """,
    )
    stories.note(step, "SELECT article_id FROM moved WHERE regrouped")
    step.sql("DROP TABLE moved")


def _update_novelty(step: Step) -> None:
    """Correct the novelty of stored articles that an earlier one has now joined."""
    if "novelty" in step.has and "duplicates" in step.has:
        step.sql("""
            UPDATE articles SET novelty = n.novelty
            FROM staged_novelty AS n JOIN stored AS s USING (article_id)
            WHERE articles.rowid = s.place AND articles.novelty IS DISTINCT FROM n.novelty
        """)


def _settle_items(step: Step) -> None:
    """End every pending item of a loaded article; one item owns the article, others repeat it."""
    step.sql(
        f"""
        CREATE OR REPLACE TEMP TABLE settled AS
        WITH waiting AS (
          SELECT i.rowid AS place, i.item_id, i.article_id,
            a.relevant, a.relevance_reason, t.article_id IS NULL AS was_stored,
            row_number() OVER (PARTITION BY i.article_id
              ORDER BY (i.feed_id IS DISTINCT FROM a.feed_id), i.seen_at, i.item_id) AS nth
          FROM items AS i
          JOIN staged_articles AS a USING (article_id)
          LEFT JOIN touched AS t ON t.article_id = i.article_id AND NOT t.changed
          WHERE i.state = 'pending'
        ), copies AS (
          SELECT article_id, {ledger.REASON} AS reason
          FROM duplicates
          WHERE {ledger.COPY} AND article_id IN (SELECT article_id FROM waiting)
          GROUP BY article_id
        )
        SELECT w.place, w.item_id,
          CASE WHEN w.nth > 1 OR w.was_stored OR c.article_id IS NOT NULL THEN 'duplicate'
            WHEN NOT w.relevant THEN 'off_topic' ELSE 'loaded' END AS state,
          CASE WHEN w.nth > 1 OR w.was_stored THEN 'article already stored'
            WHEN c.article_id IS NOT NULL THEN c.reason
            WHEN NOT w.relevant THEN w.relevance_reason END AS reason
        FROM waiting AS w LEFT JOIN copies AS c USING (article_id)
        """,
        """
        UPDATE items SET state = s.state, reason = s.reason, next_attempt_at = NULL
        FROM settled AS s WHERE items.rowid = s.place
        """,
    )
    step.note_items("settled")
    if "duplicates" in step.has and step.count("""
        SELECT count(*) FROM staged_duplicates
        WHERE article_id NOT IN (SELECT article_id FROM touched WHERE NOT changed)
    """):
        _unmask_copies(step)


def _unmask_copies(step: Step) -> None:
    """End as `duplicate` what was stored as news before its original came.

    A copy of several names the one most like it, in whatever order they were loaded.
    """
    step.sql(
        f"""
        CREATE OR REPLACE TEMP TABLE unmasked AS
        SELECT i.item_id, {ledger.REASON} AS reason
        FROM items AS i JOIN duplicates AS d USING (article_id)
        WHERE {ledger.COPY}
          AND (i.state IN ('loaded', 'off_topic')
            OR i.state = 'duplicate' AND i.reason LIKE '% copy of %')
          AND i.article_id IN (SELECT article_id FROM staged_duplicates)
        GROUP BY i.item_id
        """,
        """
        UPDATE items SET state = 'duplicate', reason = u.reason
        FROM unmasked AS u
        WHERE items.item_id = u.item_id AND items.reason IS DISTINCT FROM u.reason
        """,
    )
    # an earlier run's sums stay what they were when it ended
    step.for_run("""
        UPDATE run_items SET state = 'duplicate'
        WHERE run_id = $run AND item_id IN (SELECT item_id FROM unmasked)
    """)
    step.sql("DROP TABLE unmasked")


def check_counts(step: Step) -> None:
    """Refuse a load after which there is not one cluster membership for each article."""
    articles, members = (
        step.count(f"SELECT count(*) FROM {table}") for table in ("articles", "clusters")
    )
    if articles != members:
        raise WarehouseError(f"{articles} articles, {members} in clusters: the load was undone")


def _note_days(step: Step) -> None:
    marts.note(step)
    step.sql(
        *(
            f"DROP TABLE IF EXISTS {name}"
            for name in ("changed_days", "touched", "stored", "present")
        )
    )


def _count_states(step: Step) -> None:
    """Count where the batch's items stand, and drop what only a fetch would have needed."""
    handled = [
        name
        for name, table in (("held_items", "items"), ("settled", "articles"))
        if table in step.has
    ]
    if not handled:
        return
    places = " UNION ".join(f"SELECT place FROM {name}" for name in handled)
    found = step.rows(f"""
        SELECT state, count(*) FROM items WHERE rowid IN ({places}) GROUP BY state
    """)
    step.outcome.states = {str(state): int(items) for state, items in found}
    step.sql(
        f"""
        UPDATE items SET summary = NULL, content_html = NULL
        WHERE state <> 'pending' AND (summary IS NOT NULL OR content_html IS NOT NULL)
          AND rowid IN ({places})
        """,
        *(f"DROP TABLE {name}" for name in handled),
    )
