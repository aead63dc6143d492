"""Serving: which transaction wrote a row, so that what was added up can be told to be old."""

from pathlib import Path

from alembic import op

revision = "s015"
down_revision = "s014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
