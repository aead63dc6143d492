-- Teams: who looks at which cases ------------------------------------------------------------------------------------

CREATE TABLE team (
    team_id TEXT PRIMARY KEY,
    name TEXT NOT NULL CONSTRAINT uq_team_name UNIQUE,
    auto_assign BOOLEAN NOT NULL DEFAULT false,  -- give its open cases to its members without being asked
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE team_member (
    team_id TEXT NOT NULL REFERENCES team,
    account_id TEXT NOT NULL REFERENCES account,
    skills TEXT[] NOT NULL DEFAULT '{}',
    most_cases INTEGER NOT NULL DEFAULT 10 CONSTRAINT ck_team_member_most_cases CHECK (most_cases BETWEEN 0 AND 1000),
    last_assigned_at TIMESTAMPTZ,
    PRIMARY KEY (team_id, account_id)
);
CREATE INDEX ix_team_member_account_id ON team_member (account_id);

-- The first active rule, by position, that matches a case says whose it is. An empty field matches everything.
CREATE TABLE routing_rule (
    rule_id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    name TEXT NOT NULL CONSTRAINT uq_routing_rule_name UNIQUE,
    team_id TEXT NOT NULL REFERENCES team,
    skill TEXT,  -- what its reviewer must know
    legal_entity_id TEXT,
    client_id TEXT,
    billing_method TEXT,
    cause TEXT,
    control_id TEXT,
    route TEXT,
    amount_from NUMERIC(26, 6),  -- group currency
    amount_below NUMERIC(26, 6),
    active BOOLEAN NOT NULL DEFAULT true,
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    why TEXT NOT NULL
);
CREATE INDEX ix_routing_rule_team_id ON routing_rule (team_id);

-- What a case says beside its score ------------------------------------------------------------------------------------

ALTER TABLE review_case
    ADD COLUMN team_id TEXT REFERENCES team,  -- empty: every reviewer may see it
    ADD COLUMN skill TEXT,
    ADD COLUMN assigned_to TEXT REFERENCES account,
    ADD COLUMN assigned_at TIMESTAMPTZ,
    ADD COLUMN placed_by_hand BOOLEAN NOT NULL DEFAULT false,  -- rules and auto-assignment leave it where it is
    ADD COLUMN legal_entity_id TEXT,
    ADD COLUMN control_ids TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN causes TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN group_key TEXT,  -- cases with the same key have one upstream cause
    ADD COLUMN group_title TEXT,
    ADD COLUMN escalation SMALLINT NOT NULL DEFAULT 0,  -- 1: overdue, shown to seniors; 2: long overdue, to managers
    ADD COLUMN snoozed_until TIMESTAMPTZ,
    ADD COLUMN snooze_reason TEXT,
    ADD COLUMN news TEXT[] NOT NULL DEFAULT '{}',  -- kinds of records that came while it was held, not scored yet
    ADD COLUMN reopens TEXT REFERENCES review_case;  -- the decided case that a new fact opened again
UPDATE review_case c SET legal_entity_id = (
    SELECT i.legal_entity_id FROM invoice i WHERE i.invoice_id = c.invoice_id
    ORDER BY i.known_at DESC, i.event_at DESC, i.record_id DESC LIMIT 1
);
ALTER TABLE review_case ADD CONSTRAINT ck_review_case_snooze CHECK ((snoozed_until IS NULL) = (snooze_reason IS NULL));

-- Backwards they give the order of the queue and of its pages.
DROP INDEX ix_review_case_queue;
CREATE INDEX ix_review_case_queue ON review_case (priority, case_id) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX ix_review_case_amount ON review_case (coalesce(abs(group_amount), 0), case_id)
    WHERE state IN ('open', 'claimed', 'waiting');
DROP INDEX ix_review_case_due_at;
-- Overdue cases are put in order from it alone.
CREATE INDEX ix_review_case_due_at ON review_case (due_at, case_id)
    INCLUDE (team_id, assigned_to, snoozed_until, priority) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX ix_review_case_team_id ON review_case (team_id, priority, case_id)
    WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX ix_review_case_assigned_to ON review_case (assigned_to, priority, case_id)
    WHERE state IN ('open', 'claimed', 'waiting') AND assigned_to IS NOT NULL;
CREATE INDEX ix_review_case_group_key ON review_case (group_key)
    WHERE state IN ('open', 'claimed', 'waiting') AND group_key IS NOT NULL;
CREATE INDEX ix_review_case_snoozed_until ON review_case (snoozed_until)
    WHERE state IN ('open', 'claimed', 'waiting') AND snoozed_until IS NOT NULL;
CREATE INDEX ix_review_case_open_project ON review_case (project_id) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX ix_review_case_open_client ON review_case (client_id, priority, case_id)
    WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX ix_review_case_open_entity ON review_case (legal_entity_id, priority, case_id)
    WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX ix_review_case_control_ids ON review_case USING gin (control_ids)
    WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX ix_review_case_state ON review_case (state, priority, case_id) WHERE state IN ('claimed', 'waiting');
-- The figures above the queue are added up from it alone.
CREATE INDEX ix_review_case_figures ON review_case (team_id, case_id)
    INCLUDE (group_amount, due_at, claimed_by, snoozed_until) WHERE state IN ('open', 'claimed', 'waiting');
CREATE INDEX ix_review_case_invoice_id ON review_case (invoice_id, case_id);

-- Whether a rule is about a case; the preview of a rule asks the same as the queue does.
CREATE FUNCTION routing_rule_matches(r routing_rule, c review_case) RETURNS BOOLEAN LANGUAGE sql STABLE AS $$
    SELECT (r.legal_entity_id IS NULL OR r.legal_entity_id IS NOT DISTINCT FROM c.legal_entity_id)
       AND (r.client_id IS NULL OR r.client_id = c.client_id)
       AND (r.route IS NULL OR r.route = c.route)
       AND (r.cause IS NULL OR r.cause = ANY(c.causes))
       AND (r.control_id IS NULL OR r.control_id = ANY(c.control_ids))
       AND (r.amount_from IS NULL OR coalesce(abs(c.group_amount) >= r.amount_from, false))
       AND (r.amount_below IS NULL OR coalesce(abs(c.group_amount) < r.amount_below, false))
       AND (r.billing_method IS NULL OR r.billing_method IS NOT DISTINCT FROM (
           SELECT i.billing_method FROM invoice i WHERE i.invoice_id = c.invoice_id
           ORDER BY i.known_at DESC, i.event_at DESC, i.record_id DESC LIMIT 1))
$$;

-- In the statement that opens or scores a case, so that there is no moment in which a team's case is everybody's.
CREATE FUNCTION place_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found routing_rule%ROWTYPE;
BEGIN
    IF NEW.placed_by_hand OR NEW.state NOT IN ('open', 'waiting') THEN
        RETURN NEW;
    END IF;
    SELECT r.* INTO found FROM routing_rule r
    WHERE r.active AND routing_rule_matches(r, NEW) ORDER BY r.position, r.rule_id LIMIT 1;
    IF TG_OP = 'UPDATE' AND NEW.team_id IS DISTINCT FROM found.team_id THEN
        NEW.assigned_to := NULL;
        NEW.assigned_at := NULL;
    END IF;
    NEW.team_id := found.team_id;
    NEW.skill := found.skill;
    RETURN NEW;
END $$;
CREATE TRIGGER place_case BEFORE INSERT OR UPDATE OF score_id ON review_case
    FOR EACH ROW EXECUTE FUNCTION place_case();

-- Skips: whom they concern, they follow ------------------------------------------------------------------------------

CREATE TABLE case_skip (
    skip_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES review_case,
    account_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT,
    skipped_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_case_skip_case_id_account_id ON case_skip (case_id, account_id);
CREATE INDEX ix_case_skip_account_id ON case_skip (account_id, skipped_at);
CREATE INDEX ix_case_skip_skipped_at ON case_skip (skipped_at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_skip
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- Saved views of the queue ---------------------------------------------------------------------------------------------

CREATE TABLE saved_view (
    view_id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL,
    team_id TEXT REFERENCES team,  -- shared with its members; empty: the owner's alone
    name TEXT NOT NULL,
    parameters JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT uq_saved_view_name UNIQUE (owner_id, name)
);
CREATE INDEX ix_saved_view_team_id ON saved_view (team_id) WHERE team_id IS NOT NULL;

CREATE TABLE default_view (
    account_id TEXT PRIMARY KEY,
    view_id TEXT NOT NULL REFERENCES saved_view ON DELETE CASCADE
);

-- New facts: up to which moment of the database they were followed --------------------------------------------------------

CREATE TABLE followed (
    single BOOLEAN PRIMARY KEY DEFAULT true CONSTRAINT ck_followed_single CHECK (single),
    snapshot PG_SNAPSHOT NOT NULL
);
INSERT INTO followed (snapshot) VALUES (pg_current_snapshot());
CREATE INDEX ix_review_case_news ON review_case (case_id) WHERE cardinality(news) > 0;
-- What came since is found without looking at what was there.
DO $$
DECLARE
    kind TEXT;
BEGIN
    FOREACH kind IN ARRAY ARRAY['invoice_line', 'approval', 'milestone', 'change_order', 'expense', 'note',
                                'time_entry', 'project', 'contract', 'client', 'sync_event', 'dispute', 'credit_note']
    LOOP
        EXECUTE format('CREATE INDEX %I ON %I (recorded_tx)', 'ix_' || kind || '_recorded_tx', kind);
    END LOOP;
END $$;
-- The choices of the queue's filters.
CREATE INDEX ix_project_region ON project (region) WHERE region IS NOT NULL;
CREATE INDEX ix_project_service_line ON project (service_line) WHERE service_line IS NOT NULL;
