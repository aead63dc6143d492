"""Serving: no case waits for nobody; those that do are open again."""

from pathlib import Path

from alembic import op

revision = "s019"
down_revision = "s018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
