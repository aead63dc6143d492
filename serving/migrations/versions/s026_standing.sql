-- Who wants to hear of all cases and runs of a kind, until it is ended.
CREATE TABLE callback_standing (
    standing_id TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL REFERENCES callback_endpoint,
    url TEXT NOT NULL,
    events TEXT[] NOT NULL CONSTRAINT ck_callback_standing_events
        CHECK (cardinality(events) > 0 AND events <@ ARRAY['case.opened', 'case.decided', 'run.finished']),
    correlation_id TEXT,
    sees_all BOOLEAN NOT NULL,  -- cases and runs of everybody, not those alone that its owner asked for
    requested_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    ended_at TIMESTAMPTZ
);
CREATE INDEX ix_callback_standing_requested_by ON callback_standing (requested_by, standing_id);

-- A message belongs to one request, to a standing subscription, or is a test of its endpoint.
ALTER TABLE callback_message
    ALTER COLUMN subscription_id DROP NOT NULL,
    ADD COLUMN standing_id TEXT REFERENCES callback_standing,
    ADD COLUMN about_case TEXT,
    ADD COLUMN about_run TEXT,
    ADD COLUMN told_to TEXT;  -- who asked, where no request did
CREATE INDEX ix_callback_message_told_to ON callback_message (told_to) WHERE told_to IS NOT NULL;

-- Cases that were opened and are not told yet; written by the database, because cases are opened in several places.
CREATE TABLE callback_opened (
    case_id TEXT PRIMARY KEY REFERENCES review_case,
    opened_at TIMESTAMPTZ NOT NULL
);
CREATE FUNCTION callback_note_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM callback_standing WHERE ended_at IS NULL AND 'case.opened' = ANY(events)) THEN
        INSERT INTO callback_opened (case_id, opened_at) VALUES (NEW.case_id, NEW.opened_at);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER callback_note_opened AFTER INSERT ON review_case
    FOR EACH ROW WHEN (NEW.state = 'open') EXECUTE FUNCTION callback_note_opened();
