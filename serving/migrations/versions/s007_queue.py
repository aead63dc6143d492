"""Serving: teams, assignment, snoozing, grouping and saved views."""

from pathlib import Path

from alembic import op

revision = "s007"
down_revision = "s006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
