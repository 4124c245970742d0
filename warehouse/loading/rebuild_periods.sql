-- Rebuilds what is kept of the weeks or months, as {grain} says, that the changed days lie in, from
-- what is kept of days and the temporary tables of rebuild_facts.sql.

CREATE OR REPLACE TEMP TABLE changed_periods AS
SELECT DISTINCT CAST(date_trunc('{grain}', day) AS DATE) AS period FROM changed_days;
DELETE FROM totals WHERE grain = '{grain}' AND period IN (SELECT period FROM changed_periods);
INSERT INTO totals
SELECT kind, '{grain}', period, id, d.articles, d.independent - coalesce(r.repeated, 0), o.origins
FROM (
  SELECT kind, id, CAST(date_trunc('{grain}', period) AS DATE) AS period,
    sum(articles) AS articles, sum(independent) AS independent
  FROM totals WHERE grain = 'day' AND period IN (SELECT day FROM changed_span) GROUP BY ALL
) AS d
JOIN (
  SELECT kind, id, period, count(*) AS origins FROM (
    SELECT DISTINCT kind, id, CAST(date_trunc('{grain}', day) AS DATE) AS period, origin FROM tagged
    WHERE CAST(date_trunc('{grain}', day) AS DATE) IN (SELECT period FROM changed_periods)
  ) GROUP BY ALL
) AS o USING (kind, id, period)
LEFT JOIN (
  SELECT kind, id, CAST(date_trunc('{grain}', day) AS DATE) AS period,
    count(DISTINCT (day, cluster)) - count(DISTINCT cluster) AS repeated
  FROM repeated GROUP BY ALL
) AS r USING (kind, id, period)
WHERE period IN (SELECT period FROM changed_periods)
ORDER BY ALL;

DELETE FROM pair_{grain}s WHERE {grain} IN (SELECT period FROM changed_periods);
INSERT INTO pair_{grain}s
SELECT CAST(date_trunc('{grain}', day) AS DATE) AS {grain}, actor_a, actor_b, sum(articles)
FROM pair_days
WHERE day IN (SELECT day FROM changed_span)
  AND CAST(date_trunc('{grain}', day) AS DATE) IN (SELECT period FROM changed_periods)
GROUP BY ALL ORDER BY ALL;
