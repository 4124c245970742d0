-- What spiked? Days on which an id has far more independent articles than its last 28 covered days
-- lead one to expect, given how much was published that day. Held back until 28 covered days exist.
CREATE OR REPLACE VIEW bursts AS
WITH covered AS (
  SELECT day, articles, row_number() OVER (ORDER BY day) AS nth FROM day_coverage WHERE NOT gap
), grid AS (
  SELECT c.day, c.nth, c.articles AS published, k.kind, k.id,
    coalesce(t.articles, 0) AS articles, coalesce(t.independent, 0) AS independent,
    coalesce(t.origins, 0) AS origins
  FROM covered AS c
  CROSS JOIN (SELECT DISTINCT kind, id FROM totals WHERE grain = 'day') AS k
  LEFT JOIN totals AS t
    ON t.grain = 'day' AND t.period = c.day AND t.kind = k.kind AND t.id = k.id
), expected AS (
  SELECT *, published * sum(independent) OVER before / nullif(sum(published) OVER before, 0)
    AS expected
  FROM grid
  WINDOW before AS (PARTITION BY kind, id ORDER BY nth RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
)
SELECT day, kind, id, articles, independent, expected,
  2 * (sqrt(independent + 0.375) - sqrt(expected + 0.375)) AS score, origins
FROM expected
WHERE nth > 28 AND independent >= 3
  AND 2 * (sqrt(independent + 0.375) - sqrt(expected + 0.375)) >= 3.5;
