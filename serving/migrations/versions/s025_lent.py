"""Serving: cases of a team that nobody who sees them may decide are lent to the seniors of other teams."""

from alembic import op

revision = "s025"
down_revision = "s022"
branch_labels = None
depends_on = None

_LENT = """
CREATE TABLE case_lent (
    case_id TEXT PRIMARY KEY REFERENCES review_case,
    lent_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
)
"""


def upgrade() -> None:
    """Make the list of lent cases: a list beside the cases, so that the queue's own index stays enough to filter by."""
    op.execute(_LENT)
