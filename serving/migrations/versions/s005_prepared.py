"""Serving: what is worked out about an invoice before anybody asks."""

from alembic import op

revision = "s005"
down_revision = "s004"
branch_labels = None
depends_on = "f003"

TABLE = """
-- Made anew from the ledger at any time: a crash may empty it (as it empties slice_touch).
CREATE UNLOGGED TABLE prepared_score (
    invoice_id TEXT PRIMARY KEY,
    keys BIGINT[] NOT NULL,  -- what it depends on, see features/touched.py
    snapshot PG_SNAPSHOT NOT NULL,  -- what it was read in
    basis TEXT NOT NULL,  -- digest of the feature definitions, models and controls that it was made with
    as_of TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL,  -- it says nothing of later moments: ages have moved on, or something becomes known
    features BYTEA NOT NULL,  -- float64, little-endian
    judged BYTEA NOT NULL,  -- JSON
    remedies BYTEA,  -- JSON; empty until somebody has worked them out
    prepared_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
-- By which the invoices written since the last look are found.
CREATE INDEX ix_invoice_recorded_tx ON invoice (recorded_tx);
ALTER TABLE score ADD COLUMN remedies JSONB;  -- what would clear it, where that was ready
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(TABLE)
