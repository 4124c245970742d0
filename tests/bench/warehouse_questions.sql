-- The twelve questions of warehouse/README.md, each asked twice: of the marts, as the macro that
-- answers it does, and of the facts, as an analyst has to who wants something that no mart keeps.
-- SQL that DuckDB, PostgreSQL and SQLite all take; parameters as :name.

-- 1, marts: is attention to a topic rising?
SELECT p.week, coalesce(t.articles, 0) AS articles, coalesce(t.independent, 0) AS independent,
  CAST(coalesce(t.articles, 0) AS DOUBLE PRECISION) / p.published AS share
FROM (
  SELECT c.week, sum(d.articles) AS published
  FROM covered_days AS d JOIN calendar AS c ON c.day = d.day GROUP BY c.week
) AS p
LEFT JOIN totals AS t
  ON t.period = p.week AND t.kind = 'topic' AND t.grain = 'week' AND t.id = :topic
ORDER BY p.week;

-- 1, facts: is attention to a topic rising?
SELECT p.week, coalesce(t.articles, 0) AS articles, coalesce(t.independent, 0) AS independent,
  CAST(coalesce(t.articles, 0) AS DOUBLE PRECISION) / p.published AS share
FROM (
  SELECT c.week, count(*) AS published
  FROM articles AS a JOIN calendar AS c ON c.day = a.day GROUP BY c.week
) AS p
LEFT JOIN (
  SELECT c.week, count(*) AS articles, count(DISTINCT a.cluster_id) AS independent
  FROM article_topics AS t JOIN articles AS a ON a.article_id = t.article_id
  JOIN calendar AS c ON c.day = a.day
  WHERE t.topic_id = :topic AND a.relevant GROUP BY c.week
) AS t ON t.week = p.week
ORDER BY p.week;

-- 2, marts: not only at big outlets?
WITH published AS (
  SELECT c.week, s.source_id, sum(s.articles) AS published
  FROM source_days AS s JOIN calendar AS c ON c.day = s.day GROUP BY c.week, s.source_id
), mine AS (
  SELECT c.week, t.source_id, sum(t.articles) AS articles
  FROM topic_days AS t JOIN calendar AS c ON c.day = t.day
  WHERE t.topic_id = :topic GROUP BY c.week, t.source_id
), joined AS (
  SELECT p.week, CAST(p.published AS DOUBLE PRECISION) AS published,
    coalesce(m.articles, 0) AS articles, sum(p.published) OVER w AS all_published,
    sum(coalesce(m.articles, 0)) OVER w AS all_articles
  FROM published AS p LEFT JOIN mine AS m ON m.week = p.week AND m.source_id = p.source_id
  WINDOW w AS (PARTITION BY p.week)
)
SELECT week, count(*) AS sources, avg(articles / published) AS balanced_share,
  min((all_articles - articles) / nullif(all_published - published, 0)) AS low,
  max((all_articles - articles) / nullif(all_published - published, 0)) AS high
FROM joined GROUP BY week ORDER BY week;

-- 2, facts: not only at big outlets?
WITH published AS (
  SELECT c.week, a.source_id, count(*) AS published
  FROM articles AS a JOIN calendar AS c ON c.day = a.day GROUP BY c.week, a.source_id
), mine AS (
  SELECT c.week, a.source_id, count(*) AS articles
  FROM article_topics AS t JOIN articles AS a ON a.article_id = t.article_id
  JOIN calendar AS c ON c.day = a.day
  WHERE t.topic_id = :topic AND a.relevant GROUP BY c.week, a.source_id
), joined AS (
  SELECT p.week, CAST(p.published AS DOUBLE PRECISION) AS published,
    coalesce(m.articles, 0) AS articles, sum(p.published) OVER w AS all_published,
    sum(coalesce(m.articles, 0)) OVER w AS all_articles
  FROM published AS p LEFT JOIN mine AS m ON m.week = p.week AND m.source_id = p.source_id
  WINDOW w AS (PARTITION BY p.week)
)
SELECT week, count(*) AS sources, avg(articles / published) AS balanced_share,
  min((all_articles - articles) / nullif(all_published - published, 0)) AS low,
  max((all_articles - articles) / nullif(all_published - published, 0)) AS high
FROM joined GROUP BY week ORDER BY week;

-- 3, marts: who dominates?
SELECT id, sum(articles) AS articles, sum(independent) AS independent,
  CAST(sum(articles) AS DOUBLE PRECISION) / sum(sum(articles)) OVER () AS share
FROM totals
WHERE kind = 'actor' AND grain = 'day' AND period BETWEEN :since AND :until
GROUP BY id ORDER BY 2 DESC, 1;

