"""Serving: decisions that stand for the facts they were taken on, and a database that refuses what must not happen."""

from pathlib import Path

from alembic import op

revision = "s016"
down_revision = "s015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
