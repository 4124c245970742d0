-- Which articles speak of …? All words must occur, in any inflection; ranked by BM25 (Robertson
-- and Zaragoza 2009, k1 = 1.2, b = 0.75); a word of the title counts five times.
CREATE OR REPLACE MACRO search_hits(words) AS TABLE
WITH asked AS (
  SELECT DISTINCT word, stems(word) AS stems FROM (SELECT unnest(words_of(words)) AS word)
), forms AS (
  SELECT a.word, v.term
  FROM asked AS a JOIN search_words AS v ON starts_with(v.word, a.stems[1])
  WHERE v.word = a.word OR (length(a.word) > 3 AND list_bool_or([
    starts_with(v.word, part)
      AND regexp_full_match(v.word[length(part) + 1:], endings(a.word))
    FOR part IN a.stems
  ]))
), found AS (
  SELECT f.word, p.document, sum(p.weight) AS weight
  FROM (FROM postings_sealed UNION ALL FROM postings_recent) AS p
  JOIN forms AS f USING (term)
  GROUP BY ALL
), size AS (
  SELECT count(*) AS documents, avg(d.words) AS mean FROM search_documents AS d
), rarity AS (
  SELECT word, ln(1 + (documents - count(*) + 0.5) / (count(*) + 0.5)) AS idf
  FROM found CROSS JOIN size GROUP BY word, documents
)
SELECT d.article_id,
  sum(r.idf * f.weight * 2.2 / (f.weight + 1.2 * (0.25 + 0.75 * d.words / s.mean))) AS score
FROM found AS f
JOIN rarity AS r USING (word)
JOIN search_documents AS d ON d.document = f.document AND d.article_id <> ''
CROSS JOIN size AS s
GROUP BY d.article_id
HAVING count(*) = (SELECT count(*) FROM asked);

CREATE OR REPLACE MACRO search(words) AS TABLE
SELECT a.article_id, a.title, a.source_id, a.day, a.language, a.url, h.score
FROM (SELECT * FROM search_hits(words) ORDER BY score DESC, article_id LIMIT 200) AS h
JOIN articles AS a USING (article_id)
ORDER BY h.score DESC, a.published_at DESC, a.article_id;
