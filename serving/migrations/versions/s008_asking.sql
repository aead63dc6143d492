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

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['case_attachment', 'case_request_link'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
END $$;
