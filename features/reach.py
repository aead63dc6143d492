"""Which records can reach an invoice's features: the key sets, and per kind the columns read and the way in.

One table serves three readers: the SQL of the one-row slice, the lineage of a score, and the columns of a full load.
"""

from dataclasses import dataclass, replace

# Approvers answer for many projects; only their last half-year is looked at, so that a slice stays small.
APPROVER_WINDOW_DAYS = 180
FX_WINDOW_DAYS = 45


@dataclass(frozen=True)
class Reach:
    """How one kind is read.

    Attributes:
        columns: payload columns that features or controls need, or by which models are judged apart (the envelope's
            times and ``record_id`` always come).
        entity: columns that name the thing of which a row is a version.
        ways: pairs (column, key set): a thing is reached when any version of it matches one of them.
        recent: pairs like ``ways``, that count only within ``recent_days`` before the invoice was first known.
    """

    columns: tuple[str, ...]
    entity: tuple[str, ...]
    ways: tuple[tuple[str, str], ...]
    recent: tuple[tuple[str, str], ...] = ()
    recent_days: int = 0


KEY_SETS = (
    "invoices", "clients", "projects", "contracts", "legal_entities", "milestones", "expenses", "change_orders",
    "rate_cards", "approvers", "resources", "currencies",
)  # fmt: skip

_BY_INVOICE = ("invoice_id", "invoices")
_BY_CLIENT = ("client_id", "clients")
_BY_PROJECT = ("project_id", "projects")

