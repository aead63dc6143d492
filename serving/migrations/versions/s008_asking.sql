-- Attachments: files of a case, kept as they came --------------------------------------------------------------------

CREATE TABLE case_attachment (
    attachment_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES review_case,
    request_id TEXT,  -- the request that it answers, if it came through a link
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,  -- what the content is, not what the sender called it
    size BIGINT NOT NULL,
    digest TEXT NOT NULL,  -- SHA-256 (hex) of the content
    content BYTEA NOT NULL,
    added_by TEXT NOT NULL,  -- account, or who was asked
    added_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ck_case_attachment_size CHECK (size = length(content) AND size > 0),
    CONSTRAINT ck_case_attachment_digest CHECK (digest = encode(sha256(content), 'hex')),
    -- The same file on the same case is kept once.
    CONSTRAINT uq_case_attachment_content UNIQUE (case_id, digest)
);
-- Pictures and PDFs are packed already.
ALTER TABLE case_attachment ALTER COLUMN content SET STORAGE EXTERNAL;

-- Asking the accountable person ----------------------------------------------------------------------------------------

CREATE TABLE case_request (
    request_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES review_case,
    kind TEXT NOT NULL CONSTRAINT ck_case_request_kind CHECK (kind IN ('approve', 'evidence', 'answer')),
    question TEXT NOT NULL CONSTRAINT ck_case_request_question CHECK (length(trim(question)) > 0),
    subjects JSONB NOT NULL,  -- the records of the ledger that it concerns: [{"kind": "approval", "id": "A-1"}]
    asked_id TEXT,  -- resource id of who is asked, where the ledger knows them
    asked_name TEXT NOT NULL,
    asked_role TEXT,
    address TEXT,  -- where to send it; empty: the asker passes the link on
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    expires_at TIMESTAMPTZ NOT NULL,
    reminded_at TIMESTAMPTZ,
    opened_at TIMESTAMPTZ,
    state TEXT NOT NULL DEFAULT 'asked' CONSTRAINT ck_case_request_state
        CHECK (state IN ('asked', 'answered', 'expired', 'withdrawn')),
    ended_at TIMESTAMPTZ,
    decision TEXT CONSTRAINT ck_case_request_decision CHECK (decision IN ('approved', 'rejected')),
    answer TEXT,
    followed_at TIMESTAMPTZ,  -- the case was scored again because of the answer
    CONSTRAINT ck_case_request_ended CHECK ((state = 'asked') = (ended_at IS NULL)),
    CONSTRAINT ck_case_request_decided CHECK (decision IS NULL OR (state = 'answered' AND kind = 'approve')),
    CONSTRAINT ck_case_request_approved CHECK (kind <> 'approve' OR state <> 'answered' OR decision IS NOT NULL),
    -- Who approves must be somebody of the ledger: a name alone approves nothing.
    CONSTRAINT ck_case_request_approver CHECK (kind <> 'approve' OR asked_id IS NOT NULL),
    CONSTRAINT ck_case_request_expiry CHECK (expires_at > asked_at),
    CONSTRAINT ck_case_request_followed CHECK (followed_at IS NULL OR state = 'answered')
);
CREATE INDEX ix_case_request_case_id ON case_request (case_id, request_id);
CREATE INDEX ix_case_request_expires_at ON case_request (expires_at) WHERE state = 'asked';

-- A link is made when it is shown or sent; of its token only the digest is kept. All links of a request end with it.
CREATE TABLE case_request_link (
    token_digest TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES case_request,
    made_for TEXT NOT NULL CONSTRAINT ck_case_request_link_made_for CHECK (made_for IN ('shown', 'sent', 'reminder')),
    made_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_case_request_link_request_id ON case_request_link (request_id);

-- An answered, expired or withdrawn request stays as it ended; what was asked never changes.
CREATE FUNCTION case_request_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'asked' AND (to_jsonb(NEW) - 'followed_at') <> (to_jsonb(OLD) - 'followed_at') THEN
        RAISE EXCEPTION 'a request that has ended stays as it is' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.request_id, NEW.case_id, NEW.kind, NEW.question, NEW.subjects, NEW.asked_id, NEW.asked_name, NEW.asked_by,
        NEW.asked_at) IS DISTINCT FROM (OLD.request_id, OLD.case_id, OLD.kind, OLD.question, OLD.subjects, OLD.asked_id,
        OLD.asked_name, OLD.asked_by, OLD.asked_at) THEN
        RAISE EXCEPTION 'what was asked of whom does not change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON case_request FOR EACH ROW EXECUTE FUNCTION case_request_guard();

