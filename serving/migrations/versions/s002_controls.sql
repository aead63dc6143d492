-- Rules as versioned data, their life cycle, overlays and snoozes --

-- A second billing is told by the lines of other invoices that name the same milestone or expense.
CREATE INDEX ix_invoice_line_milestone_id ON invoice_line (milestone_id) WHERE milestone_id IS NOT NULL;
CREATE INDEX ix_invoice_line_expense_id ON invoice_line (expense_id) WHERE expense_id IS NOT NULL;

-- A proposed set: proposed -> backtested -> (shadow) -> approved -> active -> superseded | rolled_back.
CREATE TABLE control_proposal (
    proposal_id TEXT PRIMARY KEY,
    version TEXT NOT NULL REFERENCES rule_set,
    base_version TEXT NOT NULL REFERENCES rule_set,  -- active when it was proposed
    reason TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'proposed' CONSTRAINT ck_control_proposal_state CHECK
        (state IN ('proposed', 'backtested', 'shadow', 'approved', 'active', 'superseded', 'rolled_back', 'withdrawn')),
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    shadow_since TIMESTAMPTZ,
    approved_by TEXT,
    approved_at TIMESTAMPTZ,
    -- Whatever the code above does: nobody approves what they proposed, and nothing is in force unapproved.
    CONSTRAINT ck_control_proposal_second_person CHECK (approved_by <> proposed_by),
    CONSTRAINT ck_control_proposal_approved CHECK
        (state NOT IN ('approved', 'active', 'superseded', 'rolled_back') OR approved_by IS NOT NULL)
);
-- A set is proposed once at a time; one is active and one is in shadow at most.
CREATE UNIQUE INDEX uq_control_proposal_version ON control_proposal (version)
    WHERE state IN ('proposed', 'backtested', 'shadow', 'approved');
CREATE UNIQUE INDEX uq_control_proposal_active ON control_proposal (state) WHERE state = 'active';
CREATE UNIQUE INDEX uq_control_proposal_shadow ON control_proposal (state) WHERE state = 'shadow';

CREATE TABLE control_proposal_event (
    event_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id TEXT NOT NULL REFERENCES control_proposal,
    to_state TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    why TEXT,
    happened_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_control_proposal_event_proposal_id ON control_proposal_event (proposal_id, event_id);

-- What a proposal would have done to the past; a proposal may be back-tested again.
CREATE TABLE control_backtest (
    backtest_id TEXT PRIMARY KEY,
    proposal_id TEXT NOT NULL REFERENCES control_proposal,
    base_version TEXT NOT NULL,  -- compared with
    invoices INTEGER NOT NULL,
    result JSONB NOT NULL,
    run_by TEXT NOT NULL,
    run_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_control_backtest_proposal_id ON control_backtest (proposal_id, backtest_id);

-- What was active when, by whom and why.
CREATE TABLE control_activation (
    activation_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action TEXT NOT NULL CONSTRAINT ck_control_activation_action CHECK (action IN ('shipped', 'activate', 'rollback')),
    version TEXT NOT NULL REFERENCES rule_set,
    previous_version TEXT,
    proposal_id TEXT REFERENCES control_proposal,
    actor_id TEXT NOT NULL,
    why TEXT NOT NULL,
    activated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ck_control_activation_proposal CHECK ((action = 'activate') = (proposal_id IS NOT NULL))
);
CREATE INDEX ix_control_activation_activated_at ON control_activation (activated_at);

CREATE FUNCTION control_activation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.action = 'activate' AND NOT EXISTS (
        SELECT FROM control_proposal p WHERE p.proposal_id = NEW.proposal_id AND p.version = NEW.version
        AND p.state = 'active' AND p.approved_by IS NOT NULL AND p.approved_by <> p.proposed_by
    ) THEN
        RAISE EXCEPTION 'only what a second person approved can be activated' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.action = 'rollback' AND NOT EXISTS (SELECT FROM control_activation a WHERE a.version = NEW.version) THEN
        RAISE EXCEPTION 'only what was active before can be rolled back to' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON control_activation FOR EACH ROW EXECUTE FUNCTION control_activation_guard();

-- A live score that a set in shadow looked at as well; most differ in nothing.
CREATE TABLE control_shadow (
    proposal_id TEXT NOT NULL REFERENCES control_proposal,
    score_id TEXT NOT NULL REFERENCES score,
    newly TEXT[] NOT NULL,  -- "control_id:severity" that only the proposed set says
    gone TEXT[] NOT NULL,  -- that only the active set said
    would_hold BOOLEAN,  -- the proposed set begins (true) or ceases (false) to stop the invoice; empty: neither
    PRIMARY KEY (proposal_id, score_id)
);

CREATE TABLE control_snooze (
    snooze_id TEXT PRIMARY KEY,
    control_id TEXT NOT NULL,
    client_id TEXT,
    project_id TEXT,
    reason TEXT NOT NULL CONSTRAINT ck_control_snooze_reason CHECK (length(reason) >= 3),
    created_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    until TIMESTAMPTZ NOT NULL,
    CONSTRAINT ck_control_snooze_whom CHECK ((client_id IS NULL) <> (project_id IS NULL)),
    CONSTRAINT ck_control_snooze_length CHECK (until > created_at AND until <= created_at + interval '90 days 1 minute')
);
CREATE INDEX ix_control_snooze_until ON control_snooze (until);

CREATE TABLE control_snooze_end (
    snooze_id TEXT PRIMARY KEY REFERENCES control_snooze,
    ended_by TEXT NOT NULL,
    why TEXT NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['control_proposal_event', 'control_backtest', 'control_activation', 'control_shadow',
                                'control_snooze', 'control_snooze_end'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
END $$;
