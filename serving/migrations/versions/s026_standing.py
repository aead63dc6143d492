"""Serving: standing subscriptions and test messages."""

from pathlib import Path

from alembic import op

revision = "s026"
down_revision = "s025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