REACH: dict[str, Reach] = {
    "client": Reach(
        ("client_id", "country", "currency", "segment", "tax_id", "billing_contact", "po_required", "credit_hold",
         "electronic_since", "status"),
        ("client_id",), (_BY_CLIENT,),
    ),
    "legal_entity": Reach(
        ("legal_entity_id", "country", "currency", "region", "tax_id"),
        ("legal_entity_id",), (("legal_entity_id", "legal_entities"),),
    ),
    "contract": Reach(
        ("contract_id", "client_id", "legal_entity_id", "billing_method", "currency", "payment_terms_days",
         "value_amount", "cap_amount", "rate_card_id", "po_number", "po_required", "acceptance_required", "signed",
         "start_on", "end_on"),
        ("contract_id",), (("contract_id", "contracts"),),
    ),
    "project": Reach(
        ("project_id", "client_id", "contract_id", "legal_entity_id", "service_line", "region", "manager_id", "status",
         "currency", "budget_amount", "planned_hours", "start_on", "end_on"),
        ("project_id",), (_BY_PROJECT,),
    ),
    "resource": Reach(("resource_id", "cost_rate", "currency"), ("resource_id",), (("resource_id", "resources"),)),
    "rate_card": Reach(
        ("rate_card_id", "role", "rate", "unit", "currency", "valid_from", "valid_to"),
        ("rate_card_id", "role", "valid_from"), (("rate_card_id", "rate_cards"),),
    ),
    "fx_rate": Reach(
        ("currency", "group_currency", "rate", "valid_on"), ("currency", "valid_on"), (),
        (("currency", "currencies"),), FX_WINDOW_DAYS,
    ),
    "time_entry": Reach(
        ("time_entry_id", "project_id", "resource_id", "worked_on", "hours", "bill_rate", "billable", "status"),
        ("time_entry_id",), (_BY_PROJECT,),
    ),
    "expense": Reach(
        ("expense_id", "project_id", "incurred_on", "amount", "currency", "billable", "receipt_attached", "status"),
        ("expense_id",), (_BY_PROJECT, ("expense_id", "expenses")),
    ),
    "milestone": Reach(
        ("milestone_id", "project_id", "amount", "currency", "due_on", "status", "accepted_on", "evidence_ref"),
        ("milestone_id",), (_BY_PROJECT, ("milestone_id", "milestones")),
    ),
    "change_order": Reach(
        ("change_order_id", "contract_id", "project_id", "amount", "status", "requested_on"),
        ("change_order_id",), (_BY_PROJECT, ("contract_id", "contracts"), ("change_order_id", "change_orders")),
    ),
    "approval": Reach(
        ("approval_id", "subject_kind", "subject_id", "project_id", "approver_id", "approver_role", "requested_at",
         "decided_at", "decision"),
        ("approval_id",), (_BY_PROJECT, ("subject_id", "invoices")),
        (("approver_id", "approvers"),), APPROVER_WINDOW_DAYS,
    ),
    "invoice": Reach(
        ("invoice_id", "client_id", "contract_id", "project_id", "legal_entity_id", "billing_method", "status",
         "currency", "amount", "tax_amount", "invoice_date", "due_date", "payment_terms_days", "billable_on",
         "issued_on", "settled_on", "po_number", "period_start", "period_end", "delivery_channel", "intercompany",
         "prepared_by", "description"),
        ("invoice_id",), (_BY_INVOICE, _BY_CLIENT, _BY_PROJECT),
    ),
    "invoice_line": Reach(
        ("line_id", "invoice_id", "project_id", "resource_id", "role", "milestone_id", "change_order_id", "expense_id",
         "line_kind", "quantity", "unit", "unit_rate", "amount", "currency", "tax_code"),
        # Lines of other invoices that bill the same milestone or expense are what tells a second billing.
        ("line_id",), (_BY_INVOICE, ("milestone_id", "milestones"), ("expense_id", "expenses")),
    ),
    "payment": Reach(
        ("payment_id", "invoice_id", "client_id", "amount", "paid_on"), ("payment_id",), (_BY_INVOICE, _BY_CLIENT)
    ),
    "credit_note": Reach(
        ("credit_note_id", "invoice_id", "client_id", "amount", "currency", "cause", "issued_on"),
        ("credit_note_id",), (_BY_INVOICE, _BY_CLIENT),
    ),
    "dispute": Reach(
        ("dispute_id", "invoice_id", "client_id", "cause", "amount", "status", "opened_on", "resolved_on"),
        ("dispute_id",), (_BY_INVOICE, _BY_CLIENT),
    ),
    "outcome": Reach(
        ("outcome_id", "invoice_id", "client_id", "outcome", "cause"), ("outcome_id",), (_BY_INVOICE, _BY_CLIENT)
    ),
    "document_link": Reach(
        ("link_id", "link", "client_id", "from_id", "to_id"),
        ("link_id",), (("from_id", "invoices"), ("to_id", "invoices"), _BY_CLIENT),
    ),
    "note": Reach(
        ("note_id", "client_id", "project_id", "invoice_id", "text"),
        ("note_id",), (_BY_INVOICE, _BY_PROJECT, _BY_CLIENT),
    ),
    "sync_event": Reach(
        ("sync_event_id", "object_kind", "object_id", "success"), ("sync_event_id",), (("object_id", "invoices"),)
    ),
}  # fmt: skip

# What an invoice and its lines name themselves, and the work of its project: what a page about it shows. It does not
# grow with what else the client was billed.
NAMED: dict[str, Reach] = {
    kind: replace(REACH[kind], ways=(way,), recent=())
    for kind, way in {
        "invoice": _BY_INVOICE, "invoice_line": _BY_INVOICE, "client": _BY_CLIENT, "project": _BY_PROJECT,
        "contract": ("contract_id", "contracts"), "rate_card": ("rate_card_id", "rate_cards"),
        "milestone": ("milestone_id", "milestones"), "change_order": ("change_order_id", "change_orders"),
        "expense": ("expense_id", "expenses"), "time_entry": _BY_PROJECT,
    }.items()
}  # fmt: skip

TIMES = ("record_id", "known_at", "event_at")


def read_columns_of(kind: str) -> tuple[str, ...]:
    """Every column of a kind that features read."""
    return (*TIMES, *REACH[kind].columns)
