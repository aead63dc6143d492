-- What a score found: the invoice's stage, what it says, and what came of the score -----------------------------------

ALTER TABLE score
    ADD COLUMN stage TEXT,  -- the invoice's status when it was scored; empty for scores made before this column
    ADD COLUMN facts TEXT,  -- SHA-256 of what header and lines say; the stage is no part of it
    ADD COLUMN disposition TEXT CONSTRAINT ck_score_disposition
        CHECK (disposition IN ('cleared', 'queued', 'decided', 'sent', 'historical', 'dry_run')),
    ADD COLUMN decision JSONB;  -- what people had decided when it was answered; empty where nobody had
-- The route as it is answered: what a person decided, or that the invoice is out, stands above what the rules say.
ALTER TABLE score ADD COLUMN answer TEXT NOT NULL GENERATED ALWAYS AS (CASE disposition
    WHEN 'sent' THEN 'sent'
    WHEN 'queued' THEN CASE WHEN route = 'auto_clear' THEN 'review' ELSE route END  -- a person has it in hand
    WHEN 'decided' THEN CASE WHEN decision ->> 'action' = 'release' THEN 'released' ELSE 'stopped' END
    ELSE route END) STORED;
-- Only a score that asks for a person now must have a case: a decision may stand, or the invoice may be out already.
ALTER TABLE score DROP CONSTRAINT ck_score_case;
ALTER TABLE score ADD CONSTRAINT ck_score_case CHECK (
    coalesce(disposition, 'queued') <> 'queued' OR route = 'auto_clear' OR case_id IS NOT NULL);
-- Prepared scores have another form now; they are worked out again.
TRUNCATE prepared_score;

ALTER TABLE billing_run
    ADD COLUMN purpose TEXT NOT NULL DEFAULT 'live' CONSTRAINT ck_billing_run_purpose
        CHECK (purpose IN ('live', 'historical', 'dry_run'));

-- The case: which question it asks, where its invoice comes from, and under which fence its figures were shown ---------

ALTER TABLE review_case
    ADD COLUMN kind TEXT NOT NULL DEFAULT 'release' CONSTRAINT ck_review_case_kind CHECK (kind IN ('release', 'sent')),
    ADD COLUMN origin TEXT NOT NULL DEFAULT 'ledger' CONSTRAINT ck_review_case_origin
        CHECK (origin IN ('ledger', 'document')),
    ADD COLUMN policy_version TEXT REFERENCES rule_set,  -- of the newest score
    ADD COLUMN four_eyes BOOLEAN NOT NULL DEFAULT false,  -- a release needs two people; worked out by the trigger below
    ADD COLUMN figures_fence BIGINT NOT NULL DEFAULT 0,  -- the fence since which the figures are what they are
    ADD COLUMN claimed_fence BIGINT NOT NULL DEFAULT 0;  -- the fence that the present claim began with
UPDATE review_case c SET claimed_fence = fence,
    origin = CASE WHEN s.document IS NULL THEN 'ledger' ELSE 'document' END, policy_version = s.policy_version,
    four_eyes = c.group_amount IS NULL OR abs(c.group_amount) >= (r.content ->> 'four_eyes_amount')::numeric
FROM score s JOIN rule_set r ON r.version = s.policy_version WHERE s.score_id = c.score_id;

-- What a case showed, from which fence on: who decides with an older fence is told what changed since.
CREATE TABLE case_figures (
    case_id TEXT NOT NULL REFERENCES review_case,
    fence BIGINT NOT NULL,
    score_id TEXT NOT NULL,
    amount NUMERIC(26, 6) NOT NULL,
    currency TEXT NOT NULL,
    route TEXT NOT NULL,
    four_eyes BOOLEAN NOT NULL,
    control_ids TEXT[] NOT NULL,
    shown_from TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (case_id, fence)
);
INSERT INTO case_figures (case_id, fence, score_id, amount, currency, route, four_eyes, control_ids)
SELECT case_id, 0, score_id, amount, currency, route, four_eyes, control_ids FROM review_case;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_figures
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- Any change of what a reviewer decides on raises the fence, whoever writes it: a decision that carries the older fence
-- is refused, and a first release that was given on other figures does not count.
CREATE FUNCTION case_figures_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    least NUMERIC;
BEGIN
    SELECT (content ->> 'four_eyes_amount')::numeric INTO least FROM rule_set WHERE version = NEW.policy_version;
    IF FOUND THEN
        NEW.four_eyes := NEW.group_amount IS NULL OR abs(NEW.group_amount) >= least;
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (NEW.amount, NEW.currency, NEW.route, NEW.four_eyes) IS DISTINCT FROM (OLD.amount, OLD.currency, OLD.route, OLD.four_eyes)
        OR NOT (NEW.control_ids @> OLD.control_ids AND OLD.control_ids @> NEW.control_ids)
    ) THEN
        NEW.fence := greatest(NEW.fence, OLD.fence) + 1;
        NEW.figures_fence := NEW.fence;
        NEW.approvals := '{}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER figures BEFORE INSERT OR UPDATE OF score_id ON review_case
    FOR EACH ROW EXECUTE FUNCTION case_figures_changed();

