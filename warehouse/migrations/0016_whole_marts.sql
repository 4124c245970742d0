-- Marts of what is counted whole, families of topics and places by whatever name; how many stories
-- a source began beside how many it told; of clusters, who began them and who has only copied
-- itself.

CREATE TABLE family_days (
  day DATE NOT NULL, family VARCHAR NOT NULL, source_id VARCHAR NOT NULL, language VARCHAR NOT NULL,
  articles BIGINT NOT NULL, independent BIGINT NOT NULL, began BIGINT NOT NULL
);
CREATE TABLE place_days (
  day DATE NOT NULL, place_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
  language VARCHAR NOT NULL, articles BIGINT NOT NULL, independent BIGINT NOT NULL,
  began BIGINT NOT NULL
);
DROP TABLE topic_days;
CREATE TABLE topic_days (
  day DATE NOT NULL, topic_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
  language VARCHAR NOT NULL, articles BIGINT NOT NULL, independent BIGINT NOT NULL,
  began BIGINT NOT NULL
);
DROP TABLE actor_days;
CREATE TABLE actor_days (
  day DATE NOT NULL, actor_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
  language VARCHAR NOT NULL, articles BIGINT NOT NULL, independent BIGINT NOT NULL,
  began BIGINT NOT NULL
);
DROP TABLE shared_articles;
CREATE TABLE shared_articles (
  day DATE NOT NULL, source_id VARCHAR NOT NULL, cluster_id VARCHAR NOT NULL,
  canonical BOOLEAN NOT NULL, lag_seconds DOUBLE NOT NULL, origin VARCHAR NOT NULL,
  elsewhere BOOLEAN NOT NULL
);
INSERT INTO stale_days SELECT DISTINCT day, true FROM articles EXCEPT FROM stale_days;
