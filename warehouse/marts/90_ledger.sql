-- What became of every entry of a run: its state when the run that last handled it ended.
CREATE OR REPLACE VIEW ledger AS
SELECT run_id, state, count(*) AS items FROM run_items GROUP BY run_id, state;

-- What must never be: each view is empty, or the load that filled it is undone.
CREATE OR REPLACE VIEW assert_ids AS
SELECT 'articles' AS name, article_id AS id FROM articles GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'clusters', article_id FROM clusters GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'items', item_id FROM items GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'feeds', feed_id FROM feeds GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'polls', poll_id FROM polls GROUP BY ALL HAVING count(*) > 1;

CREATE OR REPLACE VIEW assert_ledger AS
SELECT run_id AS name, feed_id AS id
FROM (SELECT run_id, feed_id, sum(new_entries) AS expected FROM polls GROUP BY ALL) AS p
LEFT JOIN (
  SELECT r.run_id, i.feed_id, count(*) AS found
  FROM run_items AS r JOIN items AS i USING (item_id) GROUP BY ALL
) AS f USING (run_id, feed_id)
WHERE coalesce(f.found, 0) < p.expected;

CREATE OR REPLACE VIEW assert_clusters AS
SELECT 'articles without a cluster' AS name, article_id AS id
FROM articles ANTI JOIN clusters USING (article_id)
UNION ALL SELECT 'clusters without one first article', cluster_id
FROM clusters GROUP BY cluster_id HAVING count(*) FILTER (WHERE canonical) <> 1;

CREATE OR REPLACE VIEW assert_marts AS
SELECT 'source_days' AS name, CAST(coalesce(a.day, s.day) AS VARCHAR) AS id
FROM (SELECT day, count(*) AS articles FROM articles GROUP BY day) AS a
FULL JOIN (SELECT day, sum(articles) AS articles FROM source_days GROUP BY day) AS s USING (day)
WHERE a.articles IS DISTINCT FROM s.articles
  AND coalesce(a.day, s.day) NOT IN (SELECT t.day FROM stale_days AS t WHERE t.facts);
