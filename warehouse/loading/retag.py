# ruff: noqa: S608 - table and column names are ours, never input
"""Stored articles tagged again: their tags, what follows for the ledger, the days they fall on."""

from warehouse.loading import ledger, marts, stories
from warehouse.loading.articles import TAGS
from warehouse.loading.runs import note_progress
from warehouse.loading.step import Step


def retag(step: Step) -> None:
    """Replace the tags of some stored articles."""
    note_progress(step)
    if "relevance" not in step.has:
        return
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT article_id, day FROM articles SEMI JOIN staged_relevance USING (article_id)
        """,
        "CREATE OR REPLACE TEMP TABLE changed_days AS SELECT DISTINCT day FROM touched",
        "CREATE OR REPLACE TEMP TABLE unsettled AS SELECT article_id FROM touched",
    )
    for table in TAGS:
        step.sql(
            f"DELETE FROM {table} WHERE article_id IN (SELECT article_id FROM touched)",
            f"""
            INSERT INTO {table}
            SELECT * FROM staged_{table} SEMI JOIN touched USING (article_id)
            """,
        )
    step.sql("""
        UPDATE articles SET relevance = s.relevance, relevant = s.relevant,
          relevance_reason = s.relevance_reason
        FROM staged_relevance AS s WHERE articles.article_id = s.article_id
    """)
    if "story_marks" in step.has:  # batches staged before there were stories have none
        stories.forget(step, "SELECT article_id FROM touched")
        stories.keep(step)
    ledger.resettle(step)
    marts.note(step)
    step.sql("DROP TABLE touched", "DROP TABLE changed_days")
