"""The ledger: one append-only table per record kind, import batches, quarantine and conflicts."""

from pathlib import Path

from alembic import op

revision = "l001"
down_revision = None
branch_labels = ("ledger",)
depends_on = None

# The kinds of this revision, frozen here: a later kind gets its own revision.
APPEND_ONLY = (
    "legal_entity", "client", "contract", "project", "resource", "rate_card", "fx_rate", "time_entry", "expense",
    "milestone", "change_order", "approval", "invoice", "invoice_line", "payment", "credit_note", "dispute",
    "document_link", "note", "sync_event", "review_decision", "outcome", "record_conflict",
)  # fmt: skip


def upgrade() -> None:
    """Create the tables and forbid every change of a written record."""
    op.execute((Path(__file__).parent / "l001_ledger.sql").read_text(encoding="utf-8"))
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
        )
