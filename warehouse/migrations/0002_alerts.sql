-- What was told, and what still has to be: kept with the warehouse, so that a backup knows it and
-- SQL can ask for it. No text of articles: those that are cited are looked up when it is told.
CREATE TABLE alerts (
  alert_id VARCHAR NOT NULL, rule_id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
  id VARCHAR NOT NULL, state VARCHAR, day DATE NOT NULL, fired_at TIMESTAMPTZ NOT NULL,
  measure VARCHAR NOT NULL, value DOUBLE NOT NULL, threshold DOUBLE NOT NULL,
  days INTEGER NOT NULL, articles BIGINT NOT NULL, independent BIGINT NOT NULL, expected DOUBLE,
  origins BIGINT NOT NULL, cited VARCHAR[] NOT NULL, receipt VARCHAR NOT NULL
);
CREATE TABLE alert_deliveries (
  alert_id VARCHAR NOT NULL, channel VARCHAR NOT NULL, state VARCHAR NOT NULL,
  attempts INTEGER NOT NULL, attempted_at TIMESTAMPTZ, error VARCHAR
);
