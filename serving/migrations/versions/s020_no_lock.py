"""Serving: accounts are locked no longer, for strangers could lock them; failed log-ins are counted by who tries."""

from alembic import op

revision = "s020"
down_revision = "s019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop what was counted per account."""
    op.execute("ALTER TABLE account DROP COLUMN failed_logins, DROP COLUMN locked_until")
