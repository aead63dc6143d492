"""Serving: items of the worker's sweeps that were set aside, because something went wrong with them."""

from pathlib import Path

from alembic import op

revision = "s017"
down_revision = "s016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
