"""Serving: idempotency of every write, keys and quotas."""

from pathlib import Path

from alembic import op

revision = "s004"
down_revision = "s003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute((Path(__file__).parent / "s004_contract.sql").read_text(encoding="utf-8"))
