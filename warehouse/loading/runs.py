# ruff: noqa: S608 - table and column names are ours, never input
"""Runs: opened, resumed, closed."""

from warehouse.loading.step import Step


def start(step: Step) -> None:
    """Open a run; an earlier one that never ended died, and says so.

    On a lake other machines may be at work: there only our own earlier runs can have died.
    """
    ours = "AND run_id IN (SELECT run_id FROM staged_ours)" if "ours" in step.has else ""
    step.sql(
        f"""
        UPDATE runs SET state = 'died',
          counts = coalesce(counts, (
            SELECT json_object('entries', map_from_entries(
              coalesce(list((l.state, l.items) ORDER BY l.state), [])))
            FROM ledger AS l WHERE l.run_id = runs.run_id
          ))
        WHERE state = 'running' {ours}
        """,
        "INSERT INTO runs SELECT * FROM staged_runs ANTI JOIN runs USING (run_id)",
    )


def finish(step: Step) -> None:
    """Close a run."""
    step.for_run("""
        UPDATE runs SET state = s.state, counts = s.counts, finished_at = s.finished_at
        FROM staged_runs AS s WHERE runs.run_id = s.run_id AND s.run_id = $run
    """)


def resume(step: Step) -> None:
    """Count items that an earlier run left pending to this one."""
    step.sql("""
        CREATE OR REPLACE TEMP TABLE resumed AS
        SELECT rowid AS place, item_id, state FROM items SEMI JOIN staged_run_items USING (item_id)
    """)
    step.note_items("resumed")
    step.sql("DROP TABLE resumed")


def note_progress(step: Step) -> None:
    """Note how far a run is, so that one that dies can be taken up where it was."""
    step.for_run("""
        UPDATE runs SET counts = s.counts FROM staged_progress AS s WHERE runs.run_id = $run
    """)
