-- Trend or broken feed? Days on which a source could not be seen whole.
--
-- A source's day is a gap when some of its entries may be lost (a poll shared no entry with the
-- poll before), or when no poll succeeded and nothing came from it. A failed day whose articles a
-- later poll brought is no gap.
CREATE OR REPLACE VIEW coverage AS
WITH lost AS (
  SELECT DISTINCT source_id,
    CAST(unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS DATE) AS day
  FROM poll_gaps
)
SELECT day, source_id,
  coalesce(p.polls, 0) AS polls,
  coalesce(p.failed_polls, 0) AS failed_polls,
  (l.source_id IS NOT NULL
    OR (coalesce(p.polls, 0) > 0 AND p.failed_polls = p.polls AND s.articles IS NULL)) AS gap,
  coalesce(s.articles, 0) AS articles
FROM source_days AS s
FULL JOIN poll_days AS p USING (day, source_id)
FULL JOIN lost AS l USING (day, source_id);

-- Every day of the record, also those nothing is known of; from the first poll on, or from the
-- first article when there were no polls. A day on which nothing was polled and nothing came was
-- seen all the same when a good poll came later: had entries been lost, that poll would say so.
CREATE OR REPLACE VIEW day_coverage AS
WITH edges AS (
  SELECT coalesce(min(day) FILTER (WHERE polled), min(day)) AS first_day, max(day) AS last_day,
    (SELECT max(p.day) FROM poll_days AS p WHERE p.polls > p.failed_polls) AS last_good
  FROM covered_days
), calendar AS (
  SELECT CAST(unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS DATE) AS day,
    last_good
  FROM edges WHERE last_day IS NOT NULL
)
SELECT day, coalesce(c.articles, 0) AS articles, coalesce(c.missing, 0) AS missing,
  coalesce(c.gap, day > last_good, true) AS gap,
  coalesce(c.unseen, day > last_good, true) AS unseen
FROM calendar LEFT JOIN covered_days AS c USING (day);

-- The same by day, week or month. `published` counts whole periods, as trends do: of the first one
-- also what came before the first poll. Nobody saw those days whole, so that is a gap.
CREATE OR REPLACE MACRO covered_periods(wanted_grain) AS TABLE
WITH seen AS (
  SELECT period_of(d.day, grain_of(wanted_grain)) AS period, sum(d.articles) AS published,
    bool_or(d.gap) AS gap, bool_and(d.unseen) AS unseen
  FROM day_coverage AS d GROUP BY ALL
), early AS (
  SELECT period_of(c.day, grain_of(wanted_grain)) AS period, sum(c.articles) AS published
  FROM covered_days AS c
  WHERE c.day < (SELECT min(f.day) FROM covered_days AS f WHERE f.polled) AND c.articles > 0
  GROUP BY ALL
)
SELECT s.period, CAST(s.published + coalesce(e.published, 0) AS BIGINT) AS published,
  s.gap OR e.published IS NOT NULL AS gap, s.unseen AND e.published IS NULL AS unseen
FROM seen AS s LEFT JOIN early AS e USING (period);
