"""Serving: what a machine asked for is found again by its key."""

from pathlib import Path

from alembic import op

revision = "s022"
down_revision = "s021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
