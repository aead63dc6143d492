"""Serving: invoices of a run that could not be scored."""

from alembic import op

revision = "s028"
down_revision = "s027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep them with their block: invoice and what went wrong."""
    op.execute("ALTER TABLE billing_run_block ADD COLUMN faulty JSONB NOT NULL DEFAULT '{}'")
