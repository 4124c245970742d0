-- With 32 bits chance made candidates among a million articles, and each cost the reading of a text.
-- What is stored keeps its 32 bits and is found by them; `araxes reprocess --stage dedup` renews it.

ALTER TABLE sketches ALTER hash TYPE UBIGINT;
ALTER TABLE common_hashes ALTER hash TYPE UBIGINT;
