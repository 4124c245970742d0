"""Stories: which articles, in different languages or copied, tell one event.

A load links its articles with those of nearby days and tells anew the stories around them;
the rest stay as they are. What is stored depends on the articles alone, not on their order.
"""

from flows.dedup import stories
from flows.dedup.stories import APART, LIKE, UNIT, Telling
from warehouse import rows
from warehouse.loading.step import Step

APART_SECONDS = int(APART.total_seconds())
APART_DAYS = APART.days + 1


def forget(step: Step, articles: str) -> None:
    """Take articles out of what stories are made of, and note whose stories that changes.

    Args:
        step: the open transaction; `tell` must follow in it.
        articles: a query for their ids.
    """
    _note_around(step, articles)
    step.sql(
        f"DELETE FROM story_marks WHERE article_id IN ({articles})",
        f"DELETE FROM story_links WHERE article_id IN ({articles}) OR of_article_id IN ({articles})",
    )


def link(step: Step) -> None:
    """Store the marks of loaded articles, and their links with what is stored."""
    if "story_marks" not in step.has:
        return
    step.sql(
        "CREATE OR REPLACE TEMP TABLE fresh_marks AS "
        "FROM staged_story_marks SEMI JOIN touched USING (article_id)",
        "INSERT INTO story_marks FROM fresh_marks",
        _LINK,
        "DROP TABLE fresh_marks",
    )
    _note_around(step, "SELECT article_id FROM touched")


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
    sum(CAST(f.weight AS BIGINT) * n.weight) / {UNIT * UNIT}.0 AS likeness
  FROM near AS n JOIN fresh AS f USING (feature)
  WHERE f.language <> n.language
    AND abs(epoch(f.published_at) - epoch(n.published_at)) <= {APART_SECONDS}
  GROUP BY ALL HAVING likeness >= {LIKE}
)
SELECT DISTINCT least(article_id, of_article_id), greatest(article_id, of_article_id), likeness
FROM alike
"""


def _note_around(step: Step, articles: str) -> None:
    """Note articles and those linked with them, twice over: whose nearest may have changed."""
    step.sql(
        "CREATE TEMP TABLE IF NOT EXISTS retold (article_id VARCHAR)",
        f"""
        INSERT INTO retold
        WITH RECURSIVE both_ways AS (
          SELECT article_id, of_article_id FROM story_links
          UNION ALL SELECT of_article_id, article_id FROM story_links
        ), around AS (
          SELECT article_id, 0 AS steps FROM ({articles})
          UNION
          SELECT b.of_article_id, a.steps + 1
          FROM around AS a JOIN both_ways AS b USING (article_id) WHERE a.steps < 2
        )
        SELECT DISTINCT article_id FROM around
        """,
    )


def note_moved(step: Step, articles: str) -> None:
    """Note articles whose cluster changed: copies follow each other into stories."""
    step.sql(
        "CREATE TEMP TABLE IF NOT EXISTS retold (article_id VARCHAR)",
        f"INSERT INTO retold {articles}",
    )


def tell(step: Step) -> None:
    """Tell the stories around what was noted anew."""
    step.sql("CREATE TEMP TABLE IF NOT EXISTS retold (article_id VARCHAR)")
    if step.count("SELECT count(*) FROM retold"):
        _find_region(step)
        _replace(step, stories.tell(*_read(step)))
    step.sql("DROP TABLE retold")


def _find_region(step: Step) -> None:
    """Find the noted articles, their copies, and all who share a story with any of them."""
    step.sql("""
        CREATE OR REPLACE TEMP TABLE region AS
        WITH noted AS (SELECT DISTINCT article_id FROM retold),
        copied AS (
          SELECT article_id FROM clusters
          WHERE cluster_id IN (SELECT cluster_id FROM clusters SEMI JOIN noted USING (article_id))
          UNION FROM noted
        ), told AS (
          SELECT article_id FROM stories
          WHERE story_id IN (SELECT story_id FROM stories SEMI JOIN copied USING (article_id))
          UNION FROM copied
        )
        SELECT article_id FROM told
    """)
