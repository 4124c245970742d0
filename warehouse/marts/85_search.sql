-- Which articles speak of …? All words must occur, with these or other endings (README.md says what
-- is not found); ranked by BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75); a word of the
-- title counts five times.
CREATE OR REPLACE MACRO search_scores(words) AS TABLE
WITH asked AS MATERIALIZED (
  -- a row and not a constant: planning would take the words of that apart, again and again
  SELECT row_number() OVER () AS nth, word, endings(word) AS endings, closer_endings(word) AS closer
  FROM (SELECT DISTINCT unnest(asked_words(given)) AS word FROM (SELECT unnest([words]) AS given))
), parts AS (
  -- "war" finds "wars", but "news" not "new"
  SELECT *, unnest(stems(word, endings, if(word < '{', '', closer[1]))) AS part FROM asked
), roots AS (
  SELECT *, unnest([part] || turned(part || '|' || word[length(part) + 1:])) AS stem FROM parts
), tried AS (
  SELECT nth, word, stem,
    CASE
      WHEN stem <> part THEN closer[3]
      WHEN length(stem) > 3 THEN endings
      WHEN length(stem) = 3 THEN closer[1]
      ELSE ''
    END AS follows,
    -- one of three letters is the beginning of itself only: its forms' are told by what follows
    unnest(list_concat(
      [stem[:4]],
      CASE WHEN length(stem) = 3 THEN [stem || letter FOR letter IN string_split(closer[2], '')] END
    )) AS beginning
  FROM roots
), near AS MATERIALIZED (
  -- what begins with a stem, and few enough for what follows: each pattern is read anew
  SELECT t.nth, t.word, t.stem, t.follows, v.word AS form, v.term
  FROM tried AS t
  JOIN search_words AS v ON v.beginning = t.beginning AND starts_with(v.word, t.stem)
), forms AS (
  SELECT DISTINCT nth, term FROM near
  WHERE form = word OR regexp_full_match(form[length(stem) + 1:], follows)
), found AS MATERIALIZED (
  SELECT f.nth, p.document, sum(p.weight) AS weight
  FROM (FROM postings_sealed UNION ALL FROM postings_recent) AS p
  JOIN forms AS f USING (term)
  GROUP BY ALL
), size AS MATERIALIZED (
  SELECT count(*) AS documents, avg(d.words) AS mean FROM search_documents AS d WHERE d.words > 0
), rarity AS (
  SELECT nth, ln(1 + (documents - count(*) + 0.5) / (count(*) + 0.5)) AS idf
  FROM found CROSS JOIN size GROUP BY nth, documents
)
-- decimals add up the same in any order
SELECT f.document, CAST(sum(CAST(
    r.idf * f.weight * 2.2 / (f.weight + 1.2 * (0.25 + 0.75 * d.words / s.mean)) AS DECIMAL(12, 6)
  )) AS DOUBLE) AS score
FROM found AS f
JOIN rarity AS r USING (nth)
JOIN search_documents AS d USING (document)
CROSS JOIN size AS s
GROUP BY f.document
HAVING min(d.words) > 0 AND count(*) = (SELECT count(*) FROM asked);

-- All that is found, as the dashboard asks for.
CREATE OR REPLACE MACRO search_hits(words) AS TABLE
SELECT d.article_id, f.score
FROM search_scores(words) AS f JOIN search_documents AS d USING (document);

-- The best of it. Of those that score like the last, ids decide: numbers of documents are the order
-- in which articles came.
CREATE OR REPLACE MACRO search(words) AS TABLE
WITH scored AS MATERIALIZED (FROM search_scores(words)),
least AS (SELECT min(score) AS score FROM (FROM scored ORDER BY score DESC LIMIT 200)),
best AS MATERIALIZED (
  SELECT d.article_id, f.score
  FROM (SELECT s.* FROM scored AS s, least AS l WHERE s.score >= l.score) AS f
  JOIN search_documents AS d USING (document)
  ORDER BY f.score DESC, d.article_id LIMIT 200
)
SELECT a.article_id, a.title, a.source_id, a.day, a.language, a.url, h.score
FROM best AS h JOIN articles AS a USING (article_id)
ORDER BY h.score DESC, a.published_at DESC, a.article_id;
