"""Indexes by which the firm's newest settlements, disputes and credit notes are found, whoever the client."""

from alembic import op

revision = "f002"
down_revision = "f001"
branch_labels = None
depends_on = None

ENDINGS = {"invoice": " WHERE status = 'settled'", "dispute": "", "credit_note": ""}


def upgrade() -> None:
    """Create the indexes in the order in which the newest are asked for."""
    for kind, condition in ENDINGS.items():
        op.execute(f"CREATE INDEX ix_{kind}_newest ON {kind} (known_at, event_at, record_id){condition}")
        # Whether a version is the first of its thing, without a look at the table.
        columns = f"({kind}_id, known_at, event_at, record_id) INCLUDE (recorded_tx)"
        op.execute(f"CREATE INDEX ix_{kind}_first ON {kind} {columns}{condition}")
