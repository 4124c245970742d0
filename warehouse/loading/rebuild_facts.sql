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
SELECT m.day, m.article_id, m.source_id, m.language, hash(m.cluster_id) AS cluster,
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
FROM tagged WHERE day IN (SELECT day FROM changed_days) GROUP BY ALL ORDER BY ALL;

-- Clusters of a week or month: those of its days, less what is counted on more than one. Few are,
-- and counting distinct ones among them costs a third of counting all.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT kind, id, day, cluster FROM tagged
WHERE cluster IN (SELECT cluster FROM facts GROUP BY cluster HAVING count(DISTINCT day) > 1);

CREATE OR REPLACE TEMP TABLE changed_periods AS
SELECT DISTINCT CAST(date_trunc('week', day) AS DATE) AS period FROM changed_days;
DELETE FROM totals WHERE grain = 'week' AND period IN (SELECT period FROM changed_periods);
INSERT INTO totals
SELECT kind, 'week', period, id, d.articles, d.independent - coalesce(r.repeated, 0), o.origins
FROM (
  SELECT kind, id, CAST(date_trunc('week', period) AS DATE) AS period,
    sum(articles) AS articles, sum(independent) AS independent
  FROM totals WHERE grain = 'day' AND period IN (SELECT day FROM changed_span) GROUP BY ALL
) AS d
JOIN (
  SELECT kind, id, period, count(*) AS origins FROM (
    SELECT DISTINCT kind, id, CAST(date_trunc('week', day) AS DATE) AS period, origin FROM tagged
    WHERE CAST(date_trunc('week', day) AS DATE) IN (SELECT period FROM changed_periods)
  ) GROUP BY ALL
) AS o USING (kind, id, period)
LEFT JOIN (
  SELECT kind, id, CAST(date_trunc('week', day) AS DATE) AS period,
    count(DISTINCT (day, cluster)) - count(DISTINCT cluster) AS repeated
  FROM repeated GROUP BY ALL
) AS r USING (kind, id, period)
WHERE period IN (SELECT period FROM changed_periods)
ORDER BY ALL;

CREATE OR REPLACE TEMP TABLE changed_periods AS
SELECT DISTINCT CAST(date_trunc('month', day) AS DATE) AS period FROM changed_days;
DELETE FROM totals WHERE grain = 'month' AND period IN (SELECT period FROM changed_periods);
INSERT INTO totals
SELECT kind, 'month', period, id, d.articles, d.independent - coalesce(r.repeated, 0), o.origins
FROM (
  SELECT kind, id, CAST(date_trunc('month', period) AS DATE) AS period,
    sum(articles) AS articles, sum(independent) AS independent
  FROM totals WHERE grain = 'day' AND period IN (SELECT day FROM changed_span) GROUP BY ALL
) AS d
JOIN (
  SELECT kind, id, period, count(*) AS origins FROM (
    SELECT DISTINCT kind, id, CAST(date_trunc('month', day) AS DATE) AS period, origin FROM tagged
    WHERE CAST(date_trunc('month', day) AS DATE) IN (SELECT period FROM changed_periods)
  ) GROUP BY ALL
) AS o USING (kind, id, period)
LEFT JOIN (
  SELECT kind, id, CAST(date_trunc('month', day) AS DATE) AS period,
    count(DISTINCT (day, cluster)) - count(DISTINCT cluster) AS repeated
  FROM repeated GROUP BY ALL
) AS r USING (kind, id, period)
WHERE period IN (SELECT period FROM changed_periods)
ORDER BY ALL;

DELETE FROM source_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO source_days
SELECT day, source_id, count(*), count(*) FILTER (WHERE relevant)
FROM articles WHERE day IN (SELECT day FROM changed_days) GROUP BY ALL ORDER BY ALL;

CREATE OR REPLACE TEMP TABLE day_facts AS
SELECT day, article_id, source_id, language, cluster FROM facts
WHERE day IN (SELECT day FROM changed_days);

DELETE FROM topic_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO topic_days
SELECT f.day, t.topic_id, f.source_id, f.language, count(*), count(DISTINCT f.cluster)
FROM day_facts AS f JOIN article_topics AS t USING (article_id)
WHERE t.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY ALL;

DELETE FROM actor_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO actor_days
SELECT f.day, t.actor_id, f.source_id, f.language, count(*), count(DISTINCT f.cluster)
FROM day_facts AS f JOIN article_actors AS t USING (article_id)
WHERE t.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY ALL;

DELETE FROM naming_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO naming_days
SELECT f.day, n.place_id, n.variant, n.quoted, f.source_id, f.language, count(*),
  count(DISTINCT f.cluster)
FROM day_facts AS f JOIN namings AS n USING (article_id)
WHERE n.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY ALL;

CREATE OR REPLACE TEMP TABLE named AS
SELECT day, article_id, actor_id FROM article_actors SEMI JOIN day_facts USING (article_id)
WHERE day IN (SELECT day FROM changed_days);
DELETE FROM pair_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO pair_days
SELECT a.day, a.actor_id, b.actor_id, count(*)
FROM named AS a JOIN named AS b ON b.article_id = a.article_id AND a.actor_id < b.actor_id
GROUP BY ALL ORDER BY ALL;

DROP TABLE changed_span;
DROP TABLE changed_periods;
DROP TABLE members;
DROP TABLE facts;
DROP TABLE day_facts;
DROP TABLE origins;
DROP TABLE tagged;
DROP TABLE repeated;
DROP TABLE named;
