"""Serving: open cases are scored again when the policy, the controls, the models or an exchange rate change."""

from pathlib import Path

from alembic import op

revision = "s018"
down_revision = "s017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
