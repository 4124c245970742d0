-- Entries whose feed says that their article was edited: fetched once more, then forgotten here.
ALTER TABLE items ADD COLUMN content_hash VARCHAR;
CREATE TABLE revisits (
  item_id VARCHAR NOT NULL, seen_at TIMESTAMPTZ NOT NULL, content_html VARCHAR,
  attempts INTEGER NOT NULL, next_attempt_at TIMESTAMPTZ
);
