-- Which articles speak of …? Ranked by how often the words occur.
CREATE OR REPLACE MACRO search(words) AS TABLE
SELECT a.article_id, a.title, a.source_id, a.day, a.language, a.url, 1.0 AS score
FROM articles AS a
WHERE contains(lower(strip_accents(a.title || ' ' || a.text)), lower(strip_accents(words)))
ORDER BY a.published_at DESC;
