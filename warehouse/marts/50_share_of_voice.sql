-- Who dominates? Each id's share of all tags of its kind in a span of days, both ends included.
CREATE OR REPLACE MACRO share_of_voice(kind, since, until) AS TABLE
SELECT t.id, CAST(sum(t.articles) AS BIGINT) AS articles,
  CAST(sum(t.independent) AS BIGINT) AS independent,
  sum(t.articles) / sum(sum(t.articles)) OVER () AS share
FROM totals AS t
WHERE t.kind = kind AND t.grain = 'day'
  AND t.period BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
GROUP BY t.id
ORDER BY articles DESC, t.id;

-- Who dominates within a topic?
CREATE OR REPLACE MACRO share_of_voice_in_topic(topic, since, until) AS TABLE
WITH about AS (
  SELECT t.article_id FROM article_topics AS t JOIN articles AS a USING (article_id)
  WHERE t.topic_id = topic AND a.relevant
    AND t.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
)
SELECT k.actor_id AS id, count(*) AS articles, count(DISTINCT c.cluster_id) AS independent,
  count(*) / sum(count(*)) OVER () AS share
FROM article_actors AS k SEMI JOIN about USING (article_id)
JOIN clusters AS c USING (article_id)
WHERE k.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
GROUP BY k.actor_id
ORDER BY articles DESC, id;

-- State against independent agenda: each ownership's share of a topic, and its lift over all.
CREATE OR REPLACE MACRO by_ownership(topic, since, until) AS TABLE
WITH published AS (
  SELECT h.ownership, sum(d.articles) AS published
  FROM source_days AS d JOIN source_history AS h
    ON h.source_id = d.source_id AND d.day >= h.valid_from AND d.day < h.valid_to
  WHERE d.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE) GROUP BY ALL
), mine AS (
  SELECT v.ownership, sum(v.articles) AS articles, sum(v.independent) AS independent
  FROM attention_by_topic AS v
  WHERE v.topic_id = topic AND v.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
  GROUP BY ALL
)
SELECT p.ownership, CAST(coalesce(m.articles, 0) AS BIGINT) AS articles,
  CAST(coalesce(m.independent, 0) AS BIGINT) AS independent,
  coalesce(m.articles, 0) / p.published AS share,
  share_low(coalesce(m.articles, 0), p.published) AS low,
  share_high(coalesce(m.articles, 0), p.published) AS high,
  (coalesce(m.articles, 0) / p.published)
    / nullif(sum(m.articles) OVER () / sum(p.published) OVER (), 0) AS lift
FROM published AS p LEFT JOIN mine AS m USING (ownership)
ORDER BY lift DESC NULLS LAST, p.ownership;
