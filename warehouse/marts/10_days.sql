-- When: the region's calendar day, without the session's time zone.
CREATE OR REPLACE MACRO local_day(moment) AS
  CAST(make_timestamp(epoch_us(moment)) + INTERVAL 4 HOUR AS DATE);

-- The moment a day of the region is over: what is compared with it need not be made a day first.
CREATE OR REPLACE MACRO day_end(day) AS
  to_timestamp(epoch(CAST(CAST(day AS DATE) AS TIMESTAMP) + INTERVAL 20 HOUR));

CREATE OR REPLACE MACRO period_of(day, grain) AS
  CAST(date_trunc(grain, CAST(day AS DATE)) AS DATE);

-- The grains that trends are kept in; another would silently count nothing.
CREATE OR REPLACE MACRO grain_of(grain) AS
  CASE WHEN grain IN ('day', 'week', 'month') THEN grain
    ELSE error('grain is day, week or month, not ' || coalesce(grain, 'NULL')) END;

-- What attention is counted of; another kind would silently be nothing, too.
CREATE OR REPLACE MACRO kind_of(kind) AS
  CASE WHEN kind IN ('topic', 'family', 'actor', 'naming') THEN kind
    WHEN kind = 'name' THEN 'naming'
    ELSE error('kind is topic, family, actor or naming, not ' || coalesce(kind, 'NULL')) END;
