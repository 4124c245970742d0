-- Rebuilds what is kept of clusters with more than one article: whole, where one of theirs is, or
-- was, on a day of changed_days(day), for one that comes or goes changes what the others count as.
-- Drops the temporary tables of all scripts of facts, for it is the last of them.

CREATE OR REPLACE TEMP TABLE changed_clusters AS
SELECT cluster_id FROM clusters SEMI JOIN (
  SELECT article_id FROM articles WHERE day IN (SELECT day FROM changed_days)
) USING (article_id)
UNION SELECT cluster_id FROM shared_articles WHERE day IN (SELECT day FROM changed_days);

CREATE OR REPLACE TEMP TABLE sharing AS
FROM clusters WHERE cluster_id IN (SELECT cluster_id FROM changed_clusters)
QUALIFY count(*) OVER (PARTITION BY cluster_id) > 1;

CREATE OR REPLACE TEMP TABLE shared AS
SELECT a.day, a.article_id, a.source_id, c.cluster_id, c.canonical, c.lag_seconds,
  min(a.source_id) FILTER (WHERE c.canonical) OVER same AS origin,
  min(a.source_id) OVER same < max(a.source_id) OVER same AS elsewhere, a.relevant
FROM articles AS a JOIN sharing AS c USING (article_id)
WINDOW same AS (PARTITION BY c.cluster_id);
DELETE FROM shared WHERE NOT relevant;

DELETE FROM shared_articles WHERE cluster_id IN (SELECT cluster_id FROM changed_clusters);
INSERT INTO shared_articles
SELECT day, source_id, cluster_id, canonical, lag_seconds, origin, elsewhere
FROM shared ORDER BY ALL;

-- A day counts each of its clusters; what a span has to take off again is what is on many days.
CREATE OR REPLACE TEMP TABLE lasting AS
SELECT day, article_id, cluster_id FROM shared WHERE cluster_id IN (
  SELECT cluster_id FROM shared GROUP BY cluster_id HAVING count(DISTINCT day) > 1
);
DELETE FROM topic_actor_repeats WHERE cluster_id IN (SELECT cluster_id FROM changed_clusters);
INSERT INTO topic_actor_repeats
SELECT DISTINCT s.day, t.topic_id, k.actor_id, s.cluster_id
FROM lasting AS s JOIN article_topics AS t USING (article_id, day)
JOIN article_actors AS k USING (article_id, day)
ORDER BY ALL;

DROP TABLE changed_clusters;
DROP TABLE sharing;
DROP TABLE shared;
DROP TABLE lasting;
DROP TABLE changed_span;
DROP TABLE changed_periods;
DROP TABLE members;
DROP TABLE facts;
DROP TABLE day_facts;
DROP TABLE origins;
DROP TABLE tagged;
DROP TABLE repeated;
DROP TABLE named;
