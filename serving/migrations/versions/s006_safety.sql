-- People whom an identity provider vouches for have an account, so that claims, decisions and the audit log can name
-- them, and no password -------------------------------------------------------------------------------------------

ALTER TABLE account ALTER COLUMN password_hash DROP NOT NULL;

-- How much a key may ask: empty means what the settings say --------------------------------------------------------

ALTER TABLE api_key
    ADD COLUMN requests_per_second FLOAT8
        CONSTRAINT ck_api_key_requests_per_second CHECK (requests_per_second > 0),
    ADD COLUMN requests_per_day BIGINT
        CONSTRAINT ck_api_key_requests_per_day CHECK (requests_per_day > 0);

CREATE TABLE key_usage (
    key_id TEXT NOT NULL REFERENCES api_key,
    day DATE NOT NULL,  -- in UTC
    requests BIGINT NOT NULL,
    PRIMARY KEY (key_id, day)
);
