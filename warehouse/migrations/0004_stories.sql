-- Stories: what each article can be told by, and which articles of other languages are alike.

CREATE TABLE story_marks (
  article_id VARCHAR NOT NULL, language VARCHAR NOT NULL, published_at TIMESTAMPTZ NOT NULL,
  day DATE NOT NULL, features UINTEGER[] NOT NULL, weights USMALLINT[] NOT NULL
);
CREATE TABLE story_links (
  article_id VARCHAR NOT NULL, of_article_id VARCHAR NOT NULL, likeness DOUBLE NOT NULL
);
