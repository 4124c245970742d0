# ruff: noqa: S608 - queries and numbers are ours, never input
"""Stories: which articles, in different languages or copied, tell one event.

A load links its articles with those of nearby days. Before a snapshot is made, the stories around
them are told anew; the rest stay as they are. What is stored depends on the articles alone, not on
their order, nor on how many loads are told of at once.
"""

from collections.abc import Sequence

import pyarrow as pa

from flows.dedup import stories
from flows.dedup.stories import APART, LIKE, UNIT, Pair, Telling, Told
from warehouse.loading.step import Step

APART_SECONDS = int(APART.total_seconds())
APART_DAYS = APART.days + 1

# Sums of whole numbers: likeness must not depend on the order in which threads add up.
_LINK = f"""
INSERT INTO story_links
WITH fresh AS (
  SELECT article_id, language, published_at, unnest(features) AS feature,
    unnest(weights) AS weight
  FROM fresh_marks
), near_days AS (
  SELECT DISTINCT day + CAST(apart AS INTEGER) AS day
  FROM fresh_marks, range(-{APART_DAYS}, {APART_DAYS} + 1) AS r(apart)
), near AS (
  SELECT article_id, language, published_at, unnest(features) AS feature,
    unnest(weights) AS weight
  FROM story_marks
  WHERE day BETWEEN (SELECT min(day) FROM near_days) AND (SELECT max(day) FROM near_days)
    AND day IN (SELECT day FROM near_days)
), alike AS (
  SELECT f.article_id, n.article_id AS of_article_id,
    CAST(sum(CAST(f.weight AS BIGINT) * n.weight) AS DOUBLE) / {UNIT * UNIT} AS likeness
  FROM near AS n JOIN fresh AS f USING (feature)
  WHERE f.language <> n.language
    AND abs(epoch(f.published_at) - epoch(n.published_at)) <= {APART_SECONDS}
  GROUP BY ALL HAVING likeness >= {LIKE}
)
SELECT DISTINCT least(article_id, of_article_id), greatest(article_id, of_article_id), likeness
FROM alike
"""
# Whose nearest may have changed: the articles, those linked with them, and those in turn.
_AROUND = """
WITH RECURSIVE both_ways AS (
  SELECT article_id, of_article_id FROM story_links
  UNION ALL SELECT of_article_id, article_id FROM story_links
), around AS (
  SELECT article_id, 0 AS steps FROM changed_stories
  UNION
  SELECT b.of_article_id, a.steps + 1
  FROM around AS a JOIN both_ways AS b USING (article_id) WHERE a.steps < 2
)
SELECT DISTINCT article_id FROM around
"""
# All who share a cluster or a story with one of them.
_REGION = """
WITH copied AS (
  SELECT article_id FROM clusters
  WHERE cluster_id IN (SELECT cluster_id FROM clusters SEMI JOIN {around} USING (article_id))
  UNION SELECT article_id FROM {around}
), told AS (
  SELECT article_id FROM stories
  WHERE story_id IN (SELECT story_id FROM stories SEMI JOIN copied USING (article_id))
)
SELECT article_id FROM copied UNION SELECT article_id FROM told
"""
# Who is nearest to whom is known of all in the region and of all linked with them.
_LINKS = """
WITH linked AS (
  SELECT article_id FROM region
  UNION SELECT of_article_id FROM story_links SEMI JOIN region USING (article_id)
  UNION SELECT article_id FROM story_links
    WHERE of_article_id IN (SELECT article_id FROM region)
)
SELECT article_id, of_article_id, likeness FROM story_links
WHERE article_id IN (SELECT article_id FROM linked)
  OR of_article_id IN (SELECT article_id FROM linked)
"""
_TELLINGS = """
WITH told AS MATERIALIZED (
  SELECT article_id FROM region
  UNION SELECT article_id FROM region_links UNION SELECT of_article_id FROM region_links
)
SELECT a.article_id, a.language, a.published_at, coalesce(c.cluster_id, a.article_id)
FROM (FROM articles SEMI JOIN told USING (article_id)) AS a
LEFT JOIN (FROM clusters SEMI JOIN told USING (article_id)) AS c USING (article_id)
"""


def forget(step: Step, articles: str) -> None:
    """Take articles out of what stories are made of.

    Args:
        step: the open transaction, in which the articles are still stored.
        articles: a query for their ids.
    """
    _find_around(step, articles)
    step.sql(
        f"CREATE OR REPLACE TEMP TABLE around_stories AS {_REGION.format(around='around_stories')}",
        f"DELETE FROM story_marks WHERE article_id IN ({articles})",
        f"DELETE FROM story_links WHERE article_id IN ({articles})",
        f"DELETE FROM story_links WHERE of_article_id IN ({articles})",
    )
    _note_around(step)


def link(step: Step) -> None:
    """Store the marks of touched articles, and their links with what is stored."""
    step.sql(
        """
        CREATE OR REPLACE TEMP TABLE fresh_marks AS
        SELECT * FROM staged_story_marks SEMI JOIN touched USING (article_id)
        """,
        "INSERT INTO story_marks FROM fresh_marks",
        _LINK,
        "DROP TABLE fresh_marks",
    )
    note(step, "SELECT article_id FROM touched")


def note(step: Step, articles: str) -> None:
    """Note articles whose links or copies changed: the stories around them are told anew."""
    _find_around(step, articles)
    _note_around(step)


def _find_around(step: Step, articles: str) -> None:
    step.sql(
        f"CREATE OR REPLACE TEMP TABLE changed_stories AS {articles}",
        f"CREATE OR REPLACE TEMP TABLE around_stories AS {_AROUND}",
        "DROP TABLE changed_stories",
    )


def _note_around(step: Step) -> None:
    step.sql(
        "INSERT INTO stale_stories FROM around_stories ANTI JOIN stale_stories USING (article_id)",
        "DROP TABLE around_stories",
    )


def stale(step: Step) -> int:
    """Count the articles around which stories are to be told anew."""
    return step.count("SELECT count(*) FROM stale_stories")


def tell(step: Step) -> bool:
    """Tell the stories around what was noted anew; say whether anything was."""
    if not stale(step):
        return False
    step.sql(
        f"CREATE OR REPLACE TEMP TABLE region AS {_REGION.format(around='stale_stories')}",
        f"CREATE OR REPLACE TEMP TABLE region_links AS {_LINKS}",
    )
    _replace(step, stories.tell(_tellings(step), _likeness(step)))
    step.sql("DROP TABLE region_links", "DROP TABLE region", "DELETE FROM stale_stories")
    return True


def _tellings(step: Step) -> list[Telling]:
    return [Telling(*row) for row in step.rows(_TELLINGS)]


def _likeness(step: Step) -> dict[Pair, float]:
    return {(one, other): like for one, other, like in step.rows("FROM region_links")}


def _replace(step: Step, told: Sequence[Told]) -> None:
    """Put the stories of the region in the place of those it was in."""
    rows = pa.table(
        {
            "article_id": pa.array([each.article_id for each in told], pa.string()),
            "story_id": pa.array([each.story_id for each in told], pa.string()),
            "score": pa.array([each.score for each in told], pa.float64()),
        }
    )
    step.connection.register("told_rows", rows)
    step.sql(
        "DELETE FROM stories WHERE article_id IN (SELECT article_id FROM region)",
        "INSERT INTO stories SELECT * FROM told_rows SEMI JOIN region USING (article_id)",
    )
    step.connection.unregister("told_rows")
