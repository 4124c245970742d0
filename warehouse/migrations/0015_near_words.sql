-- Words are found by how they begin, so that a search takes its words apart once and not three
-- times; and of an article that it found, title and address are read without those beside them.

CREATE TABLE near_words (beginning VARCHAR NOT NULL, word VARCHAR NOT NULL, term UBIGINT NOT NULL);
INSERT INTO near_words SELECT word[:4], word, term FROM search_words;
DROP TABLE search_words;
ALTER TABLE near_words RENAME TO search_words;

CREATE TABLE plain_articles (
  article_id VARCHAR USING COMPRESSION uncompressed NOT NULL, source_id VARCHAR NOT NULL,
  feed_id VARCHAR, url VARCHAR USING COMPRESSION uncompressed NOT NULL,
  canonical_url VARCHAR NOT NULL, title VARCHAR USING COMPRESSION uncompressed NOT NULL,
  authors VARCHAR[] NOT NULL, published_at TIMESTAMPTZ NOT NULL,
  published_from VARCHAR NOT NULL, modified_at TIMESTAMPTZ, fetched_at TIMESTAMPTZ NOT NULL,
  language VARCHAR NOT NULL, language_confidence DOUBLE NOT NULL, language_declared VARCHAR,
  text VARCHAR USING COMPRESSION zstd NOT NULL, word_count INTEGER NOT NULL,
  content_hash VARCHAR NOT NULL, extractor VARCHAR NOT NULL, agreement DOUBLE,
  quality VARCHAR NOT NULL, novelty DOUBLE, relevance DOUBLE NOT NULL,
  relevant BOOLEAN NOT NULL, warc_ref VARCHAR, run_id VARCHAR NOT NULL,
  day DATE NOT NULL, language_decided_by VARCHAR NOT NULL, relevance_reason VARCHAR NOT NULL
);
INSERT INTO plain_articles FROM articles;
DROP TABLE articles;
ALTER TABLE plain_articles RENAME TO articles;
