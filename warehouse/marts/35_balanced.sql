-- Not only at big outlets? Each source weighs the same: the mean over sources of the share of their
-- own articles, with the range of the pooled share when any one source is left out.
CREATE OR REPLACE MACRO attention_balanced(wanted_kind, wanted_id, grain) AS TABLE
WITH mine AS (
  SELECT period_of(day, grain) AS period, source_id, sum(articles) AS articles FROM (
    SELECT day, source_id, articles FROM topic_days
    WHERE wanted_kind = 'topic' AND topic_id = wanted_id
    UNION ALL SELECT day, source_id, articles FROM actor_days
    WHERE wanted_kind = 'actor' AND actor_id = wanted_id
    UNION ALL SELECT day, source_id, articles FROM naming_days
    WHERE wanted_kind = 'naming' AND place_id = wanted_id
  ) GROUP BY ALL
), published AS (
  SELECT period_of(day, grain) AS period, source_id, sum(articles) AS published
  FROM source_days GROUP BY ALL
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
FROM each AS e JOIN whole AS w USING (period) GROUP BY e.period ORDER BY e.period;

-- The same trend over a fixed panel: only sources that published in every period of the span.
CREATE OR REPLACE MACRO topic_trend_panel(topic, grain, since, until) AS TABLE
WITH published AS (
  SELECT period_of(day, grain) AS period, source_id, sum(articles) AS published
  FROM source_days WHERE day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE) GROUP BY ALL
), panel AS (
  SELECT source_id FROM published GROUP BY source_id
  HAVING count(*) = (SELECT count(DISTINCT period) FROM published)
), mine AS (
  SELECT period_of(t.day, grain) AS period, source_id, sum(t.articles) AS articles
  FROM topic_days AS t
  WHERE t.topic_id = topic AND t.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
  GROUP BY ALL
)
SELECT p.period, (SELECT count(*) FROM panel) AS sources,
  CAST(coalesce(sum(m.articles), 0) AS BIGINT) AS articles,
  coalesce(sum(m.articles), 0) / sum(p.published) AS share
FROM published AS p SEMI JOIN panel USING (source_id)
LEFT JOIN mine AS m ON m.period = p.period AND m.source_id = p.source_id
GROUP BY p.period ORDER BY p.period;
