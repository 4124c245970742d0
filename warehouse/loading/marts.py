# ruff: noqa: S608 - queries are ours, never input
"""The day marts: noted as stale by what changes a day, rebuilt before a snapshot is made.

Readers see snapshots only, so a load need not wait for this, and many loads share one rebuild.
"""

from importlib.resources import files

from warehouse.loading.step import Step

PART = 20_000  # articles of which marts are rebuilt at a time, at least those of a month

# Months of stale days at a time: a week or month is whole once the last of its days is.
_NEXT = f"""
CREATE OR REPLACE TEMP TABLE changed_days AS
SELECT day FROM stale_days
WHERE facts AND date_trunc('month', day) IN (
  SELECT month FROM (
    SELECT month, sum(articles) OVER (ORDER BY month) - articles AS earlier FROM (
      SELECT date_trunc('month', s.day) AS month, count(a.day) AS articles
      FROM (SELECT day FROM stale_days WHERE facts) AS s LEFT JOIN articles AS a USING (day)
      GROUP BY ALL
    )
  ) WHERE earlier < {PART}
)
"""


def note(step: Step) -> None:
    """Note that what the articles of the temporary table `changed_days` decide is stale."""
    _note(step, "true")


def note_scores(step: Step) -> None:
    """Note that what the coverage of the temporary table `changed_days` decides is stale."""
    _note(step, "false")


def _note(step: Step, facts: str) -> None:
    step.sql(f"""
        INSERT INTO stale_days
        SELECT DISTINCT day, {facts} FROM changed_days
        EXCEPT FROM stale_days
    """)


def rebuild(step: Step) -> bool:
    """Rebuild some of what is stale; say whether anything was."""
    if step.count("SELECT count(*) FROM stale_days WHERE facts"):
        step.sql(
            _NEXT,
            _script("rebuild_facts.sql"),
            _script("rebuild_days.sql"),
            *(_script("rebuild_periods.sql").format(grain=grain) for grain in ("week", "month")),
            _script("rebuild_shared.sql"),
            """
            INSERT INTO stale_days
            SELECT day, false FROM changed_days EXCEPT FROM stale_days
            """,
            "DELETE FROM stale_days WHERE facts AND day IN (FROM changed_days)",
            "DROP TABLE changed_days",
        )
        return True
    if step.count("SELECT count(*) FROM stale_days"):
        step.sql(
            "CREATE OR REPLACE TEMP TABLE changed_days AS SELECT day FROM stale_days",
            _script("rebuild_scores.sql"),
            "DELETE FROM stale_days",
            "DROP TABLE changed_days",
        )
        return True
    return False


def _script(name: str) -> str:
    return files("warehouse.loading").joinpath(name).read_text(encoding="utf-8")
