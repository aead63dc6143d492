"""Serving: rules as versioned data, their life cycle, overlays and snoozes."""

from pathlib import Path

from alembic import op

revision = "s002"
down_revision = "s001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute((Path(__file__).parent / "s002_controls.sql").read_text(encoding="utf-8"))
