-- Rebuilds what depends on neighbouring days, after the facts of changed_days(day): how far each
-- day was covered (28 days back count), and how unusual each day's attention was (56 days back).

CREATE OR REPLACE TEMP TABLE near_days AS
SELECT DISTINCT CAST(unnest(generate_series(day, day + 28, INTERVAL 1 DAY)) AS DATE) AS day
FROM changed_days;

-- What a source usually brings: its mean over the days it published on in the four weeks before.
CREATE OR REPLACE TEMP TABLE usual AS
SELECT c.day, c.source_id, c.polls, c.gap, c.articles,
  avg(nullif(c.articles, 0)) OVER (
    PARTITION BY c.source_id ORDER BY c.day
    RANGE BETWEEN INTERVAL 28 DAY PRECEDING AND CURRENT ROW
  ) AS usual
FROM coverage AS c
WHERE c.day BETWEEN (SELECT min(day) - 28 FROM near_days) AND (SELECT max(day) FROM near_days);

-- A day is a gap when the sources in gap bring a quarter or more of what is usual. Added up in one
-- order, so that a rebuild gives the same to the last digit.
CREATE OR REPLACE TEMP TABLE fresh_days AS
SELECT day, CAST(sum(articles) AS BIGINT) AS articles,
  coalesce(sum(usual ORDER BY source_id), 0) AS expected,
  coalesce(sum(usual ORDER BY source_id) FILTER (WHERE gap), 0) AS missing,
  bool_and(gap) OR coalesce(missing / nullif(expected, 0), 0) >= 0.25 AS gap,
  bool_and(gap) AND sum(articles) = 0 AS unseen, sum(polls) > 0 AS polled
FROM usual WHERE day IN (SELECT day FROM near_days)
GROUP BY day;

CREATE OR REPLACE TEMP TABLE scored_days AS
SELECT DISTINCT CAST(unnest(generate_series(day, day + 56, INTERVAL 1 DAY)) AS DATE) AS day
FROM (
  SELECT day FROM changed_days
  UNION
  SELECT f.day FROM fresh_days AS f LEFT JOIN covered_days AS c USING (day)
  WHERE (f.articles, f.gap) IS DISTINCT FROM (c.articles, c.gap)
);

DELETE FROM covered_days WHERE day IN (SELECT day FROM near_days);
INSERT INTO covered_days FROM fresh_days ORDER BY day;

-- Attention on covered days; `published` is the exposure. Days without a row were zero.
CREATE OR REPLACE TEMP TABLE exposed AS
SELECT day, articles AS published,
  sum(articles) OVER before AS published_before, count(*) OVER before AS days_before
FROM covered_days
WHERE NOT gap AND articles > 0
  AND day BETWEEN (SELECT min(day) - 56 FROM scored_days) AND (SELECT max(day) FROM scored_days)
WINDOW before AS (
  ORDER BY day RANGE BETWEEN INTERVAL 28 DAY PRECEDING AND INTERVAL 1 DAY PRECEDING
);

-- An earlier burst must not hide the next: days far above their own expectation count as capped.
-- Decimals add up to the same from whatever day one begins.
CREATE OR REPLACE TEMP TABLE capped AS
SELECT *, CAST(CASE WHEN days_before < 14 THEN independent
  ELSE least(independent, expected + 3 * sqrt(expected) + 2) END AS DECIMAL(18, 4)) AS steady
FROM (
  SELECT t.kind, t.id, e.*, t.articles, t.independent, t.origins,
    e.published * coalesce(sum(t.independent) OVER (
      PARTITION BY t.kind, t.id ORDER BY e.day
      RANGE BETWEEN INTERVAL 28 DAY PRECEDING AND INTERVAL 1 DAY PRECEDING
    ), 0) / e.published_before AS expected
  FROM totals AS t JOIN exposed AS e ON t.period = e.day
  WHERE t.grain = 'day' AND t.kind <> 'family'
);

-- Two Poisson rates compared by their likelihood ratio (its signed root is nearly normal even for
-- small counts), damped by how much more than Poisson the id's own days vary. Four weeks estimate
-- that ratio within a factor of about 1.5, which chance gets the benefit of.
CREATE OR REPLACE TEMP TABLE compared AS
SELECT *, published / (published + published_before) AS portion,
  published * earlier / published_before AS expected_now,
  greatest(1, (spread * published_before / nullif(earlier, 0) - earlier) / (days_before - 1) / 1.5)
    AS dispersion
FROM (
  SELECT * EXCLUDE (expected),
    CAST(coalesce(sum(steady) OVER before, 0) AS DOUBLE) AS earlier,
    CAST(coalesce(sum(CAST(CAST(steady AS DOUBLE) ** 2 / published AS DECIMAL(18, 6))) OVER before, 0)
      AS DOUBLE) AS spread
  FROM capped
  WINDOW before AS (
    PARTITION BY kind, id ORDER BY day
    RANGE BETWEEN INTERVAL 28 DAY PRECEDING AND INTERVAL 1 DAY PRECEDING
  )
)
WHERE day IN (SELECT day FROM scored_days) AND days_before >= 14 AND independent >= 3;

DELETE FROM scores WHERE day IN (SELECT day FROM scored_days);
INSERT INTO scores
SELECT day, kind, id, articles, independent, expected_now,
  sqrt(2 / dispersion * (
    independent * ln(independent / ((independent + earlier) * portion))
    + CASE WHEN earlier > 0
      THEN earlier * ln(earlier / ((independent + earlier) * (1 - portion))) ELSE 0 END
  )) AS score, origins
FROM compared
WHERE independent > expected_now AND score >= 2
ORDER BY ALL;

DROP TABLE near_days;
DROP TABLE usual;
DROP TABLE fresh_days;
DROP TABLE scored_days;
DROP TABLE exposed;
DROP TABLE capped;
DROP TABLE compared;
