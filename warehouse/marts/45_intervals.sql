-- How sure is a share? The interval of Wilson (1927) that holds the true share 95 times in 100.
CREATE OR REPLACE MACRO share_low(found, published) AS
  CASE WHEN published > 0 THEN greatest(0,
    (found + 1.92 - 1.96 * sqrt(found * (1 - found / published) + 0.96)) / (published + 3.84)) END;
CREATE OR REPLACE MACRO share_high(found, published) AS
  CASE WHEN published > 0 THEN least(1,
    (found + 1.92 + 1.96 * sqrt(found * (1 - found / published) + 0.96)) / (published + 3.84)) END;

-- What may be said of a trend: beside each share its interval, how many sources began the stories,
-- and the range of the share when any one source is left out.
CREATE OR REPLACE MACRO trend_with_intervals(wanted_kind, wanted_id, wanted_grain) AS TABLE
SELECT t.period, t.articles, t.independent, t.origins,
  t.articles / nullif(t.published, 0) AS share, share_low(t.articles, t.published) AS low,
  share_high(t.articles, t.published) AS high, t.gap,
  s.share_without_one_low, s.share_without_one_high
FROM trend_counts(wanted_kind, wanted_id, wanted_grain) AS t
LEFT JOIN shares_by_source(wanted_kind, wanted_id, wanted_grain) AS s USING (period)
ORDER BY t.period;

-- What is rising, what falling? The last 7 days against the 28 before, as shares of what was
-- published. `verdict` says rising or falling only where the two intervals do not touch and it stays
-- so without any one of the sources, and rising only where three sources or more began the stories.
-- What is new has no ratio.
CREATE OR REPLACE MACRO momentum(wanted_kind, until) AS TABLE
WITH seen AS MATERIALIZED (
  -- the days of day_coverage that have articles
  SELECT d.day, d.day > CAST(until AS DATE) - 7 AS now FROM covered_days AS d
  WHERE NOT d.gap AND d.day BETWEEN CAST(until AS DATE) - 34 AND CAST(until AS DATE)
    AND d.day >= (
      SELECT coalesce(min(f.day) FILTER (WHERE f.polled), min(f.day)) FROM covered_days AS f)
), cells AS MATERIALIZED (
  SELECT c.id, c.source_id, CAST(sum(c.articles) FILTER (WHERE s.now) AS DOUBLE) AS now_articles,
    CAST(sum(c.articles) FILTER (WHERE NOT s.now) AS DOUBLE) AS before_articles,
    bool_or(c.began > 0 AND s.now) AS began
  FROM days_of_kind(wanted_kind) AS c JOIN seen AS s USING (day)
  WHERE c.day BETWEEN CAST(until AS DATE) - 34 AND CAST(until AS DATE)
  GROUP BY ALL
), published AS MATERIALIZED (
  SELECT d.source_id, coalesce(CAST(sum(d.articles) FILTER (WHERE s.now) AS DOUBLE), 0) AS now_all,
    coalesce(CAST(sum(d.articles) FILTER (WHERE NOT s.now) AS DOUBLE), 0) AS before_all
  FROM source_days AS d JOIN seen AS s USING (day) GROUP BY ALL
), whole AS (SELECT sum(now_all) AS now_all, sum(before_all) AS before_all FROM published),
sums AS MATERIALIZED (
  SELECT id, coalesce(sum(now_articles), 0) AS now_articles,
    coalesce(sum(before_articles), 0) AS before_articles,
    count(*) FILTER (WHERE now_articles > 0) AS sources, count(*) FILTER (WHERE began) AS origins
  FROM cells GROUP BY id
), left_out AS (
  -- a source that has nothing on an id still counts in what was published
  SELECT s.id,
    (s.now_articles - coalesce(c.now_articles, 0)) / nullif(w.now_all - p.now_all, 0) AS share,
    (s.before_articles - coalesce(c.before_articles, 0)) / nullif(w.before_all - p.before_all, 0)
      AS share_before
  FROM sums AS s CROSS JOIN published AS p CROSS JOIN whole AS w
  LEFT JOIN cells AS c ON c.id = s.id AND c.source_id = p.source_id
), without AS (
  SELECT id, min(share / nullif(share_before, 0)) AS low,
    max(share / nullif(share_before, 0)) AS high,
    bool_and(coalesce(share > share_before, false)) AS rises,
    bool_and(coalesce(share < share_before, false)) AS falls
  FROM left_out GROUP BY id
), judged AS (
  SELECT s.*, x.low, x.high, s.now_articles / nullif(w.now_all, 0) AS share,
    s.before_articles / nullif(w.before_all, 0) AS share_before,
    CASE
      WHEN share_low(s.now_articles, w.now_all) > share_high(s.before_articles, w.before_all)
        AND s.origins >= 3 AND x.rises THEN 'rising'
      WHEN share_high(s.now_articles, w.now_all) < share_low(s.before_articles, w.before_all)
        AND x.falls THEN 'falling'
      ELSE 'steady'
    END AS verdict
  FROM sums AS s CROSS JOIN whole AS w JOIN without AS x USING (id)
)
SELECT id, CAST(now_articles AS BIGINT) AS articles, sources, share, share_before,
  share / nullif(share_before, 0) AS ratio, low AS ratio_without_one_low,
  high AS ratio_without_one_high, verdict, origins
FROM judged
ORDER BY (ratio IS NULL AND verdict = 'rising') DESC, ratio DESC NULLS LAST, articles DESC, id;
