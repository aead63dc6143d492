-- The chain is written through this function alone: with it a process needs no right on the tables themselves, so that
-- whoever holds the service's password can add entries and change none (docs/security.md).
ALTER FUNCTION audit_append(INTEGER, TEXT) SECURITY DEFINER SET search_path = public, pg_temp;

-- Whoever moves a model between champion and challenger is in the chain as well, in the deployment's own transaction;
-- training cannot import the service's audit log, so the database writes it.
CREATE FUNCTION audit_deployment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit_append(0, jsonb_build_object(
        'action', 'model_deployed', 'actor', made.who, 'subject', 'model ' || made.risk, 'request_id', NULL,
        'at', clock_timestamp(), 'detail', to_jsonb(made))::text) FROM fresh AS made;
    RETURN NULL;
END $$;
CREATE TRIGGER audited AFTER INSERT ON deployment
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION audit_deployment();

-- The audit log is looked through by who did it and what was done.
CREATE INDEX ix_audit_entry_actor_id ON audit_entry (actor_id, written_at);
CREATE INDEX ix_audit_entry_action ON audit_entry (action, written_at);

-- A proposed policy: proposed -> approved -> active -> superseded | rolled_back, like a set of controls.
CREATE TABLE policy_proposal (
    proposal_id TEXT PRIMARY KEY,
    version TEXT NOT NULL REFERENCES rule_set,
    base_version TEXT NOT NULL REFERENCES rule_set,  -- in force when it was proposed
    reason TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'proposed' CONSTRAINT ck_policy_proposal_state CHECK
        (state IN ('proposed', 'approved', 'active', 'superseded', 'rolled_back', 'withdrawn')),
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    approved_by TEXT,
    approved_at TIMESTAMPTZ,
    CONSTRAINT ck_policy_proposal_second_person CHECK (approved_by <> proposed_by),
    CONSTRAINT ck_policy_proposal_approved CHECK
        (state NOT IN ('approved', 'active', 'superseded', 'rolled_back') OR approved_by IS NOT NULL)
);
CREATE UNIQUE INDEX uq_policy_proposal_version ON policy_proposal (version) WHERE state IN ('proposed', 'approved');
CREATE UNIQUE INDEX uq_policy_proposal_active ON policy_proposal (state) WHERE state = 'active';

CREATE TABLE policy_proposal_event (
    event_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id TEXT NOT NULL REFERENCES policy_proposal,
    to_state TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    why TEXT,
    happened_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_policy_proposal_event_proposal_id ON policy_proposal_event (proposal_id, event_id);

-- Where the newest scores would have gone under a proposal; whoever approves has seen it.
CREATE TABLE policy_preview (
    preview_id TEXT PRIMARY KEY,
    proposal_id TEXT NOT NULL REFERENCES policy_proposal,
    base_version TEXT NOT NULL,  -- compared with
    scores INTEGER NOT NULL,
    result JSONB NOT NULL,
    run_by TEXT NOT NULL,
    run_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_policy_preview_proposal_id ON policy_preview (proposal_id, preview_id);

CREATE TABLE policy_activation (
    activation_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action TEXT NOT NULL CONSTRAINT ck_policy_activation_action CHECK (action IN ('shipped', 'activate', 'rollback')),
    version TEXT NOT NULL REFERENCES rule_set,
    previous_version TEXT,
    proposal_id TEXT REFERENCES policy_proposal,
    actor_id TEXT NOT NULL,
    why TEXT NOT NULL,
    activated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ck_policy_activation_proposal CHECK ((action = 'activate') = (proposal_id IS NOT NULL))
);
CREATE INDEX ix_policy_activation_activated_at ON policy_activation (activated_at);

-- Whatever the code above does: no policy comes into force without a second person and a preview, and none that looks
-- at nothing of what the models clear, for then nobody would ever learn of their mistakes.
CREATE FUNCTION policy_activation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.action = 'activate' AND NOT EXISTS (
        SELECT FROM policy_proposal p JOIN policy_preview USING (proposal_id)
        WHERE p.proposal_id = NEW.proposal_id AND p.version = NEW.version
        AND p.state = 'active' AND p.approved_by IS NOT NULL AND p.approved_by <> p.proposed_by
    ) THEN
        RAISE EXCEPTION 'only what a second person approved can be activated' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.action = 'rollback' AND NOT EXISTS (SELECT FROM policy_activation a WHERE a.version = NEW.version) THEN
        RAISE EXCEPTION 'only what was in force before can be rolled back to' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM rule_set r, jsonb_array_elements(r.content -> 'sampling') AS stratum
               WHERE r.version = NEW.version AND (stratum ->> 'rate')::double precision <= 0) THEN
        RAISE EXCEPTION 'an audit sample of nothing is no policy' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON policy_activation FOR EACH ROW EXECUTE FUNCTION policy_activation_guard();

-- What people did about a monitoring verdict: the newest row is where it stands. The runs' own table belongs to
-- monitoring, which may be installed later, so it is named by its id alone.
CREATE TABLE monitoring_follow_up (
    follow_up_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id TEXT NOT NULL,
    state TEXT NOT NULL CONSTRAINT ck_monitoring_follow_up_state CHECK (state IN ('open', 'in_hand', 'closed')),
    owner_id TEXT REFERENCES account,
    next_step TEXT NOT NULL,
    note TEXT NOT NULL,
    written_by TEXT NOT NULL,
    written_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ck_monitoring_follow_up_owner CHECK (state = 'open' OR owner_id IS NOT NULL)
);
CREATE INDEX ix_monitoring_follow_up_run_id ON monitoring_follow_up (run_id, follow_up_id);

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['policy_proposal_event', 'policy_preview', 'policy_activation', 'monitoring_follow_up'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
END $$;
