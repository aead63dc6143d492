"""Serving: what kept an invoice from being cleared, beside the ground of its route."""

from alembic import op

revision = "s029"
down_revision = "s028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep it with each score: ground, sentence, and why the certificate does not count. Older scores have none."""
    op.execute("ALTER TABLE score ADD COLUMN not_cleared JSONB")
    # Prepared scores do not know why a certificate is off; they are worked out again.
    op.execute("TRUNCATE prepared_score")
