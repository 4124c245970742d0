-- Which feeds are well? Counted back from the last poll of any feed, so that a snapshot's answer
-- does not change with the hour it is read at. With an earlier day: how they were by its end.
CREATE OR REPLACE MACRO feed_health_at(until) AS TABLE
WITH latest AS MATERIALIZED (
  SELECT max(polled_at) AS at, max(polled_at) - INTERVAL 7 DAY AS week_ago,
    max(polled_at) - INTERVAL 35 DAY AS weeks_ago
  FROM polls WHERE polled_at < day_end(until)
), polled AS (
  SELECT p.feed_id, avg(CASE WHEN p.outcome IN ('failed', 'refused') THEN 0 ELSE 1 END) AS rate
  FROM polls AS p, latest
  WHERE p.polled_at > latest.week_ago AND p.polled_at <= latest.at GROUP BY p.feed_id
), later AS (
  SELECT DISTINCT p.feed_id FROM polls AS p, latest WHERE p.polled_at > latest.at
), brought AS (
  SELECT a.feed_id, count(*) FILTER (WHERE a.fetched_at > latest.week_ago) AS lately,
    count(*) FILTER (WHERE a.fetched_at <= latest.week_ago) AS earlier
  FROM articles AS a, latest
  WHERE a.fetched_at > latest.weeks_ago AND a.fetched_at < day_end(until) GROUP BY a.feed_id
)
SELECT f.feed_id, f.source_id, f.state, f.last_success_at, p.rate AS success_rate_7d,
  coalesce(b.lately, 0) AS articles_7d,
  coalesce(7.0 * s.expect_min, b.earlier / 4.0) AS expected_7d,
  CASE
    WHEN f.state = 'gone' AND l.feed_id IS NULL THEN 'gone'
    WHEN f.state = 'disabled' THEN 'disabled'
    WHEN p.rate IS NULL THEN 'unpolled'
    WHEN p.rate = 0 THEN 'failing'
    WHEN coalesce(b.lately, 0) = 0 AND coalesce(7.0 * s.expect_min, b.earlier / 4.0) >= 3
      THEN 'silent'
    WHEN coalesce(b.lately, 0) < 0.3 * coalesce(7.0 * s.expect_min, b.earlier / 4.0) THEN 'low'
    WHEN b.lately > 7 * s.expect_max THEN 'high'
    WHEN p.rate < 0.8 THEN 'unsteady'
    ELSE 'ok'
  END AS verdict
FROM feeds AS f
LEFT JOIN sources AS s USING (source_id)
LEFT JOIN polled AS p USING (feed_id)
LEFT JOIN brought AS b USING (feed_id)
LEFT JOIN later AS l USING (feed_id);

CREATE OR REPLACE VIEW feed_health AS SELECT * FROM feed_health_at(DATE '9999-12-30');
