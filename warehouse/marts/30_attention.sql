-- Who covers what, day by day; ownership and perspective as of the day.
CREATE OR REPLACE VIEW attention_by_topic AS
SELECT t.day, t.topic_id, t.source_id, t.language, h.country, h.ownership, h.perspective,
  t.articles, t.independent, s.articles AS source_articles,
  t.articles / s.articles AS share
FROM topic_days AS t
JOIN source_days AS s ON s.day = t.day AND s.source_id = t.source_id
LEFT JOIN source_history AS h
  ON h.source_id = t.source_id AND t.day >= h.valid_from AND t.day < h.valid_to;

CREATE OR REPLACE VIEW attention_by_actor AS
SELECT t.day, t.actor_id, t.source_id, t.language, h.country, h.ownership, h.perspective,
  t.articles, t.independent, s.articles AS source_articles,
  t.articles / s.articles AS share
FROM actor_days AS t
JOIN source_days AS s ON s.day = t.day AND s.source_id = t.source_id
LEFT JOIN source_history AS h
  ON h.source_id = t.source_id AND t.day >= h.valid_from AND t.day < h.valid_to;

CREATE OR REPLACE VIEW attention_by_naming AS
SELECT t.day, t.place_id, t.variant, t.quoted, t.source_id, t.language, h.country, h.ownership,
  h.perspective, t.articles, t.independent, s.articles AS source_articles,
  t.articles / s.articles AS share
FROM naming_days AS t
JOIN source_days AS s ON s.day = t.day AND s.source_id = t.source_id
LEFT JOIN source_history AS h
  ON h.source_id = t.source_id AND t.day >= h.valid_from AND t.day < h.valid_to;
