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

CREATE OR REPLACE TEMP TABLE changed_periods AS
SELECT DISTINCT grain, CAST(date_trunc(grain, day) AS DATE) AS period
FROM changed_days CROSS JOIN (VALUES ('day'), ('week'), ('month')) AS g(grain);

CREATE OR REPLACE TEMP TABLE facts AS
SELECT a.day, a.article_id, a.source_id, a.language, c.cluster_id, c.canonical
FROM articles AS a JOIN clusters AS c USING (article_id)
WHERE a.relevant AND a.day IN (SELECT day FROM changed_span);

CREATE OR REPLACE TEMP TABLE origins AS
SELECT c.cluster_id, a.source_id AS origin
FROM clusters AS c JOIN articles AS a USING (article_id)
WHERE c.canonical
  AND c.cluster_id IN (SELECT cluster_id FROM facts WHERE NOT canonical);

CREATE OR REPLACE TEMP TABLE tagged AS
SELECT k.kind, k.id, f.day, f.article_id, f.cluster_id, coalesce(o.origin, f.source_id) AS origin
FROM (
  SELECT 'topic' AS kind, topic_id AS id, article_id FROM article_topics
  WHERE day IN (SELECT day FROM changed_span)
  UNION ALL
  SELECT 'actor', actor_id, article_id FROM article_actors
  WHERE day IN (SELECT day FROM changed_span)
  UNION ALL
  SELECT DISTINCT 'naming', place_id, article_id FROM namings
  WHERE day IN (SELECT day FROM changed_span)
) AS k
JOIN facts AS f USING (article_id)
LEFT JOIN origins AS o ON o.cluster_id = f.cluster_id AND NOT f.canonical;

DELETE FROM totals AS t USING changed_periods AS p WHERE t.grain = p.grain AND t.period = p.period;
INSERT INTO totals
SELECT t.kind, p.grain, p.period, t.id, count(*), count(DISTINCT t.cluster_id),
  count(DISTINCT t.origin)
FROM tagged AS t JOIN changed_periods AS p ON p.period = CAST(date_trunc(p.grain, t.day) AS DATE)
GROUP BY ALL ORDER BY ALL;

DELETE FROM source_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO source_days
SELECT day, source_id, count(*), count(*) FILTER (WHERE relevant)
FROM articles WHERE day IN (SELECT day FROM changed_days) GROUP BY ALL ORDER BY ALL;

DELETE FROM topic_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO topic_days
SELECT f.day, t.topic_id, f.source_id, f.language, count(*), count(DISTINCT f.cluster_id)
FROM facts AS f JOIN article_topics AS t USING (article_id)
WHERE f.day IN (SELECT day FROM changed_days) AND t.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY ALL;

DELETE FROM actor_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO actor_days
SELECT f.day, t.actor_id, f.source_id, f.language, count(*), count(DISTINCT f.cluster_id)
FROM facts AS f JOIN article_actors AS t USING (article_id)
WHERE f.day IN (SELECT day FROM changed_days) AND t.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY ALL;

DELETE FROM naming_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO naming_days
SELECT f.day, n.place_id, n.variant, n.quoted, f.source_id, f.language, count(*),
  count(DISTINCT f.cluster_id)
FROM facts AS f JOIN namings AS n USING (article_id)
WHERE f.day IN (SELECT day FROM changed_days) AND n.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY ALL;

DELETE FROM pair_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO pair_days
SELECT f.day, a.actor_id, b.actor_id, count(*)
FROM facts AS f
JOIN article_actors AS a USING (article_id)
JOIN article_actors AS b ON b.article_id = f.article_id AND a.actor_id < b.actor_id
WHERE f.day IN (SELECT day FROM changed_days) AND a.day IN (SELECT day FROM changed_days)
  AND b.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY ALL;

DROP TABLE changed_span;
DROP TABLE changed_periods;
DROP TABLE facts;
DROP TABLE origins;
DROP TABLE tagged;
