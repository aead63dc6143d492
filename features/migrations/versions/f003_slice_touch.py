"""Which keys of the ledger were written by which transaction, so that what was made from a slice can be told stale.

A row says that a transaction wrote a record that invoices with this key can reach; an earlier version's keys count as
well, since a slice holds every version of what it reaches. Rows are only added: writers of the same key never wait
for each other. Nothing is lost when a crash empties the table, as it empties what was made beforehand too.
"""

from alembic import op

revision = "f003"
down_revision = "f002"
branch_labels = None
depends_on = None

# Kind, the columns that name the thing, and the columns by which an invoice reaches it: frozen here, and a test
# compares them with features.reach.
WAYS = {
    "client": (("client_id",), (("client_id", "clients"),)),
    "legal_entity": (("legal_entity_id",), (("legal_entity_id", "legal_entities"),)),
    "contract": (("contract_id",), (("contract_id", "contracts"),)),
    "project": (("project_id",), (("project_id", "projects"),)),
    "resource": (("resource_id",), (("resource_id", "resources"),)),
    "rate_card": (("rate_card_id", "role", "valid_from"), (("rate_card_id", "rate_cards"),)),
    "fx_rate": (("currency", "valid_on"), (("currency", "currencies"),)),
    "time_entry": (("time_entry_id",), (("project_id", "projects"),)),
    "expense": (("expense_id",), (("project_id", "projects"), ("expense_id", "expenses"))),
    "milestone": (("milestone_id",), (("project_id", "projects"), ("milestone_id", "milestones"))),
    "change_order": (
        ("change_order_id",),
        (("project_id", "projects"), ("contract_id", "contracts"), ("change_order_id", "change_orders")),
    ),
    "approval": (
        ("approval_id",),
        (("project_id", "projects"), ("subject_id", "invoices"), ("approver_id", "approvers")),
    ),
    "invoice": (
        ("invoice_id",),
        (("invoice_id", "invoices"), ("client_id", "clients"), ("project_id", "projects")),
    ),
    "invoice_line": (
        ("line_id",),
        (("invoice_id", "invoices"), ("milestone_id", "milestones"), ("expense_id", "expenses")),
    ),
    "payment": (("payment_id",), (("invoice_id", "invoices"), ("client_id", "clients"))),
    "credit_note": (("credit_note_id",), (("invoice_id", "invoices"), ("client_id", "clients"))),
    "dispute": (("dispute_id",), (("invoice_id", "invoices"), ("client_id", "clients"))),
    "outcome": (("outcome_id",), (("invoice_id", "invoices"), ("client_id", "clients"))),
    "document_link": (
        ("link_id",),
        (("from_id", "invoices"), ("to_id", "invoices"), ("client_id", "clients")),
    ),
    "note": (
        ("note_id",),
        (("invoice_id", "invoices"), ("project_id", "projects"), ("client_id", "clients")),
    ),
    "sync_event": (("sync_event_id",), (("object_id", "invoices"),)),
}

TABLE = """
CREATE UNLOGGED TABLE slice_touch (
    key BIGINT NOT NULL,  -- hash of key set and id; a collision only makes something stale too early
    tx XID8 NOT NULL
);
CREATE INDEX ix_slice_touch ON slice_touch (key, tx);
CREATE INDEX ix_slice_touch_tx ON slice_touch (tx);
CREATE FUNCTION slice_key(key_set TEXT, id TEXT) RETURNS BIGINT LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN hashtextextended(key_set || ':' || id, 0);
"""
TOUCH = """
CREATE FUNCTION touch_{kind}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO slice_touch (key, tx)
    SELECT DISTINCT slice_key(way.key_set, way.id), pg_current_xact_id()
    FROM {kind} AS version
    CROSS JOIN LATERAL (VALUES {ways}) AS way (key_set, id)
    WHERE ({entity}) IN (SELECT {entity} FROM fresh) AND way.id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER touch AFTER INSERT ON {kind}
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION touch_{kind}();
"""

# An embedding comes after its note: a replay must not see it, and what was made without it must be told stale.
EMBEDDING = """
-- What is there already was seen by every score so far: '3' is the first ordinary transaction.
ALTER TABLE note_embedding ADD COLUMN recorded_tx XID8 NOT NULL DEFAULT '3';
ALTER TABLE note_embedding ALTER COLUMN recorded_tx SET DEFAULT pg_current_xact_id();
CREATE FUNCTION touch_note_embedding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO slice_touch (key, tx) SELECT slice_key('notes', digest), pg_current_xact_id() FROM fresh;
    RETURN NULL;
END $$;
CREATE TRIGGER touch AFTER INSERT ON note_embedding
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION touch_note_embedding();
"""


def upgrade() -> None:
    """Create the table and a trigger on every kind that an invoice reaches."""
    op.execute(TABLE)
    for kind, (entity, ways) in WAYS.items():
        values = ", ".join(f"('{key_set}', version.{column})" for column, key_set in ways)
        op.execute(TOUCH.format(kind=kind, entity=", ".join(entity), ways=values))
    op.execute(EMBEDDING)
