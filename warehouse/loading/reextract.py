"""Stored articles as the present extractor reads them, in the place of what they were."""

from warehouse.loading import marts
from warehouse.loading.articles import check_counts, find_stored, put
from warehouse.loading.runs import note_progress
from warehouse.loading.step import Step


def reextract(step: Step) -> None:
    """Replace stored articles; others are not let in by this door."""
    note_progress(step)
    if "articles" not in step.has:
        return
    find_stored(step)
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT article_id, true AS changed
        FROM staged_articles SEMI JOIN stored USING (article_id)
        """,
        """
        CREATE OR REPLACE TEMP TABLE changed_days AS
        SELECT day FROM staged_articles SEMI JOIN touched USING (article_id)
        UNION SELECT day FROM stored SEMI JOIN touched USING (article_id)
        """,
    )
    put(step)
    check_counts(step)
    marts.note(step)
    step.sql("DROP TABLE touched", "DROP TABLE changed_days", "DROP TABLE stored")
