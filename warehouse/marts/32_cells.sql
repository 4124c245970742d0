-- Attention to all ids of a kind, by day, source and language: each article once, also where it
-- tells of two topics of a family or uses two names of a place.
CREATE OR REPLACE MACRO days_of_kind(wanted_kind) AS TABLE
SELECT day, topic_id AS id, source_id, language, articles, independent, began FROM topic_days
WHERE kind_of(wanted_kind) = 'topic'
UNION ALL SELECT * FROM family_days WHERE kind_of(wanted_kind) = 'family'
UNION ALL SELECT * FROM actor_days WHERE kind_of(wanted_kind) = 'actor'
UNION ALL SELECT * FROM place_days WHERE kind_of(wanted_kind) = 'naming';

-- And to one id; a family of topics is asked for like a topic.
CREATE OR REPLACE MACRO days_of(wanted_kind, wanted_id) AS TABLE
SELECT day, source_id, language, articles, independent, began FROM (
  FROM days_of_kind(wanted_kind)
  UNION ALL SELECT * FROM family_days WHERE kind_of(wanted_kind) = 'topic'
) WHERE id = wanted_id;
