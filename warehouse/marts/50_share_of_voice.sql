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
