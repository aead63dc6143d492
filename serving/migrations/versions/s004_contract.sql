-- Idempotency of every write, keys and quotas --
SELECT 1;
