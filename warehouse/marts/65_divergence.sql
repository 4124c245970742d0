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
-- which languages, who was first, and who kept silent: perspectives whose healthy sources, those
-- without a gap that week, published 20 articles or more, but had nothing on what three others
-- covered.
CREATE OR REPLACE VIEW divergence AS
WITH unwell AS (
  SELECT DISTINCT period_of(day, 'week') AS week, source_id FROM (
    SELECT p.day, p.source_id FROM poll_days AS p ANTI JOIN source_days USING (day, source_id)
    WHERE p.polls > 0 AND p.failed_polls = p.polls
    UNION ALL
    SELECT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)), source_id FROM poll_gaps
  )
), sides AS (
  SELECT period_of(d.day, 'week') AS week, h.perspective, sum(d.articles) AS published,
    coalesce(sum(d.articles) FILTER (WHERE u.source_id IS NULL), 0) AS published_by_healthy
  FROM source_days AS d
  JOIN source_history AS h
    ON h.source_id = d.source_id AND d.day >= h.valid_from AND d.day < h.valid_to
  LEFT JOIN unwell AS u ON u.week = period_of(d.day, 'week') AND u.source_id = d.source_id
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
  (o.articles IS NULL AND t.perspectives >= 3 AND s.published_by_healthy >= 20) AS silent
FROM topics_of_week AS t
JOIN sides AS s USING (week)
LEFT JOIN told AS o
  ON o.week = t.week AND o.topic_id = t.topic_id AND o.perspective = s.perspective;

-- One topic in one week, closer: each perspective's share by language with its interval, which
-- source of it was first and when, and which names of contested places its articles used.
CREATE OR REPLACE MACRO divergence_of(topic, day_of_week) AS TABLE
WITH week_articles AS MATERIALIZED (
  SELECT a.article_id, a.source_id, a.language, a.published_at, a.relevant, h.perspective
  FROM articles AS a JOIN source_history AS h
    ON h.source_id = a.source_id AND a.day >= h.valid_from AND a.day < h.valid_to
  WHERE a.day BETWEEN period_of(day_of_week, 'week') AND period_of(day_of_week, 'week') + 6
), told AS MATERIALIZED (
  SELECT w.* FROM week_articles AS w SEMI JOIN (
    SELECT t.article_id FROM article_topics AS t
    WHERE (t.topic_id = topic OR (NOT contains(topic, '.') AND starts_with(t.topic_id, topic || '.')))
      AND t.day BETWEEN period_of(day_of_week, 'week') AND period_of(day_of_week, 'week') + 6
  ) USING (article_id) WHERE w.relevant
), named AS (
  SELECT t.perspective, t.language, list(DISTINCT n.variant ORDER BY n.variant) AS names
  FROM told AS t JOIN namings AS n USING (article_id)
  WHERE n.day BETWEEN period_of(day_of_week, 'week') AND period_of(day_of_week, 'week') + 6
  GROUP BY ALL
), counted AS (
  SELECT perspective, language, count(*) AS articles, min(published_at) AS first_at,
    arg_min(source_id, (published_at, article_id)) AS first_source_id
  FROM told GROUP BY ALL
)
SELECT p.perspective, p.language, coalesce(c.articles, 0) AS articles, p.published,
  coalesce(c.articles, 0) / p.published AS share,
  share_low(coalesce(c.articles, 0), p.published) AS low,
  share_high(coalesce(c.articles, 0), p.published) AS high,
  c.first_at, c.first_source_id, coalesce(n.names, []) AS names
FROM (
  SELECT perspective, language, count(*) AS published FROM week_articles GROUP BY ALL
) AS p
LEFT JOIN counted AS c USING (perspective, language)
LEFT JOIN named AS n USING (perspective, language)
ORDER BY share DESC, p.perspective, p.language;
