"""Serving: verifications of the audit log that a worker carries out."""

from pathlib import Path

from alembic import op

revision = "s021"
down_revision = "s020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
