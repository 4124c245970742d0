-- Is attention rising? Share of all that was published, by day, week or month. A period in which
-- nothing could be seen has no numbers; one that was seen and silent has zeros.
CREATE OR REPLACE MACRO trend(wanted_kind, wanted_id, wanted_grain) AS TABLE
WITH found AS (
  -- a family of topics is asked for like a topic
  SELECT t.period, max(t.articles) AS articles, max(t.independent) AS independent
  FROM totals AS t
  WHERE (t.kind = wanted_kind OR (wanted_kind = 'topic' AND t.kind = 'family'))
    AND t.id = wanted_id AND t.grain = grain_of(wanted_grain)
  GROUP BY t.period
), periods AS (
  SELECT period_of(d.day, grain_of(wanted_grain)) AS period, sum(d.articles) AS published,
    bool_or(d.gap) AS gap, bool_and(d.unseen) AS unseen
  FROM day_coverage AS d GROUP BY ALL
)
SELECT p.period,
  CASE WHEN NOT p.unseen THEN coalesce(f.articles, 0) END AS articles,
  CASE WHEN NOT p.unseen THEN coalesce(f.independent, 0) END AS independent,
  CASE WHEN NOT p.unseen AND p.published > 0
    THEN coalesce(f.articles, 0) / p.published END AS share,
  p.gap
FROM periods AS p LEFT JOIN found AS f USING (period)
ORDER BY p.period;

CREATE OR REPLACE MACRO topic_trend(topic, grain) AS TABLE
  SELECT * FROM trend('topic', topic, grain);

CREATE OR REPLACE MACRO actor_trend(actor, grain) AS TABLE
  SELECT * FROM trend('actor', actor, grain);

CREATE OR REPLACE MACRO naming_trend(place, grain) AS TABLE
  SELECT * FROM trend('naming', place, grain);
