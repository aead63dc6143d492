"""Serving: accounts of an identity provider, and how much a key may ask."""

from pathlib import Path

from alembic import op

revision = "s006"
down_revision = "s005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    op.execute((Path(__file__).parent / "s006_safety.sql").read_text(encoding="utf-8"))
