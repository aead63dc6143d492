"""Serving: keys of kind test, which reach the sandbox alone."""

from alembic import op

revision = "s027"
down_revision = "s026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark keys; those that are there are live."""
    op.execute("ALTER TABLE api_key ADD COLUMN sandbox BOOLEAN NOT NULL DEFAULT false")