-- 3, facts: who dominates?
SELECT k.actor_id AS id, count(*) AS articles, count(DISTINCT a.cluster_id) AS independent,
  CAST(count(*) AS DOUBLE PRECISION) / sum(count(*)) OVER () AS share
FROM article_actors AS k JOIN articles AS a ON a.article_id = k.article_id
WHERE k.day BETWEEN :since AND :until AND a.day BETWEEN :since AND :until AND a.relevant
GROUP BY k.actor_id ORDER BY 2 DESC, 1;

-- 4, marts: who dominates within a topic?
WITH found AS (
  SELECT actor_id, sum(articles) AS articles, sum(independent) AS independent
  FROM topic_actor_days WHERE topic_id = :topic AND day BETWEEN :since AND :until
  GROUP BY actor_id
), again AS (
  SELECT actor_id, count(*) - count(DISTINCT cluster_id) AS times
  FROM topic_actor_repeats WHERE topic_id = :topic AND day BETWEEN :since AND :until
  GROUP BY actor_id
)
SELECT f.actor_id AS id, f.articles, f.independent - coalesce(a.times, 0) AS independent,
  CAST(f.articles AS DOUBLE PRECISION) / sum(f.articles) OVER () AS share
FROM found AS f LEFT JOIN again AS a ON a.actor_id = f.actor_id
ORDER BY 2 DESC, 1;

-- 4, facts: who dominates within a topic?
SELECT k.actor_id AS id, count(*) AS articles, count(DISTINCT a.cluster_id) AS independent,
  CAST(count(*) AS DOUBLE PRECISION) / sum(count(*)) OVER () AS share
FROM article_topics AS t JOIN articles AS a ON a.article_id = t.article_id
JOIN article_actors AS k ON k.article_id = t.article_id
WHERE t.topic_id = :topic AND t.day BETWEEN :since AND :until
  AND a.day BETWEEN :since AND :until AND k.day BETWEEN :since AND :until AND a.relevant
GROUP BY k.actor_id ORDER BY 2 DESC, 1;

-- 5, marts: what spiked?
SELECT day, kind, id, independent, expected, score FROM scores
WHERE score >= 4.5 AND day >= (
  SELECT day FROM covered_days WHERE NOT gap ORDER BY day LIMIT 1 OFFSET 28
) AND day >= :since
ORDER BY day, kind, id;

-- 5, facts: what spiked?
SELECT id, count(*) AS days FROM (
  SELECT id, articles, sum(articles) OVER (
    PARTITION BY id ORDER BY day ROWS BETWEEN 28 PRECEDING AND 1 PRECEDING) AS before
  FROM (
    SELECT k.actor_id AS id, k.day, count(DISTINCT a.cluster_id) AS articles
    FROM article_actors AS k JOIN articles AS a ON a.article_id = k.article_id
    WHERE a.relevant AND k.day >= :since AND a.day >= :since GROUP BY k.actor_id, k.day
  ) AS d
) AS t
WHERE articles * 28 > 2 * before GROUP BY id ORDER BY id;

-- 6, marts: what is rising?
WITH cells AS (
  SELECT t.actor_id AS id, t.source_id,
    coalesce(sum(t.articles) FILTER (WHERE t.day > :middle), 0) AS now_articles,
    coalesce(sum(t.articles) FILTER (WHERE t.day <= :middle), 0) AS before_articles
  FROM actor_days AS t JOIN covered_days AS d ON d.day = t.day
  WHERE t.day BETWEEN :early AND :late AND NOT d.gap GROUP BY t.actor_id, t.source_id
), published AS (
  SELECT s.source_id, coalesce(sum(s.articles) FILTER (WHERE s.day > :middle), 0) AS now_all,
    coalesce(sum(s.articles) FILTER (WHERE s.day <= :middle), 0) AS before_all
  FROM source_days AS s JOIN covered_days AS d ON d.day = s.day
  WHERE s.day BETWEEN :early AND :late AND NOT d.gap GROUP BY s.source_id
), whole AS (
  SELECT CAST(sum(now_all) AS DOUBLE PRECISION) AS now_all,
    CAST(sum(before_all) AS DOUBLE PRECISION) AS before_all FROM published
), sums AS (
  SELECT id, sum(now_articles) AS now_articles, sum(before_articles) AS before_articles,
    count(*) FILTER (WHERE now_articles > 0) AS sources
  FROM cells GROUP BY id
)
SELECT s.id, s.now_articles AS articles, s.sources,
  (s.now_articles / w.now_all) / nullif(s.before_articles / w.before_all, 0) AS ratio,
  min((s.now_articles - c.now_articles) / nullif(w.now_all - p.now_all, 0)
    / nullif((s.before_articles - c.before_articles) / nullif(w.before_all - p.before_all, 0), 0))
    AS low
