# ruff: noqa: S608 - table and column names are ours, never input
"""Polls: what they learned of feeds and hosts, and the entries not seen before.

Looking a batch's ids up means reading a column of ids whole, which at a million rows costs more
than all else: it is done once, and what was found is named by its row (`place`) from then on.
"""

from warehouse.loading import marts, revisits
from warehouse.loading.step import Step


def record(step: Step) -> None:
    """Record polls, the feeds' states after them, and new entries as items."""
    if "hosts" in step.has:
        step.sql(
            "DELETE FROM hosts WHERE host IN (SELECT host FROM staged_hosts)",
            "INSERT INTO hosts SELECT * FROM staged_hosts",
        )
    if not step.has & {"items", "polls"}:
        return
    _find_items(step)
    if "polls" in step.has:
        _insert_polls(step)
        _gaps(step)
        _days(step)
        _feed_states(step)
    _insert_items(step)
    revisits.note(step)


def _find_items(step: Step) -> None:
    """Tell the items that are stored, as `held_items`, from those that are not, `new_items`.

    Those that are pending are few, and most of what a batch speaks of.
    """
    step.sql("""
        CREATE OR REPLACE TEMP TABLE held_items AS
        SELECT i.rowid AS place, i.item_id, i.state
        FROM items AS i SEMI JOIN staged_items USING (item_id) WHERE i.state = 'pending'
    """)
    others = "(FROM staged_items ANTI JOIN held_items USING (item_id))"
    if step.count(f"SELECT count(*) FROM {others}"):
        step.sql(f"""
            INSERT INTO held_items
            SELECT i.rowid, i.item_id, i.state FROM items AS i SEMI JOIN {others} USING (item_id)
        """)
    step.sql(f"CREATE OR REPLACE TEMP TABLE new_items AS FROM {others}")


def _insert_polls(step: Step) -> None:
    """Insert polls; a feed's new entries count for its first poll of the batch."""
    step.for_run("""
        INSERT INTO polls
        SELECT p.poll_id, $run, p.feed_id, p.polled_at, p.outcome, p.http_status, p.bytes,
          p.milliseconds, p.entries,
          CASE WHEN row_number() OVER (PARTITION BY p.feed_id ORDER BY p.polled_at) = 1
            THEN coalesce(n.entries, 0) ELSE 0 END,
          p.gap, p.error
        FROM (FROM staged_polls ANTI JOIN polls USING (poll_id)) AS p
        LEFT JOIN (SELECT feed_id, count(*) AS entries FROM new_items GROUP BY feed_id) AS n
          USING (feed_id)
    """)


def _gaps(step: Step) -> None:
    """Note from when to when a feed's entries may be lost."""
    step.sql("""
        INSERT INTO poll_gaps
        SELECT p.poll_id, f.source_id,
          local_day(coalesce(f.last_success_at, p.polled_at)), local_day(p.polled_at)
        FROM staged_polls AS p JOIN feeds AS f USING (feed_id)
        WHERE p.gap AND p.poll_id NOT IN (SELECT poll_id FROM poll_gaps)
    """)


def _days(step: Step) -> None:
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE polled_days AS
        SELECT DISTINCT local_day(polled_at) AS day FROM staged_polls
        """,
        "DELETE FROM poll_days WHERE day IN (SELECT day FROM polled_days)",
        """
        INSERT INTO poll_days
        SELECT local_day(p.polled_at), f.source_id, count(*),
          count(*) FILTER (WHERE p.outcome IN ('failed', 'refused'))
        FROM polls AS p JOIN feeds AS f USING (feed_id)
        WHERE p.polled_at >= (SELECT min(polled_at) - INTERVAL 1 DAY FROM staged_polls)
          AND local_day(p.polled_at) IN (SELECT day FROM polled_days)
        GROUP BY ALL ORDER BY ALL
        """,
        """
        CREATE OR REPLACE TEMP TABLE changed_days AS
        SELECT day FROM polled_days
        UNION
        SELECT CAST(unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS DATE)
        FROM poll_gaps WHERE poll_id IN (SELECT poll_id FROM staged_polls)
        """,
        "DROP TABLE polled_days",
    )
    marts.note_scores(step)
    step.sql("DROP TABLE changed_days")


def _feed_states(step: Step) -> None:
    step.sql("""
        UPDATE feeds SET polled_url = s.polled_url, state = s.state, etag = s.etag,
          last_modified = s.last_modified, body_hash = s.body_hash,
          next_poll_at = s.next_poll_at, interval_seconds = s.interval_seconds,
          consecutive_failures = s.consecutive_failures, last_success_at = s.last_success_at,
          last_error = s.last_error, moved_to = s.moved_to, recent_items = s.recent_items
        FROM staged_feed_states AS s WHERE feeds.feed_id = s.feed_id
    """)


def _insert_items(step: Step) -> None:
    """Insert new items: what is stored already, or was forgotten, needs no fetch."""
    new = step.rows("SELECT item_id FROM new_items")
    step.outcome.new_items = frozenset(item for (item,) in new)
    if not new:
        return
    step.sql("""
        CREATE OR REPLACE TEMP TABLE fresh_items AS
        SELECT n.item_id, n.feed_id, n.source_id, n.url, n.guid, n.title, n.published_at, n.seen_at,
          CASE WHEN n.state <> 'pending' THEN n.state
            WHEN w.url_hash IS NOT NULL THEN 'refused'
            WHEN a.article_id IS NOT NULL THEN 'duplicate' ELSE n.state END AS state,
          CASE WHEN n.state <> 'pending' THEN n.reason
            WHEN w.url_hash IS NOT NULL THEN 'forgotten: ' || w.reason
            WHEN a.article_id IS NOT NULL THEN 'article already stored' ELSE n.reason END AS reason,
          n.attempts, n.next_attempt_at, n.article_id, n.summary, n.content_html, n.modified_at,
          n.authors, n.content_hash
        FROM new_items AS n
        LEFT JOIN (SELECT article_id FROM articles SEMI JOIN new_items USING (article_id)) AS a
          USING (article_id)
        LEFT JOIN forgotten AS w ON w.url_hash = n.article_id
    """)
    step.for_run("INSERT INTO items BY NAME SELECT *, $run AS run_id FROM fresh_items")
    step.for_run("INSERT INTO run_items SELECT $run, item_id, state FROM fresh_items")
    step.sql("DROP TABLE fresh_items")
