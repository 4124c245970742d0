-- Linking the articles of a load with those of nearby days waits for the next snapshot.

CREATE TABLE unlinked_stories (article_id VARCHAR NOT NULL);
