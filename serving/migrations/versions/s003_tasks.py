"""Serving: the task queue, callbacks and billing runs."""

from pathlib import Path

from alembic import op

revision = "s003"
down_revision = "s002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL files beside this one: the queue's own tables as its release ships them, then ours."""
    for name in ("s003_procrastinate.sql", "s003_tasks.sql"):
        op.execute((Path(__file__).parent / name).read_text(encoding="utf-8"))
