# ruff: noqa: S608 - queries and numbers are ours, never input
"""Stories: which articles, in different languages or copied, tell one event.

A load keeps what its articles are told by. Before a snapshot is made, they are linked with those of
nearby days, and the stories around them are told anew; the rest stay as they are. What is stored
depends on the articles alone, not on their order, nor on how many loads are told of at once.
"""

from collections.abc import Sequence

import pyarrow as pa

from flows.dedup import stories
from flows.dedup.stories import APART, FEATURE, LIKE, UNIT, Pair, Telling, Told
from warehouse.loading.step import Step

APART_SECONDS = int(APART.total_seconds())
APART_DAYS = APART.days + 1
PART = 2_000  # articles linked at a time

# Whose links are made next: those of the same days together, since they meet the same articles.
_NEXT = f"""
CREATE OR REPLACE TEMP TABLE fresh_marks AS
SELECT u.article_id, m.language, m.published_at, m.day, m.features, m.weights,
  row_number() OVER (ORDER BY m.day, u.article_id) AS number
FROM unlinked_stories AS u
LEFT JOIN (FROM story_marks SEMI JOIN unlinked_stories USING (article_id)) AS m USING (article_id)
ORDER BY number LIMIT {PART}
"""
# A pair is linked with the later of the two, in whatever order and parts they come.
_NEAR = f"""
CREATE OR REPLACE TEMP TABLE near_marks AS
WITH near_days AS (
  SELECT DISTINCT day + CAST(apart AS INTEGER) AS day
  FROM fresh_marks, range(-{APART_DAYS}, {APART_DAYS} + 1) AS r(apart)
)
SELECT row_number() OVER () AS number, article_id, language, published_at, features, weights
FROM story_marks ANTI JOIN unlinked_stories USING (article_id)
WHERE day BETWEEN (SELECT min(day) FROM near_days) AND (SELECT max(day) FROM near_days)
  AND day IN (SELECT day FROM near_days)
"""
# Doubles add whole numbers below 2**53 exactly: likeness does not depend on the order in which
# threads add up. By number, and filtered at the end: there are many times more sums than links.
_LINK = f"""
INSERT INTO story_links
WITH fresh AS (
  SELECT number, unnest(features) AS feature, CAST(unnest(weights) AS DOUBLE) AS weight
  FROM fresh_marks
), near AS (
  SELECT number, unnest(features) AS feature, CAST(unnest(weights) AS DOUBLE) AS weight
  FROM near_marks
), alike AS (
  SELECT f.number AS one, n.number AS other, sum(f.weight * n.weight) AS product
  FROM near AS n JOIN fresh AS f USING (feature)
  GROUP BY ALL HAVING product >= {LIKE * UNIT * UNIT}
)
SELECT DISTINCT least(f.article_id, n.article_id), greatest(f.article_id, n.article_id),
  product / {UNIT * UNIT}
FROM alike
JOIN fresh_marks AS f ON f.number = one
JOIN near_marks AS n ON n.number = other
WHERE f.language <> n.language
  AND abs(epoch(f.published_at) - epoch(n.published_at)) <= {APART_SECONDS}
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
        f"DELETE FROM unlinked_stories WHERE article_id IN ({articles})",
        f"DELETE FROM story_links WHERE article_id IN ({articles})",
        f"DELETE FROM story_links WHERE of_article_id IN ({articles})",
    )
    _note_around(step)


def keep(step: Step) -> None:
    """Store the marks of touched articles, which are linked with others before a snapshot."""
    step.sql(
        f"""
        INSERT INTO story_marks
        SELECT * REPLACE (list_transform(features, lambda f: f & {FEATURE}) AS features)
        FROM staged_story_marks SEMI JOIN touched USING (article_id)  -- older batches have 32 bits
        """,
        "INSERT INTO unlinked_stories SELECT article_id FROM touched",
    )


def link(step: Step) -> bool:
    """Link some articles with what is stored of nearby days; say whether any waited for it."""
    if not unlinked(step):
        return False
    step.sql(
        _NEXT,
        "DELETE FROM unlinked_stories WHERE article_id IN (SELECT article_id FROM fresh_marks)",
        _NEAR,
        _LINK,
    )
    note(step, "SELECT article_id FROM fresh_marks")
    step.sql("DROP TABLE near_marks", "DROP TABLE fresh_marks")
    return True


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


def unlinked(step: Step) -> int:
    """Count the articles that wait to be linked."""
    return step.count("SELECT count(*) FROM unlinked_stories")


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
