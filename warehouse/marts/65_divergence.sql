-- Who calls it what? How often each name of a contested place is used, and in whose voice.
CREATE OR REPLACE MACRO naming_variants(place, grain) AS TABLE
SELECT *, articles / sum(articles) OVER (PARTITION BY period) AS share
FROM (
  SELECT period_of(n.day, grain) AS period, n.variant, n.quoted, h.perspective,
    CAST(sum(n.articles) AS BIGINT) AS articles, CAST(sum(n.independent) AS BIGINT) AS independent
  FROM naming_days AS n LEFT JOIN source_history AS h
    ON h.source_id = n.source_id AND n.day >= h.valid_from AND n.day < h.valid_to
  WHERE n.place_id = place
  GROUP BY ALL
)
ORDER BY ALL;

-- Where do the sides part? Per topic and week: each perspective's share of its own articles, in
-- which languages, who was first, and who kept silent: perspectives whose sources were well and
-- published, but had nothing on what three others covered.
CREATE OR REPLACE VIEW divergence AS
WITH sides AS (
  SELECT period_of(d.day, 'week') AS week, h.perspective, sum(d.articles) AS published,
    count(DISTINCT d.source_id) AS sources,
    bool_or(coalesce(c.failed_polls = c.polls AND c.polls > 0, false)) AS unwell
  FROM source_days AS d
  JOIN source_history AS h
    ON h.source_id = d.source_id AND d.day >= h.valid_from AND d.day < h.valid_to
  LEFT JOIN poll_days AS c ON c.day = d.day AND c.source_id = d.source_id
  GROUP BY ALL
), told AS (
  SELECT week, topic_id, perspective, sum(articles) AS articles,
    list(language ORDER BY language) AS languages, min(first_day) AS first_day
  FROM (
    SELECT period_of(t.day, 'week') AS week, t.topic_id, h.perspective, t.language,
      sum(t.articles) AS articles, min(t.day) AS first_day
    FROM topic_days AS t LEFT JOIN source_history AS h
      ON h.source_id = t.source_id AND t.day >= h.valid_from AND t.day < h.valid_to
    GROUP BY ALL
  ) GROUP BY ALL
), topics_of_week AS (
  SELECT week, topic_id, count(*) AS perspectives, min(first_day) AS first_day
  FROM told GROUP BY ALL
)
SELECT t.week, t.topic_id, s.perspective, CAST(coalesce(o.articles, 0) AS BIGINT) AS articles,
  coalesce(o.articles, 0) / s.published AS share, o.languages, o.first_day,
  coalesce(o.first_day = t.first_day, false) AS was_first,
  (o.articles IS NULL AND t.perspectives >= 3 AND NOT s.unwell AND s.published >= 20) AS silent
FROM topics_of_week AS t
JOIN sides AS s USING (week)
LEFT JOIN told AS o
  ON o.week = t.week AND o.topic_id = t.topic_id AND o.perspective = s.perspective;
