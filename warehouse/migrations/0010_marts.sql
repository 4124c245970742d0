-- Marts of questions that went to the articles, or to too many days: who copies, who dominates in a
-- topic, who appears together.

CREATE TABLE shared_articles (
  day DATE NOT NULL, source_id VARCHAR NOT NULL, cluster_id VARCHAR NOT NULL,
  canonical BOOLEAN NOT NULL, lag_seconds DOUBLE NOT NULL
);
CREATE TABLE topic_actor_days (
  day DATE NOT NULL, topic_id VARCHAR NOT NULL, actor_id VARCHAR NOT NULL,
  articles BIGINT NOT NULL, independent BIGINT NOT NULL
);
CREATE TABLE topic_actor_repeats (
  day DATE NOT NULL, topic_id VARCHAR NOT NULL, actor_id VARCHAR NOT NULL,
  cluster_id VARCHAR NOT NULL
);
CREATE TABLE pair_weeks (
  week DATE NOT NULL, actor_a VARCHAR NOT NULL, actor_b VARCHAR NOT NULL, articles BIGINT NOT NULL
);
INSERT INTO stale_days SELECT DISTINCT day, true FROM articles EXCEPT FROM stale_days;
