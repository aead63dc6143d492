-- A key lists its own scores, runs and callbacks, newest first.
CREATE INDEX ix_score_requested_by ON score (requested_by, score_id);
CREATE INDEX ix_billing_run_requested_by ON billing_run (requested_by, run_id);
CREATE INDEX ix_callback_subscription_requested_by ON callback_subscription (requested_by);