FROM sums AS s CROSS JOIN whole AS w JOIN cells AS c ON c.id = s.id
JOIN published AS p ON p.source_id = c.source_id
GROUP BY s.id, s.now_articles, s.before_articles, s.sources, w.now_all, w.before_all
ORDER BY s.id;

-- 6, facts: what is rising?
WITH cells AS (
  SELECT k.actor_id AS id, a.source_id,
    count(*) FILTER (WHERE k.day > :middle) AS now_articles,
    count(*) FILTER (WHERE k.day <= :middle) AS before_articles
  FROM article_actors AS k JOIN articles AS a ON a.article_id = k.article_id
  WHERE k.day BETWEEN :early AND :late AND a.day BETWEEN :early AND :late AND a.relevant
  GROUP BY k.actor_id, a.source_id
), published AS (
  SELECT source_id, count(*) FILTER (WHERE day > :middle) AS now_all,
    count(*) FILTER (WHERE day <= :middle) AS before_all
  FROM articles WHERE day BETWEEN :early AND :late GROUP BY source_id
), whole AS (
  SELECT CAST(sum(now_all) AS DOUBLE PRECISION) AS now_all,
    CAST(sum(before_all) AS DOUBLE PRECISION) AS before_all FROM published
), sums AS (
  SELECT id, sum(now_articles) AS now_articles, sum(before_articles) AS before_articles,
    count(*) FILTER (WHERE now_articles > 0) AS sources
  FROM cells GROUP BY id
)
SELECT s.id, s.now_articles AS articles, s.sources,
  (s.now_articles / w.now_all) / nullif(s.before_articles / w.before_all, 0) AS ratio,
  min((s.now_articles - c.now_articles) / nullif(w.now_all - p.now_all, 0)
    / nullif((s.before_articles - c.before_articles) / nullif(w.before_all - p.before_all, 0), 0))
    AS low
FROM sums AS s CROSS JOIN whole AS w JOIN cells AS c ON c.id = s.id
JOIN published AS p ON p.source_id = c.source_id
GROUP BY s.id, s.now_articles, s.before_articles, s.sources, w.now_all, w.before_all
ORDER BY s.id;

-- 7, marts: state against independent agenda?
SELECT p.ownership, coalesce(m.articles, 0) AS articles, coalesce(m.independent, 0) AS independent,
  CAST(coalesce(m.articles, 0) AS DOUBLE PRECISION) / p.published AS share
FROM (
  SELECT o.ownership, sum(s.articles) AS published
  FROM source_days AS s JOIN sources AS o ON o.source_id = s.source_id
  WHERE s.day BETWEEN :since AND :until GROUP BY o.ownership
) AS p
LEFT JOIN (
  SELECT o.ownership, sum(t.articles) AS articles, sum(t.independent) AS independent
  FROM topic_days AS t JOIN sources AS o ON o.source_id = t.source_id
  WHERE t.topic_id = :topic AND t.day BETWEEN :since AND :until GROUP BY o.ownership
) AS m ON m.ownership = p.ownership
ORDER BY p.ownership;

-- 7, facts: state against independent agenda?
SELECT p.ownership, coalesce(m.articles, 0) AS articles, coalesce(m.independent, 0) AS independent,
  CAST(coalesce(m.articles, 0) AS DOUBLE PRECISION) / p.published AS share
FROM (
  SELECT o.ownership, count(*) AS published
  FROM articles AS a JOIN sources AS o ON o.source_id = a.source_id
  WHERE a.day BETWEEN :since AND :until GROUP BY o.ownership
) AS p
LEFT JOIN (
  SELECT o.ownership, count(*) AS articles, count(DISTINCT a.cluster_id) AS independent
  FROM article_topics AS t JOIN articles AS a ON a.article_id = t.article_id
  JOIN sources AS o ON o.source_id = a.source_id
  WHERE t.topic_id = :topic AND t.day BETWEEN :since AND :until
    AND a.day BETWEEN :since AND :until AND a.relevant
  GROUP BY o.ownership
) AS m ON m.ownership = p.ownership
ORDER BY p.ownership;

-- 8, marts: which language carries it?
SELECT language, sum(articles) AS articles FROM topic_days
WHERE topic_id = :topic GROUP BY language ORDER BY language;

-- 8, facts: which language carries it?
SELECT a.language, count(*) AS articles
FROM article_topics AS t JOIN articles AS a ON a.article_id = t.article_id
WHERE t.topic_id = :topic AND a.relevant GROUP BY a.language ORDER BY a.language;

