"""Serving: the task queue, callbacks and billing runs."""

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "s003"
down_revision = "s002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the queue's own tables as the installed release ships them, then ours from the file beside this one.

    The release is pinned. With a later one comes a revision that applies the library's own migrations where a database
    was made before it.
    """
    op.execute(SchemaManager.get_schema())
    op.execute((Path(__file__).parent / "s003_tasks.sql").read_text(encoding="utf-8"))
