-- What loads leave to be done before a snapshot is made: readers see nothing else.

CREATE TABLE stale_days (day DATE NOT NULL, facts BOOLEAN NOT NULL);
CREATE TABLE stale_stories (article_id VARCHAR NOT NULL);
