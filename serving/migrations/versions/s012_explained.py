"""Serving: what stands behind the scores of open cases, worked out before anybody opens them."""

from pathlib import Path

from alembic import op

revision = "s012"
down_revision = "s011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
