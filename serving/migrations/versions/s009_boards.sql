-- Briefs that were sent: a week is written down before it is sent, so that it is never sent twice -----------------------

CREATE TABLE brief_sent (
    week DATE PRIMARY KEY CONSTRAINT ck_brief_sent_week CHECK (extract(isodow FROM week) = 1),  -- its Monday
    addresses INTEGER NOT NULL,
    taken INTEGER,  -- how many took it; empty while it is being sent, or when the process died meanwhile
    started_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    ended_at TIMESTAMPTZ
);
