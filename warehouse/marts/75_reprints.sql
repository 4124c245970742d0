-- Who copies whom: each copy beside the article that came first in its cluster.
CREATE OR REPLACE VIEW reprints AS
SELECT c.cluster_id, o.article_id AS original_article_id, oa.source_id AS original_source_id,
  c.article_id AS copy_article_id, ca.source_id AS copy_source_id,
  d.kind, d.similarity, c.lag_seconds
FROM clusters AS c
JOIN clusters AS o ON o.cluster_id = c.cluster_id AND o.canonical
JOIN articles AS ca ON ca.article_id = c.article_id
JOIN articles AS oa ON oa.article_id = o.article_id
LEFT JOIN (
  SELECT article_id, arg_max(kind, similarity) AS kind, max(similarity) AS similarity
  FROM duplicates WHERE of_article_id IS NOT NULL AND kind IN ('url', 'exact', 'near')
  GROUP BY article_id
) AS d ON d.article_id = c.article_id
WHERE NOT c.canonical AND ca.relevant;

-- Who is first, and who copies? Of what more than one outlet has: how many stories a source began,
-- how many it copied from another, and how late its copies came. Its own second address of an
-- article is neither.
CREATE OR REPLACE MACRO originators(since, until) AS TABLE
SELECT s.source_id, count(*) FILTER (WHERE s.canonical) AS first,
  count(*) FILTER (WHERE NOT s.canonical) AS copied,
  count(*) FILTER (WHERE s.canonical) / count(*) AS first_share,
  median(s.lag_seconds) FILTER (WHERE NOT s.canonical) / 3600 AS median_lag_hours
FROM shared_articles AS s
WHERE s.day BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
  AND s.elsewhere AND (s.canonical OR s.source_id <> s.origin)
GROUP BY s.source_id ORDER BY first DESC, copied, s.source_id;
