-- Verifications of the audit log, asked for on the page and carried out by a worker.

CREATE TABLE audit_verification (
    verification_id TEXT CONSTRAINT pk_audit_verification PRIMARY KEY,
    requested_by TEXT NOT NULL,
    requested_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    -- When the worker was last heard of: one that says nothing for long is taken for gone.
    touched_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    entries_total BIGINT,
    entries_done BIGINT NOT NULL DEFAULT 0,
    ended_at TIMESTAMPTZ,
    -- Empty where it ended without a result.
    holds BOOLEAN,
    breaks JSONB NOT NULL DEFAULT '[]',
    CONSTRAINT ck_audit_verification_result CHECK (holds IS NULL OR ended_at IS NOT NULL)
);

-- The log is read by one worker at a time: whoever asks meanwhile sees the one that runs.
CREATE UNIQUE INDEX uq_audit_verification_running ON audit_verification ((true)) WHERE ended_at IS NULL;
CREATE INDEX ix_audit_verification_requested_at ON audit_verification (requested_at DESC);
