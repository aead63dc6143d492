-- What stands behind the newest score of an open case. It can be worked out again at any time, so nothing is lost with it.

CREATE UNLOGGED TABLE kept_explanation (
    score_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    made_with TEXT NOT NULL,  -- digest of the feature definitions and models that speak in it
    explanation BYTEA,  -- JSON, see serving/scoring/explain.py; empty where something was missing or failed
    kept_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