-- Segregation of duties, whatever the code above does --------------------------------------------------------------------

-- Why an account or key may not decide a case; empty when it may. Roles as in serving/auth/scopes.py (a test compares).
CREATE FUNCTION case_duty_broken(kase review_case, who TEXT, released TEXT[]) RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p.resource_id = ANY(kase.separated) THEN 'prepared, owns, approved or manages what is billed'
        WHEN who = ANY(released) THEN 'gave the first release'
        WHEN NOT coalesce(p.senior, false)
            AND (kase.route = 'senior_review' OR kase.escalated OR cardinality(released) > 0) THEN 'is no senior reviewer'
    END
    FROM (SELECT who AS id) me LEFT JOIN (
        SELECT account_id AS id, resource_id, roles && ARRAY['senior_reviewer', 'manager'] AS senior FROM account
        UNION ALL SELECT key_id, NULL, 'cases:senior' = ANY(scopes) FROM api_key
    ) p ON p.id = me.id
$$;

CREATE FUNCTION case_claim_duties() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken TEXT := case_duty_broken(NEW, NEW.claimed_by, NEW.approvals);
BEGIN
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'segregation of duties: % may not hold case %: %', NEW.claimed_by, NEW.case_id, broken
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER duties BEFORE INSERT OR UPDATE OF claimed_by ON review_case FOR EACH ROW
    WHEN (NEW.claimed_by IS NOT NULL) EXECUTE FUNCTION case_claim_duties();

CREATE FUNCTION case_decision_duties() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kase review_case%ROWTYPE;
    released TEXT[];
    broken TEXT;
BEGIN
    SELECT * INTO STRICT kase FROM review_case WHERE case_id = NEW.case_id;
    SELECT coalesce(array_agg(reviewer_id), '{}') INTO released FROM case_decision
        WHERE case_id = NEW.case_id AND action = 'release' AND NOT final;
    -- Whoever escalates does so because a senior is needed from now on.
    IF NEW.action = 'escalate' AND cardinality(released) = 0 AND kase.route <> 'senior_review' THEN
        kase.escalated := false;
    END IF;
    broken := case_duty_broken(kase, NEW.reviewer_id, released);
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'segregation of duties: % may not decide case %: %', NEW.reviewer_id, NEW.case_id, broken
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER duties BEFORE INSERT ON case_decision FOR EACH ROW EXECUTE FUNCTION case_decision_duties();

-- The score hidden from some, to learn how much it anchors ---------------------------------------------------------------

CREATE TABLE hidden_score (
    case_id TEXT NOT NULL REFERENCES review_case,
    account_id TEXT NOT NULL,
    share FLOAT8 NOT NULL CONSTRAINT ck_hidden_score_share CHECK (share > 0 AND share <= 1),  -- how many it was drawn from
    drawn_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    shown_at TIMESTAMPTZ,  -- the reviewer asked to see it, or read it over the API
    PRIMARY KEY (case_id, account_id)
);

-- Bulk decisions: planned under claims, carried out when the time to undo them is over -------------------------------------

CREATE TABLE bulk_batch (
    batch_id TEXT PRIMARY KEY,
    action TEXT NOT NULL CONSTRAINT ck_bulk_batch_action CHECK (action IN ('release', 'hold', 'correct')),
    reason_code TEXT,
    note TEXT,
    made_by TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    pending_until TIMESTAMPTZ NOT NULL,
    cash NUMERIC(26, 6) NOT NULL,  -- group currency, of the cases that were planned
    currency TEXT NOT NULL,
    excluded JSONB NOT NULL,  -- [{"case_id": ..., "invoice_id": ..., "why": ...}]
    undone_at TIMESTAMPTZ,
    request_id TEXT
);
CREATE INDEX ix_bulk_batch_made_by ON bulk_batch (made_by, made_at);

CREATE TABLE bulk_item (
    batch_id TEXT NOT NULL REFERENCES bulk_batch,
    case_id TEXT NOT NULL REFERENCES review_case,
    fence BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CONSTRAINT ck_bulk_item_state
        CHECK (state IN ('pending', 'done', 'dropped', 'undone')),
    because TEXT,  -- why it was dropped
    decision_id TEXT REFERENCES case_decision,
    ended_at TIMESTAMPTZ,
    PRIMARY KEY (batch_id, case_id),
    CONSTRAINT ck_bulk_item_ended CHECK ((state = 'pending') = (ended_at IS NULL)),
    CONSTRAINT ck_bulk_item_done CHECK ((state = 'done') = (decision_id IS NOT NULL))
);
-- A case is planned once at a time.
CREATE UNIQUE INDEX uq_bulk_item_pending ON bulk_item (case_id) WHERE state = 'pending';

