-- People and machines -------------------------------------------------------------------------------------------

CREATE TABLE account (
    account_id TEXT PRIMARY KEY,
    login TEXT NOT NULL CONSTRAINT uq_account_login UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    roles TEXT[] NOT NULL,
    resource_id TEXT,  -- who this is in the ledger: segregation of duties compares it
    active BOOLEAN NOT NULL DEFAULT true,
    failed_logins INTEGER NOT NULL DEFAULT 0,
    locked_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE account_session (
    token_digest TEXT PRIMARY KEY,  -- SHA-256 of the token; the token itself is only in the cookie
    account_id TEXT NOT NULL REFERENCES account,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX ix_account_session_account_id ON account_session (account_id);

CREATE TABLE api_key (
    key_id TEXT PRIMARY KEY,  -- the public part of the key
    secret_digest TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT[] NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);

-- Controls and policies in every version that ever decided -------------------------------------------------------

CREATE TABLE rule_set (
    version TEXT PRIMARY KEY,  -- kind, number and content digest
    kind TEXT NOT NULL CONSTRAINT ck_rule_set_kind CHECK (kind IN ('controls', 'policy')),
    content JSONB NOT NULL,
    first_used_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

-- Scores -----------------------------------------------------------------------------------------------------------

CREATE TABLE score (
    score_id TEXT PRIMARY KEY,
    run_id TEXT,  -- the billing run that asked, if one did
    invoice_id TEXT NOT NULL,
    invoice_record_id BIGINT,  -- the ledger's version of the invoice; empty for an inline document
    document JSONB,  -- the inline document; empty for an invoice of the ledger
    client_id TEXT NOT NULL,
    as_of TIMESTAMPTZ NOT NULL,
    scored_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    amount NUMERIC(26, 6) NOT NULL,
    currency TEXT NOT NULL,
    group_amount NUMERIC(26, 6),  -- empty when no exchange rate was known
    group_currency TEXT,
    features FLOAT8[] NOT NULL,
    catalogue_digest TEXT NOT NULL,
    model_digests JSONB NOT NULL,
    control_version TEXT NOT NULL REFERENCES rule_set,
    policy_version TEXT NOT NULL REFERENCES rule_set,
    ledger_snapshot TEXT NOT NULL DEFAULT pg_current_snapshot()::text,
    risks JSONB NOT NULL,
    reasons JSONB NOT NULL,
    controls JSONB NOT NULL,
    degraded TEXT[] NOT NULL,
    route TEXT NOT NULL CONSTRAINT ck_score_route CHECK (route IN ('auto_clear', 'review', 'senior_review', 'hold')),
    decided_by TEXT NOT NULL CONSTRAINT ck_score_decided_by CHECK (decided_by IN ('hard_stop', 'policy', 'model')),
    because TEXT NOT NULL,
    sampled BOOLEAN NOT NULL,
    propensity FLOAT8 NOT NULL CONSTRAINT ck_score_propensity CHECK (propensity > 0 AND propensity <= 1),
    case_id TEXT,
    requested_by TEXT NOT NULL,
    CONSTRAINT ck_score_case CHECK (route = 'auto_clear' OR case_id IS NOT NULL)
);
CREATE INDEX ix_score_invoice_id_score_id ON score (invoice_id, score_id);
CREATE INDEX ix_score_invoice_record_id ON score (invoice_record_id);
CREATE INDEX ix_score_scored_at ON score (scored_at);
-- A run that is started again after a crash finds each of its invoices scored at most once.
CREATE UNIQUE INDEX uq_score_run_id_invoice_id ON score (run_id, invoice_id) WHERE run_id IS NOT NULL;

CREATE TABLE idempotency_key (
    principal_id TEXT NOT NULL,
    key TEXT NOT NULL,
    body_digest TEXT NOT NULL,
    response BYTEA,  -- empty only inside the transaction that makes it
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (principal_id, key)
);

-- The review queue -------------------------------------------------------------------------------------------------

CREATE TABLE review_case (
    case_id TEXT PRIMARY KEY,
    invoice_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    project_id TEXT,
    score_id TEXT NOT NULL,  -- the newest score
    state TEXT NOT NULL CONSTRAINT ck_review_case_state
        CHECK (state IN ('open', 'claimed', 'waiting', 'decided', 'cancelled')),
    route TEXT NOT NULL CONSTRAINT ck_review_case_route CHECK (route IN ('auto_clear', 'review', 'senior_review', 'hold')),
    amount NUMERIC(26, 6) NOT NULL,
    currency TEXT NOT NULL,
    group_amount NUMERIC(26, 6),
    group_currency TEXT,
    priority FLOAT8 NOT NULL,  -- expected cash protected by looking now, group currency
    priority_parts JSONB NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    separated TEXT[] NOT NULL,  -- resource ids that may not decide: preparer, owner, project manager, approvers
    approvals TEXT[] NOT NULL DEFAULT '{}',  -- account ids that released it, when one release is not enough
    escalated BOOLEAN NOT NULL DEFAULT false,  -- a reviewer asked for a senior; a new score does not undo it
    claimed_by TEXT,
    lease_expires_at TIMESTAMPTZ,
    fence BIGINT NOT NULL DEFAULT 0,  -- grows with every claim; a decision must carry the current one
    opened_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    closed_at TIMESTAMPTZ,
    CONSTRAINT ck_review_case_claim CHECK ((state = 'claimed') = (claimed_by IS NOT NULL AND lease_expires_at IS NOT NULL)),
    CONSTRAINT ck_review_case_closed CHECK ((state IN ('decided', 'cancelled')) = (closed_at IS NOT NULL))
);
-- One open case per invoice, whoever opens it.
CREATE UNIQUE INDEX uq_review_case_open_invoice ON review_case (invoice_id) WHERE state IN ('open', 'claimed', 'waiting');
-- The claim and the page walk open cases from the most cash down.
CREATE INDEX ix_review_case_queue ON review_case (priority DESC, case_id) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX ix_review_case_due_at ON review_case (due_at) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX ix_review_case_claimed_by ON review_case (claimed_by) WHERE state = 'claimed';
CREATE INDEX ix_review_case_client_id ON review_case (client_id);
CREATE INDEX ix_review_case_closed_at ON review_case (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE case_event (
    event_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES review_case,
    event TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    happened_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    from_state TEXT,
    to_state TEXT NOT NULL,
    detail JSONB NOT NULL
);
CREATE INDEX ix_case_event_case_id ON case_event (case_id, event_id);

CREATE TABLE case_decision (
    decision_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES review_case,
    score_id TEXT NOT NULL,
    action TEXT NOT NULL,
    final BOOLEAN NOT NULL,  -- false for a first release that waits for a second person
    reason_code TEXT,
    note TEXT,
    reviewer_id TEXT NOT NULL,
    saw_score BOOLEAN NOT NULL,
    fence BIGINT NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    -- A fence is used once: the same claim cannot decide twice, whatever the code above does.
    CONSTRAINT uq_case_decision_fence UNIQUE (case_id, fence)
);
CREATE INDEX ix_case_decision_reviewer_id ON case_decision (reviewer_id, decided_at);

-- The audit chain --------------------------------------------------------------------------------------------------

CREATE TABLE audit_entry (
    stream SMALLINT NOT NULL,
    position BIGINT NOT NULL,
    body TEXT NOT NULL,  -- canonical JSON: just these bytes are hashed
    previous TEXT NOT NULL,
    digest TEXT NOT NULL,
    action TEXT NOT NULL GENERATED ALWAYS AS (body::jsonb ->> 'action') STORED,
    actor_id TEXT NOT NULL GENERATED ALWAYS AS (body::jsonb ->> 'actor') STORED,
    subject_id TEXT NOT NULL GENERATED ALWAYS AS (body::jsonb ->> 'subject') STORED,
    written_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (stream, position)
);
CREATE INDEX ix_audit_entry_subject_id ON audit_entry (subject_id);
CREATE INDEX ix_audit_entry_written_at ON audit_entry (written_at);

-- The end of each stream, kept apart so that a cut tail shows. Locking its row is what orders a stream's writers.
CREATE TABLE audit_head (
    stream SMALLINT PRIMARY KEY,
    position BIGINT NOT NULL,
    digest TEXT NOT NULL
);
INSERT INTO audit_head SELECT stream, 0, repeat('0', 64) FROM generate_series(0, 15) AS stream;

CREATE FUNCTION audit_append(at_stream INTEGER, entry TEXT) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    head audit_head%ROWTYPE;
    made TEXT;
BEGIN
    SELECT * INTO STRICT head FROM audit_head WHERE stream = at_stream FOR UPDATE;
    made := encode(sha256(convert_to(head.digest || entry, 'UTF8')), 'hex');
    INSERT INTO audit_entry (stream, position, body, previous, digest)
        VALUES (at_stream, head.position + 1, entry, head.digest, made);
    UPDATE audit_head SET position = head.position + 1, digest = made WHERE stream = at_stream;
    RETURN made;
END $$;

-- What training and monitoring read: columns are a contract (docs/queue.md) --------------------------------------------

CREATE VIEW score_log_v1 AS
SELECT score_id, run_id, invoice_id, client_id, as_of, scored_at, amount, currency, group_amount, group_currency, features,
       catalogue_digest, model_digests, control_version, policy_version, risks, route, decided_by, sampled, propensity,
       case_id, document IS NOT NULL AS inline
FROM score;

CREATE VIEW review_log_v1 AS
SELECT d.decision_id, d.case_id, d.score_id, c.invoice_id, c.client_id, d.action, d.reason_code, d.note, d.reviewer_id,
       d.saw_score, d.decided_at, d.final, s.as_of, s.route, s.decided_by, s.sampled, s.propensity, s.catalogue_digest,
       s.model_digests, s.features
FROM case_decision d
JOIN review_case c USING (case_id)
JOIN score s ON s.score_id = d.score_id;
