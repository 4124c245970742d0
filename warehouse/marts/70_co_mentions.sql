-- Who appears together?
CREATE OR REPLACE VIEW co_mentions AS
SELECT day, actor_a, actor_b, articles FROM pair_days;