-- 9, marts: who appears together?
SELECT p.actor_a, p.actor_b, p.articles,
  CAST(p.articles AS DOUBLE PRECISION) * n.articles / (a.articles * b.articles) AS lift
FROM (
  SELECT actor_a, actor_b, sum(articles) AS articles FROM pair_days
  WHERE day BETWEEN :since AND :until GROUP BY actor_a, actor_b
  ORDER BY 3 DESC, 1, 2 LIMIT 50
) AS p
JOIN (
  SELECT id, sum(articles) AS articles FROM totals
  WHERE kind = 'actor' AND grain = 'day' AND period BETWEEN :since AND :until GROUP BY id
) AS a ON a.id = p.actor_a
JOIN (
  SELECT id, sum(articles) AS articles FROM totals
  WHERE kind = 'actor' AND grain = 'day' AND period BETWEEN :since AND :until GROUP BY id
) AS b ON b.id = p.actor_b
CROSS JOIN (
  SELECT sum(relevant) AS articles FROM source_days WHERE day BETWEEN :since AND :until
) AS n
ORDER BY 3 DESC, 1, 2;

-- 9, facts: who appears together?
SELECT j.actor_id AS actor_a, k.actor_id AS actor_b, count(*) AS articles
FROM articles AS a JOIN article_actors AS j ON j.article_id = a.article_id
JOIN article_actors AS k ON k.article_id = j.article_id AND j.actor_id < k.actor_id
WHERE a.day BETWEEN :since AND :until AND j.day BETWEEN :since AND :until
  AND k.day BETWEEN :since AND :until AND a.relevant
GROUP BY j.actor_id, k.actor_id ORDER BY 3 DESC, 1, 2 LIMIT 50;

-- 10, marts: who is first, and who copies?
SELECT source_id, count(*) FILTER (WHERE canonical) AS first,
  count(*) FILTER (WHERE NOT canonical) AS copied,
  avg(lag_seconds) FILTER (WHERE NOT canonical) AS mean_lag
FROM shared_articles WHERE day BETWEEN :since AND :until
GROUP BY source_id ORDER BY 2 DESC, 3, 1;

-- 10, facts: who is first, and who copies?
SELECT a.source_id, count(*) FILTER (WHERE a.canonical) AS first,
  count(*) FILTER (WHERE NOT a.canonical) AS copied,
  avg(a.lag_seconds) FILTER (WHERE NOT a.canonical) AS mean_lag
FROM articles AS a
WHERE a.day BETWEEN :since AND :until AND a.relevant AND a.cluster_id IN (
  SELECT c.cluster_id FROM articles AS c WHERE NOT c.canonical
)
GROUP BY a.source_id ORDER BY 2 DESC, 3, 1;

-- 11, marts: trend, or a broken feed?
-- The view joins fully, but a day on which polls failed is one of poll_days. PostgreSQL sees that by
-- itself, the other two do not.
SELECT p.day, p.source_id, p.polls, p.failed_polls
FROM poll_days AS p LEFT JOIN source_days AS s ON s.day = p.day AND s.source_id = p.source_id
WHERE p.polls > 0 AND p.failed_polls = p.polls AND s.articles IS NULL
ORDER BY 1, 2;

-- 11, facts: trend, or a broken feed?
SELECT p.day, p.source_id, p.polls, p.failed_polls
FROM (
  SELECT day, source_id, count(*) AS polls, count(*) FILTER (WHERE outcome = 'failed')
    AS failed_polls
  FROM polls GROUP BY day, source_id
) AS p
LEFT JOIN (SELECT DISTINCT day, source_id FROM articles) AS s
  ON s.day = p.day AND s.source_id = p.source_id
WHERE p.failed_polls = p.polls AND s.day IS NULL
ORDER BY 1, 2;

-- 12, marts: who calls it what?
SELECT c.month, n.variant, n.quoted, o.perspective, sum(n.articles) AS articles,
  sum(n.independent) AS independent
FROM naming_days AS n JOIN sources AS o ON o.source_id = n.source_id
JOIN calendar AS c ON c.day = n.day
WHERE n.place_id = :place GROUP BY c.month, n.variant, n.quoted, o.perspective
ORDER BY 1, 2, 3, 4;

-- 12, facts: who calls it what?
SELECT c.month, n.variant, n.quoted, o.perspective, count(*) AS articles,
  count(DISTINCT a.cluster_id) AS independent
FROM namings AS n JOIN articles AS a ON a.article_id = n.article_id
JOIN sources AS o ON o.source_id = a.source_id JOIN calendar AS c ON c.day = a.day
WHERE n.place_id = :place AND a.relevant GROUP BY c.month, n.variant, n.quoted, o.perspective
ORDER BY 1, 2, 3, 4;
