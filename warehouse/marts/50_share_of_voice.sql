-- Who dominates? Each id's share of all tags of its kind in a span of days, both ends included.
CREATE OR REPLACE MACRO share_of_voice(kind, since, until) AS TABLE
SELECT t.id, CAST(sum(t.articles) AS BIGINT) AS articles,
  CAST(sum(t.independent) AS BIGINT) AS independent,
  sum(t.articles) / sum(sum(t.articles)) OVER () AS share
FROM totals AS t
WHERE t.kind = kind_of(kind) AND t.grain = 'day'
  AND t.period BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
GROUP BY t.id
ORDER BY articles DESC, t.id;

-- Who dominates within a topic? A cluster counts once, however many days of the span it is on.
CREATE OR REPLACE MACRO share_of_voice_in_topic(topic, since, until) AS TABLE
WITH found AS (
  SELECT d.actor_id, sum(d.articles) AS articles, sum(d.independent) AS independent
  FROM topic_actor_days AS d
  WHERE d.topic_id = topic AND d.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
  GROUP BY d.actor_id
  UNION ALL
  -- a family has no mart of its own: its articles are counted, each once
  SELECT k.actor_id, count(DISTINCT c.article_id), count(DISTINCT c.cluster_id)
  FROM article_topics AS t
  JOIN article_actors AS k ON k.article_id = t.article_id AND k.day = t.day
  JOIN articles AS a ON a.article_id = t.article_id AND a.day = t.day AND a.relevant
  JOIN clusters AS c ON c.article_id = t.article_id
  WHERE NOT contains(topic, '.') AND starts_with(t.topic_id, topic || '.')
    AND t.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
  GROUP BY k.actor_id
), again AS (
  SELECT r.actor_id, count(*) - count(DISTINCT r.cluster_id) AS times
  FROM topic_actor_repeats AS r
  WHERE r.topic_id = topic AND r.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
  GROUP BY r.actor_id
)
SELECT f.actor_id AS id, CAST(f.articles AS BIGINT) AS articles,
  CAST(f.independent - coalesce(a.times, 0) AS BIGINT) AS independent,
  f.articles / sum(f.articles) OVER () AS share
FROM found AS f LEFT JOIN again AS a USING (actor_id)
ORDER BY f.articles DESC, f.actor_id;

-- State against independent agenda: each ownership's share of a topic, and its lift over all.
CREATE OR REPLACE MACRO by_ownership(topic, since, until) AS TABLE
WITH published AS (
  SELECT h.ownership, sum(d.articles) AS published
  FROM source_days AS d JOIN source_history AS h
    ON h.source_id = d.source_id AND d.day >= h.valid_from AND d.day < h.valid_to
  WHERE d.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE) GROUP BY ALL
), mine AS (
  SELECT h.ownership, sum(t.articles) AS articles, sum(t.independent) AS independent
  FROM days_of('topic', topic) AS t JOIN source_history AS h
    ON h.source_id = t.source_id AND t.day >= h.valid_from AND t.day < h.valid_to
  WHERE t.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
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
