-- Rebuilds the day marts for the days in the temporary table changed_days(day), and the weeks and
-- months they lie in. Gives the same rows whatever the order in which articles came.

CREATE OR REPLACE TEMP TABLE changed_span AS
SELECT DISTINCT CAST(unnest(
  generate_series(least(week, month), greatest(week + 6, last_day(month)), INTERVAL 1 DAY)
) AS DATE) AS day
FROM (
  SELECT DISTINCT CAST(date_trunc('week', day) AS DATE) AS week,
    CAST(date_trunc('month', day) AS DATE) AS month
  FROM changed_days
);

CREATE OR REPLACE TEMP TABLE members AS
SELECT a.day, a.article_id, a.source_id, a.language, c.cluster_id, c.canonical
FROM articles AS a JOIN clusters AS c USING (article_id)
WHERE a.relevant AND a.day IN (SELECT day FROM changed_span);

-- The source that a cluster began with: its first article, whose id it bears, may lie outside the
-- span.
CREATE OR REPLACE TEMP TABLE origins AS
SELECT article_id AS cluster_id, source_id AS origin
FROM articles
WHERE article_id IN (SELECT cluster_id FROM members WHERE NOT canonical);

CREATE OR REPLACE TEMP TABLE facts AS
SELECT m.day, m.article_id, m.source_id, m.language, m.canonical, hash(m.cluster_id) AS cluster,
  hash(coalesce(o.origin, m.source_id)) AS origin
FROM members AS m LEFT JOIN origins AS o USING (cluster_id);

CREATE OR REPLACE TEMP TABLE tagged AS
SELECT k.kind, k.id, f.day, f.cluster, f.origin
FROM (
  SELECT 'topic' AS kind, topic_id AS id, article_id FROM article_topics
  WHERE day IN (SELECT day FROM changed_span)
  UNION ALL
  SELECT DISTINCT 'family', split_part(topic_id, '.', 1), article_id FROM article_topics
  WHERE day IN (SELECT day FROM changed_span) AND contains(topic_id, '.')
  UNION ALL
  SELECT 'actor', actor_id, article_id FROM article_actors
  WHERE day IN (SELECT day FROM changed_span)
  UNION ALL
  SELECT DISTINCT 'naming', place_id, article_id FROM namings
  WHERE day IN (SELECT day FROM changed_span)
) AS k
JOIN facts AS f USING (article_id);

DELETE FROM totals WHERE grain = 'day' AND period IN (SELECT day FROM changed_days);
INSERT INTO totals
SELECT kind, 'day', day, id, count(*), count(DISTINCT cluster), count(DISTINCT origin)
FROM tagged WHERE day IN (SELECT day FROM changed_days) GROUP BY ALL ORDER BY kind, id, day;

-- Clusters of a week or month: those of its days, less what is counted on more than one. Few are,
-- and counting distinct ones among them costs a third of counting all.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT kind, id, day, cluster FROM tagged
WHERE cluster IN (SELECT cluster FROM facts GROUP BY cluster HAVING count(DISTINCT day) > 1);
