-- Trend or broken feed? Days on which a source could not be seen whole.
--
-- A source's day is a gap when some of its entries may be lost (a poll shared no entry with the
-- poll before), or when no poll succeeded and nothing came from it. A failed day whose articles a
-- later poll brought is no gap.
CREATE OR REPLACE VIEW coverage AS
WITH lost AS (
  SELECT DISTINCT source_id,
    CAST(unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS DATE) AS day
  FROM poll_gaps
)
SELECT day, source_id,
  coalesce(p.polls, 0) AS polls,
  coalesce(p.failed_polls, 0) AS failed_polls,
  (l.source_id IS NOT NULL
    OR (coalesce(p.polls, 0) > 0 AND p.failed_polls = p.polls AND s.articles IS NULL)) AS gap,
  coalesce(s.articles, 0) AS articles
FROM source_days AS s
FULL JOIN poll_days AS p USING (day, source_id)
FULL JOIN lost AS l USING (day, source_id);

-- Each day of the record: what was published, and whether too little could be seen. A day is a
-- gap when the sources in gap bring a quarter or more of what is usual, or nothing was watched.
CREATE OR REPLACE VIEW day_coverage AS
WITH usual AS (
  SELECT source_id, sum(articles) / count(*) AS articles FROM source_days GROUP BY source_id
), seen AS (
  SELECT c.day, sum(c.articles) AS articles,
    sum(u.articles) FILTER (WHERE c.gap) AS missing, sum(u.articles) AS expected,
    bool_and(c.gap) AS all_gap
  FROM coverage AS c LEFT JOIN usual AS u USING (source_id) GROUP BY c.day
), edges AS (
  SELECT coalesce((SELECT min(day) FROM poll_days), min(day)) AS first_day, max(day) AS last_day
  FROM coverage
), calendar AS (
  SELECT CAST(unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS DATE) AS day
  FROM edges
  UNION SELECT day FROM seen
)
SELECT day, coalesce(s.articles, 0) AS articles,
  (s.day IS NULL OR s.all_gap OR coalesce(s.missing / s.expected, 0) >= 0.25) AS gap,
  (s.day IS NULL OR (s.all_gap AND s.articles = 0)) AS unseen
FROM calendar LEFT JOIN seen AS s USING (day);
