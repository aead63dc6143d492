"""Serving: sessions that were begun at the identity provider, each by one login."""

from pathlib import Path

from alembic import op

revision = "s014"
down_revision = "s012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
