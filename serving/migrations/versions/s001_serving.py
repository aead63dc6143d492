"""Serving: accounts, scores, cases, decisions, idempotency keys, the audit chain and the views others read."""

from pathlib import Path

from alembic import op

revision = "s001"
down_revision = None
branch_labels = ("serving",)
depends_on = "l001"

APPEND_ONLY = ("score", "case_event", "case_decision", "audit_entry", "rule_set")


def upgrade() -> None:
    """Create the tables and forbid every change of what must stay as written."""
    op.execute((Path(__file__).parent / "s001_serving.sql").read_text(encoding="utf-8"))
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
        )
