"""Serving: policies by version, and database roles that cannot rewrite history."""

from pathlib import Path

from alembic import op

revision = "s011"
down_revision = "s010"
branch_labels = None
depends_on = "t001"


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
