-- Rebuilds the other marts of the changed days.
-- Rows come in the order of what they are mostly asked by: what is built together can be skipped.

DELETE FROM source_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO source_days
SELECT day, source_id, count(*), count(*) FILTER (WHERE relevant)
FROM articles WHERE day IN (SELECT day FROM changed_days) GROUP BY ALL ORDER BY ALL;

CREATE OR REPLACE TEMP TABLE day_facts AS
SELECT day, article_id, source_id, language, canonical, cluster FROM facts
WHERE day IN (SELECT day FROM changed_days);

DELETE FROM topic_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO topic_days
SELECT f.day, t.topic_id, f.source_id, f.language, count(*), count(DISTINCT f.cluster),
  count(*) FILTER (WHERE f.canonical)
FROM day_facts AS f JOIN article_topics AS t USING (article_id)
WHERE t.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY topic_id, day, source_id, language;

DELETE FROM family_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO family_days
SELECT f.day, t.family, f.source_id, f.language, count(*), count(DISTINCT f.cluster),
  count(*) FILTER (WHERE f.canonical)
FROM day_facts AS f JOIN (
  SELECT DISTINCT split_part(topic_id, '.', 1) AS family, article_id FROM article_topics
  WHERE day IN (SELECT day FROM changed_days) AND contains(topic_id, '.')
) AS t USING (article_id)
GROUP BY ALL ORDER BY family, day, source_id, language;

DELETE FROM actor_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO actor_days
SELECT f.day, t.actor_id, f.source_id, f.language, count(*), count(DISTINCT f.cluster),
  count(*) FILTER (WHERE f.canonical)
FROM day_facts AS f JOIN article_actors AS t USING (article_id)
WHERE t.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY actor_id, day, source_id, language;

DELETE FROM naming_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO naming_days
SELECT f.day, n.place_id, n.variant, n.quoted, f.source_id, f.language, count(*),
  count(DISTINCT f.cluster)
FROM day_facts AS f JOIN namings AS n USING (article_id)
WHERE n.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY place_id, day, source_id, language, variant, quoted;

DELETE FROM place_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO place_days
SELECT f.day, n.place_id, f.source_id, f.language, count(*), count(DISTINCT f.cluster),
  count(*) FILTER (WHERE f.canonical)
FROM day_facts AS f JOIN (
  SELECT DISTINCT place_id, article_id FROM namings
  WHERE day IN (SELECT day FROM changed_days)
) AS n USING (article_id)
GROUP BY ALL ORDER BY place_id, day, source_id, language;

CREATE OR REPLACE TEMP TABLE named AS
SELECT day, article_id, actor_id FROM article_actors SEMI JOIN day_facts USING (article_id)
WHERE day IN (SELECT day FROM changed_days);
DELETE FROM pair_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO pair_days
SELECT a.day, a.actor_id, b.actor_id, count(*)
FROM named AS a JOIN named AS b ON b.article_id = a.article_id AND a.actor_id < b.actor_id
GROUP BY ALL ORDER BY ALL;

DELETE FROM topic_actor_days WHERE day IN (SELECT day FROM changed_days);
INSERT INTO topic_actor_days
SELECT f.day, t.topic_id, k.actor_id, count(*), count(DISTINCT f.cluster)
FROM day_facts AS f JOIN article_topics AS t USING (article_id) JOIN named AS k USING (article_id)
WHERE t.day IN (SELECT day FROM changed_days)
GROUP BY ALL ORDER BY topic_id, day, actor_id;
