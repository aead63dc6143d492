"""Serving: the task queue, callbacks and billing runs."""

from pathlib import Path

from alembic import op

revision = "s003"
down_revision = "s002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute((Path(__file__).parent / "s003_tasks.sql").read_text(encoding="utf-8"))