-- Blind second looks -------------------------------------------------------------------------------------------------------

CREATE TABLE second_look (
    look_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES review_case,
    decision_id TEXT NOT NULL REFERENCES case_decision CONSTRAINT uq_second_look_decision UNIQUE,
    first_reviewer TEXT NOT NULL,
    propensity FLOAT8 NOT NULL CONSTRAINT ck_second_look_propensity CHECK (propensity > 0 AND propensity <= 1),
    drawn_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    state TEXT NOT NULL DEFAULT 'waiting' CONSTRAINT ck_second_look_state
        CHECK (state IN ('waiting', 'agreed', 'disagreed', 'settled')),
    taken_by TEXT,  -- who looks at it now, and is kept from the first decision until they have decided
    taken_at TIMESTAMPTZ,
    second_reviewer TEXT,
    action TEXT,
    reason_code TEXT,
    note TEXT,
    looked_at TIMESTAMPTZ,
    settled_by TEXT,
    settled_for TEXT CONSTRAINT ck_second_look_settled_for CHECK (settled_for IN ('first', 'second')),
    settled_note TEXT,
    settled_at TIMESTAMPTZ,
    CONSTRAINT ck_second_look_another CHECK (second_reviewer <> first_reviewer AND taken_by <> first_reviewer),
    CONSTRAINT ck_second_look_third CHECK (settled_by NOT IN (first_reviewer, second_reviewer)),
    CONSTRAINT ck_second_look_looked CHECK ((state = 'waiting') = (second_reviewer IS NULL)),
    CONSTRAINT ck_second_look_settled CHECK ((state = 'settled') = (settled_by IS NOT NULL))
);
CREATE INDEX ix_second_look_open ON second_look (state, look_id) WHERE state IN ('waiting', 'disagreed');
CREATE INDEX ix_second_look_case_id ON second_look (case_id);

-- For boards: columns are a contract (docs/queue.md).
CREATE VIEW second_look_v1 AS
SELECT l.look_id, l.case_id, c.invoice_id, c.client_id, c.team_id, l.propensity, l.drawn_at, l.looked_at,
       l.first_reviewer, l.second_reviewer, d.action AS first_action, l.action AS second_action,
       d.reason_code AS first_reason, l.reason_code AS second_reason, d.action = l.action AS agrees,
       d.saw_score AS first_saw_score, l.settled_for, l.settled_at
FROM second_look l JOIN case_decision d USING (decision_id) JOIN review_case c ON c.case_id = l.case_id
WHERE l.state <> 'waiting';

-- Cohen's kappa over all second looks with a 95 % interval (large-sample standard error); empty where it is undefined.
CREATE VIEW second_look_agreement_v1 AS
WITH pairs AS (SELECT first_action AS a, second_action AS b FROM second_look_v1),
total AS (SELECT count(*)::float8 AS n, avg((a = b)::int)::float8 AS observed FROM pairs),
chance AS (
    SELECT coalesce(sum(x.n * y.n), 0)::float8 AS sum
    FROM (SELECT a, count(*) AS n FROM pairs GROUP BY a) x JOIN (SELECT b, count(*) AS n FROM pairs GROUP BY b) y ON x.a = y.b
),
kappa AS (
    SELECT n, observed, sum / nullif(n * n, 0) AS expected,
           (observed - sum / nullif(n * n, 0)) / nullif(1 - sum / nullif(n * n, 0), 0) AS kappa,
           sqrt(observed * (1 - observed) / nullif(n * (1 - sum / nullif(n * n, 0)) ^ 2, 0)) AS error
    FROM total, chance
)
SELECT n::bigint AS looks, observed AS agreement, expected AS agreement_by_chance, kappa,
       CASE WHEN error IS NOT NULL THEN greatest(kappa - 1.96 * error, -1) END AS kappa_low,
       CASE WHEN error IS NOT NULL THEN least(kappa + 1.96 * error, 1) END AS kappa_high
FROM kappa;

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['case_attachment', 'case_request_link'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
END $$;
