-- Idempotency of every write -----------------------------------------------------------------------------------------

-- The answer is given again with its status: 201, 202 and 204 are repeated as what they were.
ALTER TABLE idempotency_key ADD COLUMN status SMALLINT;
UPDATE idempotency_key SET status = 200;
CREATE INDEX ix_idempotency_key_created_at ON idempotency_key (created_at);

-- Keys are rotated in place: the id stays, and with it what the caller did under its idempotency keys ------------------

ALTER TABLE api_key
    ADD COLUMN previous_digest TEXT,
    ADD COLUMN previous_until TIMESTAMPTZ,  -- until then the secret before the last rotation is taken as well
    ADD COLUMN rotated_at TIMESTAMPTZ,
    ADD COLUMN last_used_at TIMESTAMPTZ;  -- to the hour
