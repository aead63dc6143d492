-- Idempotency of every write -----------------------------------------------------------------------------------------

-- The answer is given again with its status: 201, 202 and 204 are repeated as what they were.
ALTER TABLE idempotency_key ADD COLUMN status SMALLINT;
UPDATE idempotency_key SET status = 200;
CREATE INDEX ix_idempotency_key_created_at ON idempotency_key (created_at);
