-- Is attention rising? Share of all that was published, by day, week or month. A period in which
-- nothing could be seen has no numbers; one that was seen and silent has zeros.
CREATE OR REPLACE MACRO trend_counts(wanted_kind, wanted_id, wanted_grain) AS TABLE
WITH found AS (
  -- a family of topics is asked for like a topic
  SELECT t.period, max(t.articles) AS articles, max(t.independent) AS independent,
    max(t.origins) AS origins
  FROM totals AS t
  WHERE (t.kind = kind_of(wanted_kind) OR (wanted_kind = 'topic' AND t.kind = 'family'))
    AND t.id = wanted_id AND t.grain = grain_of(wanted_grain)
  GROUP BY t.period
)
SELECT p.period,
  CASE WHEN NOT p.unseen THEN coalesce(f.articles, 0) END AS articles,
  CASE WHEN NOT p.unseen THEN coalesce(f.independent, 0) END AS independent,
  CASE WHEN NOT p.unseen THEN coalesce(f.origins, 0) END AS origins,
  CASE WHEN NOT p.unseen THEN p.published END AS published, p.gap
FROM covered_periods(wanted_grain) AS p LEFT JOIN found AS f USING (period);

CREATE OR REPLACE MACRO trend(wanted_kind, wanted_id, wanted_grain) AS TABLE
SELECT c.period, c.articles, c.independent, c.articles / nullif(c.published, 0) AS share, c.gap
FROM trend_counts(wanted_kind, wanted_id, wanted_grain) AS c ORDER BY c.period;

CREATE OR REPLACE MACRO topic_trend(topic, grain) AS TABLE
  SELECT * FROM trend('topic', topic, grain);

CREATE OR REPLACE MACRO actor_trend(actor, grain) AS TABLE
  SELECT * FROM trend('actor', actor, grain);

CREATE OR REPLACE MACRO naming_trend(place, grain) AS TABLE
  SELECT * FROM trend('naming', place, grain);
