-- Billing runs ---------------------------------------------------------------------------------------------------

CREATE TABLE billing_run (
    run_id TEXT PRIMARY KEY,
    state TEXT NOT NULL CONSTRAINT ck_billing_run_state
        CHECK (state IN ('queued', 'running', 'finished', 'cancelled', 'failed')),
    as_of TIMESTAMPTZ NOT NULL,
    total INTEGER NOT NULL,
    requested_by TEXT NOT NULL,
    request_id TEXT,
    because TEXT,  -- why it failed
    false_discovery_rate FLOAT8 NOT NULL,  -- tolerated share of false alarms among the flagged anomalies
    anomaly_threshold FLOAT8,  -- p-values up to here are flagged; empty until the run is finished, or when none is
    anomalies INTEGER,  -- how many were flagged
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    CONSTRAINT ck_billing_run_ended CHECK ((state IN ('finished', 'cancelled', 'failed')) = (ended_at IS NOT NULL))
);
CREATE INDEX ix_billing_run_created_at ON billing_run (created_at);

-- The unit of durability: a block's scores and this row's end are one transaction, so a killed worker loses at most the
-- block under its hands and doubles nothing.
CREATE TABLE billing_run_block (
    run_id TEXT NOT NULL REFERENCES billing_run,
    number INTEGER NOT NULL,
    size INTEGER NOT NULL,
    invoice_ids TEXT[] NOT NULL,
    ended_at TIMESTAMPTZ,
    routes JSONB,  -- route → invoices
    unknown TEXT[],  -- ids that the ledger did not know at the moment
    PRIMARY KEY (run_id, number),
    CONSTRAINT ck_billing_run_block_ended CHECK ((ended_at IS NULL) = (routes IS NULL AND unknown IS NULL))
);
CREATE INDEX ix_billing_run_block_open ON billing_run_block (run_id, number) WHERE ended_at IS NULL;

-- Callbacks ------------------------------------------------------------------------------------------------------

CREATE TABLE callback_endpoint (
    endpoint_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL CONSTRAINT uq_callback_endpoint_prefix UNIQUE,  -- URLs below it may be called
    active BOOLEAN NOT NULL DEFAULT true,
    because TEXT,  -- why it is not active
    created_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ck_callback_endpoint_because CHECK (active = (because IS NULL))
);

CREATE TABLE callback_secret (
    secret_id TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL REFERENCES callback_endpoint,
    sealed TEXT NOT NULL,  -- encrypted: it must be readable to sign, and useless to who only reads the database
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    retires_at TIMESTAMPTZ  -- empty for the newest one
);
-- One secret that has no end; the others sign along until they retire.
CREATE UNIQUE INDEX uq_callback_secret_newest ON callback_secret (endpoint_id) WHERE retires_at IS NULL;

-- Who wants to hear of the end of what.
CREATE TABLE callback_subscription (
    subscription_id TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL REFERENCES callback_endpoint,
    case_id TEXT REFERENCES review_case,
    run_id TEXT REFERENCES billing_run,
    score_id TEXT,  -- the score whose request asked; empty for a run
    url TEXT NOT NULL,
    correlation_id TEXT,
    requested_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ck_callback_subscription_subject CHECK (num_nonnulls(case_id, run_id) = 1)
);
-- Asking twice for the same is asking once.
CREATE UNIQUE INDEX uq_callback_subscription_case
    ON callback_subscription (case_id, url, (coalesce(correlation_id, ''))) WHERE case_id IS NOT NULL;
CREATE UNIQUE INDEX uq_callback_subscription_run ON callback_subscription (run_id) WHERE run_id IS NOT NULL;

CREATE TABLE callback_message (
    message_id TEXT PRIMARY KEY,  -- webhook-id and the event's id: the same on every attempt
    subscription_id TEXT NOT NULL CONSTRAINT uq_callback_message_subscription UNIQUE REFERENCES callback_subscription,
    endpoint_id TEXT NOT NULL REFERENCES callback_endpoint,
    url TEXT NOT NULL,
    event_type TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,  -- just these bytes are signed and sent
    state TEXT NOT NULL DEFAULT 'pending' CONSTRAINT ck_callback_message_state
        CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    series_start INTEGER NOT NULL DEFAULT 0,  -- attempts made before the last redelivery was asked for
    next_attempt_at TIMESTAMPTZ,
    because TEXT,  -- why it is dead
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    settled_at TIMESTAMPTZ,
    CONSTRAINT ck_callback_message_next CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CONSTRAINT ck_callback_message_settled CHECK ((state = 'pending') = (settled_at IS NULL))
);
CREATE INDEX ix_callback_message_unsettled ON callback_message (created_at) WHERE state = 'pending';
CREATE INDEX ix_callback_message_dead ON callback_message (message_id) WHERE state = 'dead';

CREATE TABLE callback_attempt (
    message_id TEXT NOT NULL REFERENCES callback_message,
    number INTEGER NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    latency_ms FLOAT8 NOT NULL,
    address TEXT,  -- the one it was sent to; empty when none could be used
    status INTEGER,  -- empty when no answer came
    answer TEXT NOT NULL,  -- the first 500 characters
    error TEXT,  -- why no answer came
    PRIMARY KEY (message_id, number),
    CONSTRAINT ck_callback_attempt_outcome CHECK ((status IS NULL) = (error IS NOT NULL))
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON callback_attempt
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
