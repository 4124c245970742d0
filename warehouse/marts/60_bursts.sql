-- What spiked? Days on which an id has far more independent articles than the four weeks before
-- lead one to expect, given how much was published. Held back until 28 covered days exist.
CREATE OR REPLACE MACRO bursts_above(threshold) AS TABLE
SELECT s.day, s.kind, s.id, s.articles, s.independent, s.expected, s.score, s.origins
FROM scores AS s
WHERE s.score >= threshold AND s.day >= (
  SELECT day FROM covered_days WHERE NOT gap ORDER BY day LIMIT 1 OFFSET 28
);

-- By default what chance would bring three times in a million days of an id.
CREATE OR REPLACE VIEW bursts AS SELECT * FROM bursts_above(4.5);
