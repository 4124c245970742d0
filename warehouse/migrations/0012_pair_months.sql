-- Pairs of actors by month, so that a year of them is twelve months and not fifty-two weeks.

CREATE TABLE pair_months (
  month DATE NOT NULL, actor_a VARCHAR NOT NULL, actor_b VARCHAR NOT NULL, articles BIGINT NOT NULL
);
INSERT INTO pair_months
SELECT CAST(date_trunc('month', day) AS DATE) AS month, actor_a, actor_b, sum(articles)
FROM pair_days GROUP BY ALL ORDER BY ALL;
