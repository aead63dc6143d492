-- What a worker could not carry out: it is set aside and tried again later, and the rest of its sweep goes on.

CREATE TABLE set_aside (
    set_aside_id TEXT PRIMARY KEY,
    sweep TEXT NOT NULL,
    item TEXT NOT NULL,  -- id of the case, invoice, request, score or text
    news TEXT[] NOT NULL DEFAULT '{}',  -- what the item was to be told; kept until it is
    reason TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 1 CONSTRAINT ck_set_aside_attempts CHECK (attempts >= 1),
    first_failed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    last_failed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    next_try_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT uq_set_aside_sweep_item UNIQUE (sweep, item)
);
CREATE INDEX ix_set_aside_sweep_next_try_at ON set_aside (sweep, next_try_at);

-- How often something went wrong, by sweep, since the database was made: what succeeds later leaves the table above.
CREATE TABLE sweep_fault (
    sweep TEXT PRIMARY KEY,
    faults BIGINT NOT NULL
);
