-- Who appears together?
CREATE OR REPLACE VIEW co_mentions AS
SELECT day, actor_a, actor_b, articles FROM pair_days;

-- The pairs of some days, in few rows: whole weeks as they are kept, days before the first and after
-- the last of them.
CREATE OR REPLACE MACRO pairs_of_weeks(since, until) AS TABLE
SELECT p.actor_a, p.actor_b, p.articles FROM pair_weeks AS p
WHERE p.week >= period_of(since + 6, 'week') AND p.week < period_of(until + 1, 'week')
UNION ALL
SELECT p.actor_a, p.actor_b, p.articles FROM pair_days AS p
WHERE p.day BETWEEN since AND least(until, period_of(since + 6, 'week') - 1)
UNION ALL
SELECT p.actor_a, p.actor_b, p.articles FROM pair_days AS p
WHERE p.day BETWEEN greatest(period_of(since + 6, 'week'), period_of(until + 1, 'week')) AND until;

-- And who more than their own attention would bring? Lift is how many times more often than if
-- the two were named independently of each other.
CREATE OR REPLACE MACRO together(since, until) AS TABLE
WITH parts AS (
  -- whole months as they are kept, and what is before the first and after the last of them
  SELECT p.actor_a, p.actor_b, p.articles FROM pair_months AS p
  WHERE p.month >= period_of(last_day(CAST(since AS DATE) - 1) + 1, 'month')
    AND p.month < period_of(CAST(until AS DATE) + 1, 'month')
  UNION ALL
  FROM pairs_of_weeks(
    CAST(since AS DATE), least(CAST(until AS DATE), last_day(CAST(since AS DATE) - 1)))
  UNION ALL
  FROM pairs_of_weeks(
    greatest(
      last_day(CAST(since AS DATE) - 1) + 1, period_of(CAST(until AS DATE) + 1, 'month')),
    CAST(until AS DATE))
), pairs AS (
  SELECT actor_a, actor_b, sum(articles) AS articles FROM parts GROUP BY ALL
), single AS (
  SELECT t.id, sum(t.articles) AS articles FROM totals AS t
  WHERE t.kind = 'actor' AND t.grain = 'day'
    AND t.period BETWEEN CAST(since AS DATE) AND CAST(until AS DATE) GROUP BY ALL
), size AS (
  SELECT sum(d.relevant) AS articles FROM source_days AS d
  WHERE d.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
)
SELECT p.actor_a, p.actor_b, CAST(p.articles AS BIGINT) AS articles,
  p.articles * n.articles / (a.articles * b.articles) AS lift
FROM pairs AS p
JOIN single AS a ON a.id = p.actor_a
JOIN single AS b ON b.id = p.actor_b
CROSS JOIN size AS n
ORDER BY p.articles DESC, p.actor_a, p.actor_b;
