-- What a share owes to single sources: the mean over sources of the share of their own articles,
-- and the range of the pooled share when any one source is left out.
CREATE OR REPLACE MACRO shares_by_source(wanted_kind, wanted_id, wanted_grain) AS TABLE
WITH mine AS (
  SELECT period_of(m.day, grain_of(wanted_grain)) AS period, m.source_id,
    sum(m.articles) AS articles
  FROM days_of(wanted_kind, wanted_id) AS m GROUP BY ALL
), published AS (
  SELECT period_of(d.day, grain_of(wanted_grain)) AS period, d.source_id,
    sum(d.articles) AS published
  FROM source_days AS d GROUP BY ALL
), each AS MATERIALIZED (
  SELECT period, CAST(published AS DOUBLE) AS published,
    CAST(coalesce(articles, 0) AS DOUBLE) AS articles
  FROM published LEFT JOIN mine USING (period, source_id)
), whole AS (
  SELECT period, sum(published) AS published, sum(articles) AS articles FROM each GROUP BY period
)
SELECT e.period, count(*) AS sources, count(*) FILTER (WHERE e.articles > 0) AS covering,
  avg(e.articles / e.published) AS balanced_share, any_value(w.articles / w.published) AS share,
  min((w.articles - e.articles) / nullif(w.published - e.published, 0)) AS share_without_one_low,
  max((w.articles - e.articles) / nullif(w.published - e.published, 0)) AS share_without_one_high
FROM each AS e JOIN whole AS w USING (period) GROUP BY e.period;

-- Not only at big outlets? Each source weighs the same.
CREATE OR REPLACE MACRO attention_balanced(wanted_kind, wanted_id, grain) AS TABLE
SELECT p.period, coalesce(s.sources, 0) AS sources, coalesce(s.covering, 0) AS covering,
  s.balanced_share, s.share, s.share_without_one_low, s.share_without_one_high, p.gap
FROM covered_periods(grain) AS p
LEFT JOIN shares_by_source(wanted_kind, wanted_id, grain) AS s USING (period)
ORDER BY p.period;

-- The same trend over a fixed panel: only sources that published in every period of the span in
-- which anything could be seen.
CREATE OR REPLACE MACRO topic_trend_panel(topic, grain, since, until) AS TABLE
WITH published AS (
  SELECT period_of(d.day, grain) AS period, d.source_id, sum(d.articles) AS published
  FROM source_days AS d WHERE d.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
  GROUP BY ALL
), panel AS (
  SELECT source_id FROM published GROUP BY source_id
  HAVING count(*) = (SELECT count(DISTINCT period) FROM published)
), mine AS (
  SELECT period_of(t.day, grain) AS period, t.source_id, sum(t.articles) AS articles
  FROM days_of('topic', topic) AS t
  WHERE t.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
  GROUP BY ALL
), told AS (
  SELECT p.period, coalesce(sum(m.articles), 0) AS articles, sum(p.published) AS published
  FROM published AS p SEMI JOIN panel USING (source_id)
  LEFT JOIN mine AS m ON m.period = p.period AND m.source_id = p.source_id
  GROUP BY p.period
)
SELECT c.period, (SELECT count(*) FROM panel) AS sources,
  CASE WHEN NOT c.unseen THEN CAST(coalesce(t.articles, 0) AS BIGINT) END AS articles,
  t.articles / t.published AS share, c.gap
FROM covered_periods(grain) AS c LEFT JOIN told AS t USING (period)
WHERE c.period BETWEEN period_of(since, grain) AND CAST(until AS DATE)
ORDER BY c.period;
