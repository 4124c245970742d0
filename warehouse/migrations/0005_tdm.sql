-- What a host reserves from text and data mining, asked for once a week.

ALTER TABLE hosts ADD COLUMN tdm_body VARCHAR;
ALTER TABLE hosts ADD COLUMN tdm_checked_at TIMESTAMPTZ;
