"""Entries that say their article was edited: noted with the poll, gone when fetched again."""

from warehouse.loading.step import Step


def note(step: Step) -> None:
    """Note edits, and what the entries say now: each edit is told once."""
    if "revisits" not in step.has:
        return
    step.sql(
        """
        UPDATE items SET title = s.title, modified_at = s.modified_at,
          content_hash = s.content_hash
        FROM staged_revisits AS s WHERE items.item_id = s.item_id
        """,
        "DELETE FROM revisits WHERE item_id IN (SELECT item_id FROM staged_revisits)",
        """
        INSERT INTO revisits
        SELECT item_id, seen_at, content_html, attempts, next_attempt_at FROM staged_revisits
        """,
    )


def settle(step: Step) -> None:
    """Note attempts; one that ended, well or not, is done unless there was another edit since."""
    if "visits" not in step.has:
        return
    step.sql(
        """
        DELETE FROM revisits AS r WHERE EXISTS (
          FROM staged_visits AS v
          WHERE v.item_id = r.item_id AND v.seen_at = r.seen_at AND v.state <> 'pending')
        """,
        """
        UPDATE revisits SET attempts = v.attempts, next_attempt_at = v.next_attempt_at
        FROM staged_visits AS v
        WHERE revisits.item_id = v.item_id AND revisits.seen_at = v.seen_at
        """,
    )
