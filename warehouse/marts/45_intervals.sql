-- How sure is a share? The interval of Wilson (1927) that holds the true share 95 times in 100.
CREATE OR REPLACE MACRO share_low(found, published) AS
  (found + 1.92 - 1.96 * sqrt(found * (1 - found / nullif(published, 0)) + 0.96))
    / nullif(published + 3.84, 3.84);
CREATE OR REPLACE MACRO share_high(found, published) AS
  (found + 1.92 + 1.96 * sqrt(found * (1 - found / nullif(published, 0)) + 0.96))
    / nullif(published + 3.84, 3.84);

CREATE OR REPLACE MACRO trend_with_intervals(wanted_kind, wanted_id, wanted_grain) AS TABLE
SELECT t.period, t.articles, t.independent, coalesce(o.origins, 0) AS origins, t.share,
  share_low(t.articles, t.articles / t.share) AS low,
  share_high(t.articles, t.articles / t.share) AS high, t.gap
FROM trend(wanted_kind, wanted_id, wanted_grain) AS t
LEFT JOIN totals AS o
  ON o.kind = wanted_kind AND o.id = wanted_id AND o.grain = wanted_grain AND o.period = t.period
ORDER BY t.period;

-- What is rising, what falling? The last 7 days against the 28 before, as shares of what was
-- published. `verdict` says rising or falling only where the two intervals do not touch, three
-- sources or more began the stories, and it stays so without any one of the sources.
CREATE OR REPLACE MACRO momentum(wanted_kind, until) AS TABLE
WITH seen AS MATERIALIZED (
  -- the days of day_coverage that have articles
  SELECT d.day, d.day > CAST(until AS DATE) - 7 AS now FROM covered_days AS d
  WHERE NOT d.gap AND d.day BETWEEN CAST(until AS DATE) - 34 AND CAST(until AS DATE)
    AND d.day >= (
      SELECT coalesce(min(f.day) FILTER (WHERE f.polled), min(f.day)) FROM covered_days AS f)
), cells AS MATERIALIZED (
  SELECT c.id, c.source_id, CAST(sum(c.articles) FILTER (WHERE s.now) AS DOUBLE) AS now_articles,
    CAST(sum(c.articles) FILTER (WHERE NOT s.now) AS DOUBLE) AS before_articles
  FROM (
    SELECT day, topic_id AS id, source_id, articles FROM topic_days WHERE wanted_kind = 'topic'
    UNION ALL SELECT day, actor_id, source_id, articles FROM actor_days
    WHERE wanted_kind = 'actor'
    UNION ALL SELECT day, place_id, source_id, articles FROM naming_days
    WHERE wanted_kind = 'naming'
  ) AS c JOIN seen AS s USING (day)
  WHERE c.day BETWEEN CAST(until AS DATE) - 34 AND CAST(until AS DATE)
  GROUP BY ALL
), published AS MATERIALIZED (
  SELECT d.source_id, coalesce(CAST(sum(d.articles) FILTER (WHERE s.now) AS DOUBLE), 0) AS now_all,
    coalesce(CAST(sum(d.articles) FILTER (WHERE NOT s.now) AS DOUBLE), 0) AS before_all
  FROM source_days AS d JOIN seen AS s USING (day) GROUP BY ALL
), whole AS (SELECT sum(now_all) AS now_all, sum(before_all) AS before_all FROM published),
sums AS (
  SELECT id, coalesce(sum(now_articles), 0) AS now_articles,
    coalesce(sum(before_articles), 0) AS before_articles,
    count(*) FILTER (WHERE now_articles > 0) AS sources
  FROM cells GROUP BY id
), without AS (
  SELECT id,
    min(((s.now_articles - coalesce(c.now_articles, 0)) / nullif(w.now_all - p.now_all, 0))
      / nullif((s.before_articles - coalesce(c.before_articles, 0))
        / nullif(w.before_all - p.before_all, 0), 0)) AS low,
    max(((s.now_articles - coalesce(c.now_articles, 0)) / nullif(w.now_all - p.now_all, 0))
      / nullif((s.before_articles - coalesce(c.before_articles, 0))
        / nullif(w.before_all - p.before_all, 0), 0)) AS high
  FROM sums AS s CROSS JOIN whole AS w JOIN cells AS c USING (id)
  JOIN published AS p USING (source_id) GROUP BY id
)
SELECT s.id, CAST(s.now_articles AS BIGINT) AS articles, s.sources,
  s.now_articles / nullif(w.now_all, 0) AS share, s.before_articles / nullif(w.before_all, 0)
    AS share_before,
  (s.now_articles / nullif(w.now_all, 0)) / nullif(s.before_articles / nullif(w.before_all, 0), 0)
    AS ratio,
  x.low AS ratio_without_one_low, x.high AS ratio_without_one_high,
  CASE
    WHEN share_low(s.now_articles, w.now_all) > share_high(s.before_articles, w.before_all)
      AND s.sources >= 3 AND x.low > 1 THEN 'rising'
    WHEN share_high(s.now_articles, w.now_all) < share_low(s.before_articles, w.before_all)
      AND x.high < 1 THEN 'falling'
    ELSE 'steady'
  END AS verdict
FROM sums AS s CROSS JOIN whole AS w LEFT JOIN without AS x USING (id)
ORDER BY ratio DESC NULLS LAST, s.id;
