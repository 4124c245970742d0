-- All tables. No foreign keys and no indexes: in DuckDB 1.5 the former block updates of rows
-- they point at, and the latter have open bugs under upserts. Uniqueness is kept by MERGE on
-- deterministic ids, and proven after each load by the assert_ views.

CREATE TABLE sources (
  source_id VARCHAR NOT NULL, name VARCHAR NOT NULL, homepage VARCHAR NOT NULL,
  country VARCHAR NOT NULL, ownership VARCHAR NOT NULL, perspective VARCHAR NOT NULL,
  languages VARCHAR[] NOT NULL, evidence VARCHAR NOT NULL, active BOOLEAN NOT NULL,
  expect_min INTEGER, expect_max INTEGER
);
CREATE TABLE source_history (
  source_id VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL,
  country VARCHAR NOT NULL, ownership VARCHAR NOT NULL, perspective VARCHAR NOT NULL
);
CREATE TABLE feeds (
  feed_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, url VARCHAR NOT NULL,
  kind VARCHAR NOT NULL, state VARCHAR NOT NULL, etag VARCHAR, last_modified VARCHAR,
  next_poll_at TIMESTAMPTZ, interval_seconds DOUBLE, consecutive_failures INTEGER NOT NULL,
  last_success_at TIMESTAMPTZ, last_error VARCHAR, moved_to VARCHAR,
  polled_url VARCHAR NOT NULL, body_hash VARCHAR, recent_items VARCHAR[] NOT NULL
);
CREATE TABLE hosts (
  host VARCHAR NOT NULL, hold_until TIMESTAMPTZ, robots_status INTEGER, robots_body VARCHAR,
  robots_checked_at TIMESTAMPTZ
);
CREATE TABLE runs (
  run_id VARCHAR NOT NULL, flow VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL,
  finished_at TIMESTAMPTZ, state VARCHAR NOT NULL, counts JSON, code_version VARCHAR NOT NULL,
  vocabulary_version VARCHAR NOT NULL
);
CREATE TABLE polls (
  poll_id VARCHAR NOT NULL, run_id VARCHAR NOT NULL, feed_id VARCHAR NOT NULL,
  polled_at TIMESTAMPTZ NOT NULL, outcome VARCHAR NOT NULL, http_status INTEGER,
  bytes BIGINT NOT NULL, milliseconds BIGINT NOT NULL, entries INTEGER NOT NULL,
  new_entries INTEGER NOT NULL, gap BOOLEAN NOT NULL, error VARCHAR
);
CREATE TABLE items (
  item_id VARCHAR NOT NULL, run_id VARCHAR NOT NULL, feed_id VARCHAR NOT NULL,
  source_id VARCHAR NOT NULL, url VARCHAR NOT NULL, guid VARCHAR, title VARCHAR NOT NULL,
  published_at TIMESTAMPTZ, seen_at TIMESTAMPTZ NOT NULL, state VARCHAR NOT NULL,
  reason VARCHAR, attempts INTEGER NOT NULL, next_attempt_at TIMESTAMPTZ,
  article_id VARCHAR NOT NULL,
  summary VARCHAR, content_html VARCHAR, modified_at TIMESTAMPTZ, authors VARCHAR[]
);
CREATE TABLE run_items (
  run_id VARCHAR NOT NULL, item_id VARCHAR NOT NULL, state VARCHAR NOT NULL
);
CREATE TABLE articles (
  article_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, feed_id VARCHAR,
  url VARCHAR NOT NULL, canonical_url VARCHAR NOT NULL, title VARCHAR NOT NULL,
  authors VARCHAR[] NOT NULL, published_at TIMESTAMPTZ NOT NULL,
  published_from VARCHAR NOT NULL, modified_at TIMESTAMPTZ, fetched_at TIMESTAMPTZ NOT NULL,
  language VARCHAR NOT NULL, language_confidence DOUBLE NOT NULL, language_declared VARCHAR,
  text VARCHAR USING COMPRESSION zstd NOT NULL, word_count INTEGER NOT NULL,
  content_hash VARCHAR NOT NULL, extractor VARCHAR NOT NULL, agreement DOUBLE,
  quality VARCHAR NOT NULL, novelty DOUBLE, relevance DOUBLE NOT NULL,
  relevant BOOLEAN NOT NULL, warc_ref VARCHAR, run_id VARCHAR NOT NULL,
  day DATE NOT NULL, language_decided_by VARCHAR NOT NULL, relevance_reason VARCHAR NOT NULL
);
CREATE TABLE revisions (
  article_id VARCHAR NOT NULL, revision INTEGER NOT NULL, seen_at TIMESTAMPTZ NOT NULL,
  title VARCHAR NOT NULL, text VARCHAR USING COMPRESSION zstd NOT NULL,
  content_hash VARCHAR NOT NULL
);
CREATE TABLE duplicates (
  article_id VARCHAR NOT NULL, of_article_id VARCHAR, of_seed_id VARCHAR,
  kind VARCHAR NOT NULL, similarity DOUBLE NOT NULL, containment DOUBLE NOT NULL,
  method VARCHAR NOT NULL
);
CREATE TABLE clusters (
  article_id VARCHAR NOT NULL, cluster_id VARCHAR NOT NULL, canonical BOOLEAN NOT NULL,
  lag_seconds DOUBLE NOT NULL
);
CREATE TABLE seed_documents (
  seed_id VARCHAR NOT NULL, title VARCHAR NOT NULL, language VARCHAR NOT NULL,
  word_count INTEGER NOT NULL, content_hash VARCHAR NOT NULL, added_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE seed_fingerprints (
  seed_id VARCHAR NOT NULL, normal_hash VARCHAR NOT NULL, word_count INTEGER NOT NULL,
  sketch UBIGINT[] NOT NULL, shingles UBIGINT[] NOT NULL, numbers UBIGINT[] NOT NULL,
  sentences UBIGINT[] NOT NULL
);
CREATE TABLE actors (
  actor_id VARCHAR NOT NULL, label VARCHAR NOT NULL, kind VARCHAR, country VARCHAR,
  wikidata_id VARCHAR, plover_code VARCHAR, parent_id VARCHAR, valid_from DATE, valid_to DATE
);
CREATE TABLE topics (
  topic_id VARCHAR NOT NULL, label VARCHAR NOT NULL, parent_id VARCHAR, plover VARCHAR,
  iptc VARCHAR
);
CREATE TABLE places (
  place_id VARCHAR NOT NULL, label VARCHAR NOT NULL, country VARCHAR, latitude DOUBLE,
  longitude DOUBLE
);
CREATE TABLE mentions (
  article_id VARCHAR NOT NULL, actor_id VARCHAR NOT NULL, surface VARCHAR NOT NULL,
  field VARCHAR NOT NULL, start_char INTEGER NOT NULL, end_char INTEGER NOT NULL,
  rule VARCHAR NOT NULL
);
CREATE TABLE article_actors (
  article_id VARCHAR NOT NULL, actor_id VARCHAR NOT NULL, mentions INTEGER NOT NULL,
  salience DOUBLE NOT NULL, principal BOOLEAN NOT NULL, day DATE NOT NULL
);
CREATE TABLE article_topics (
  article_id VARCHAR NOT NULL, topic_id VARCHAR NOT NULL, score DOUBLE NOT NULL,
  evidence VARCHAR[] NOT NULL, day DATE NOT NULL
);
CREATE TABLE namings (
  article_id VARCHAR NOT NULL, place_id VARCHAR NOT NULL, variant VARCHAR NOT NULL,
  quoted BOOLEAN NOT NULL, mentions INTEGER NOT NULL, day DATE NOT NULL
);
CREATE TABLE stories (
  article_id VARCHAR NOT NULL, story_id VARCHAR NOT NULL, score DOUBLE NOT NULL
);
CREATE TABLE forgotten (
  url_hash VARCHAR NOT NULL, forgotten_at TIMESTAMPTZ NOT NULL, reason VARCHAR NOT NULL
);

-- What finds copies: hashes only.
CREATE TABLE fingerprints (article_id VARCHAR NOT NULL, normal_hash VARCHAR NOT NULL);
CREATE TABLE sketches (article_id VARCHAR NOT NULL, hash UBIGINT NOT NULL, day DATE NOT NULL);
CREATE TABLE common_hashes (hash UBIGINT NOT NULL);

-- Staged batches that are in; a batch that is not is loaded by the next opener.
CREATE TABLE applied_batches (batch VARCHAR NOT NULL, sequence BIGINT NOT NULL);

-- Day marts: sums of the tables above, rebuilt for the days a load touches.
CREATE TABLE source_days (day DATE NOT NULL, source_id VARCHAR NOT NULL, articles BIGINT NOT NULL,
  relevant BIGINT NOT NULL);
CREATE TABLE poll_days (day DATE NOT NULL, source_id VARCHAR NOT NULL, polls BIGINT NOT NULL,
  failed_polls BIGINT NOT NULL);
CREATE TABLE poll_gaps (poll_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
  first_day DATE NOT NULL, last_day DATE NOT NULL);
CREATE TABLE topic_days (day DATE NOT NULL, topic_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
  language VARCHAR NOT NULL, articles BIGINT NOT NULL, independent BIGINT NOT NULL);
CREATE TABLE actor_days (day DATE NOT NULL, actor_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
  language VARCHAR NOT NULL, articles BIGINT NOT NULL, independent BIGINT NOT NULL);
CREATE TABLE naming_days (day DATE NOT NULL, place_id VARCHAR NOT NULL, variant VARCHAR NOT NULL,
  quoted BOOLEAN NOT NULL, source_id VARCHAR NOT NULL, language VARCHAR NOT NULL,
  articles BIGINT NOT NULL, independent BIGINT NOT NULL);
CREATE TABLE totals (kind VARCHAR NOT NULL, grain VARCHAR NOT NULL, period DATE NOT NULL,
  id VARCHAR NOT NULL, articles BIGINT NOT NULL, independent BIGINT NOT NULL,
  origins BIGINT NOT NULL);
CREATE TABLE pair_days (day DATE NOT NULL, actor_a VARCHAR NOT NULL, actor_b VARCHAR NOT NULL,
  articles BIGINT NOT NULL);
CREATE TABLE covered_days (day DATE NOT NULL, articles BIGINT NOT NULL, expected DOUBLE NOT NULL,
  missing DOUBLE NOT NULL, gap BOOLEAN NOT NULL, unseen BOOLEAN NOT NULL, polled BOOLEAN NOT NULL);
CREATE TABLE scores (day DATE NOT NULL, kind VARCHAR NOT NULL, id VARCHAR NOT NULL,
  articles BIGINT NOT NULL, independent BIGINT NOT NULL, expected DOUBLE NOT NULL,
  score DOUBLE NOT NULL, origins BIGINT NOT NULL);

-- Full text: which words stand in which article. New articles go to the recent part; it is
-- sorted into the sealed part when it has grown, so that a word is found by its place.
CREATE TABLE search_documents (document UINTEGER NOT NULL, article_id VARCHAR NOT NULL,
  words UINTEGER NOT NULL);
CREATE TABLE postings_recent (term UBIGINT NOT NULL, document UINTEGER NOT NULL,
  weight USMALLINT NOT NULL);
CREATE TABLE postings_sealed (term UBIGINT NOT NULL, document UINTEGER NOT NULL,
  weight USMALLINT NOT NULL);
CREATE TABLE search_words (word VARCHAR NOT NULL, term UBIGINT NOT NULL);