CREATE FUNCTION keep_case_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO case_figures (case_id, fence, score_id, amount, currency, route, four_eyes, control_ids)
    VALUES (NEW.case_id, NEW.figures_fence, NEW.score_id, NEW.amount, NEW.currency, NEW.route, NEW.four_eyes, NEW.control_ids);
    RETURN NULL;
END $$;
CREATE TRIGGER figures_opened AFTER INSERT ON review_case FOR EACH ROW EXECUTE FUNCTION keep_case_figures();
CREATE TRIGGER figures_kept AFTER UPDATE OF score_id ON review_case FOR EACH ROW
    WHEN (NEW.figures_fence <> OLD.figures_fence) EXECUTE FUNCTION keep_case_figures();

-- A decision stands until its facts change. A new case on the same invoice therefore names the one before it: whoever
-- opens one has looked at what was decided, also when two processes do so at once.
CREATE FUNCTION case_names_the_one_before() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earlier TEXT;
BEGIN
    SELECT case_id INTO earlier FROM review_case
    WHERE invoice_id = NEW.invoice_id AND case_id <> NEW.case_id ORDER BY opened_at DESC, case_id DESC LIMIT 1;
    IF earlier IS DISTINCT FROM NEW.reopens THEN
        RAISE EXCEPTION 'case % of invoice % must name the case before it: % and not %',
            NEW.case_id, NEW.invoice_id, earlier, NEW.reopens
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ck_review_case_reopens';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER names_the_one_before AFTER INSERT ON review_case
    FOR EACH ROW EXECUTE FUNCTION case_names_the_one_before();
CREATE INDEX ix_review_case_invoice_id_opened_at ON review_case (invoice_id, opened_at, case_id);

-- Decisions: what the database refuses, whatever the code above does -----------------------------------------------------

CREATE OR REPLACE FUNCTION case_decision_duties() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kase review_case%ROWTYPE;
    released TEXT[];
    broken TEXT;
BEGIN
    SELECT * INTO STRICT kase FROM review_case WHERE case_id = NEW.case_id FOR UPDATE;
    IF NEW.fence <> kase.fence THEN
        RAISE EXCEPTION 'decision on case % carries fence %, which is not the current one', NEW.case_id, NEW.fence
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_case_decision_fence_current';
    END IF;
    -- A first release counts as long as the figures are those that it was given on.
    SELECT coalesce(array_agg(DISTINCT reviewer_id), '{}') INTO released FROM case_decision
        WHERE case_id = NEW.case_id AND action = 'release' AND NOT final AND fence >= kase.figures_fence;
    -- Whoever escalates does so because a senior is needed from now on.
    IF NEW.action = 'escalate' AND cardinality(released) = 0 AND kase.route <> 'senior_review' THEN
        kase.escalated := false;
    END IF;
    broken := case_duty_broken(kase, NEW.reviewer_id, released);
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'segregation of duties: % may not decide case %: %', NEW.reviewer_id, NEW.case_id, broken
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.action = 'release' THEN
        IF NEW.score_id <> kase.score_id THEN
            RAISE EXCEPTION 'case % is released on a score that is not its newest', NEW.case_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_case_decision_newest_score';
        END IF;
        IF EXISTS (SELECT FROM score s, jsonb_array_elements(s.controls) AS hit
                   WHERE s.score_id = kase.score_id AND hit ->> 'severity' = 'hard_stop') THEN
            RAISE EXCEPTION 'case % cannot be released while a hard stop fires', NEW.case_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_case_decision_hard_stop';
        END IF;
        IF NEW.final AND kase.four_eyes AND cardinality(released) = 0 THEN
            RAISE EXCEPTION 'case % needs two people to release it', NEW.case_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_case_decision_four_eyes';
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- Single decisions can be undone for some minutes, as bulk decisions can -------------------------------------------------

ALTER TABLE bulk_batch DROP CONSTRAINT ck_bulk_batch_action;
ALTER TABLE bulk_batch ADD CONSTRAINT ck_bulk_batch_action
    CHECK (action IN ('release', 'hold', 'correct', 'write_off_request'));
ALTER TABLE bulk_batch
    ADD COLUMN single BOOLEAN NOT NULL DEFAULT false,  -- one case, decided on its own page or by the API
    ADD COLUMN saw_score BOOLEAN NOT NULL DEFAULT true;

-- For training and monitoring: what nothing came of is not seen as traffic -------------------------------------------------

CREATE OR REPLACE VIEW score_log_v1 AS
SELECT score_id, run_id, invoice_id, client_id, as_of, scored_at, amount, currency, group_amount, group_currency, features,
       catalogue_digest, model_digests, control_version, policy_version, risks, route, decided_by, sampled, propensity,
       case_id, document IS NOT NULL AS inline, stage, disposition
FROM score WHERE disposition IS DISTINCT FROM 'dry_run';
