-- What open cases are scored by: the last change of it that a worker noticed, and how far it has come.
CREATE TABLE refresh (
    single BOOLEAN PRIMARY KEY DEFAULT true CONSTRAINT ck_refresh_single CHECK (single),
    basis TEXT NOT NULL DEFAULT '',  -- SHA-256 of policy, controls and models
    rates PG_SNAPSHOT NOT NULL,  -- exchange rates were looked at up to here
    noticed_at TIMESTAMPTZ,  -- of the first change that has not reached every open case; empty when all are reached
    changed_at TIMESTAMPTZ,  -- of the last change
    remaining INTEGER NOT NULL DEFAULT 0  -- open cases it has not reached
);
INSERT INTO refresh (rates) VALUES (pg_current_snapshot());

-- The basis that the case was scored again for last: once is enough, also where a model fails and is not named.
ALTER TABLE review_case ADD COLUMN refreshed_for TEXT;
