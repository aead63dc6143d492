"""Records of billing and cash: invoices, lines, payments, credit notes, disputes, links between documents."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from ledger.records.base import Count, Currency, Id, Money, NonNegative, Record, Text, column
from ledger.records.parties import BillingMethod


class InvoiceStatus(StrEnum):
    """Life of an invoice."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    SETTLED = "settled"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"
    CANCELLED = "cancelled"


class LineKind(StrEnum):
    """What an invoice line bills."""

    TIME = "time"
    EXPENSE = "expense"
    MILESTONE = "milestone"
    FIXED_FEE = "fixed_fee"
    RETAINER = "retainer"
    RECURRING = "recurring"
    CHANGE_ORDER = "change_order"
    ADJUSTMENT = "adjustment"


class Cause(StrEnum):
    """Why an invoice is disputed or credited."""

    RATE = "rate"
    HOURS_NOT_APPROVED = "hours_not_approved"
    MILESTONE_NOT_ACCEPTED = "milestone_not_accepted"
    CHANGE_ORDER = "change_order"
    SCOPE_QUALITY = "scope_quality"
    PO_REFERENCE = "po_reference"
    TAX_ENTITY = "tax_entity"
    DUPLICATE = "duplicate"
    AMOUNT_CURRENCY = "amount_currency"
    OTHER = "other"


# What no reviewer could have fixed before the invoice went out. A dispute without a known cause counts as preventable.
NOT_PREVENTABLE: frozenset[str] = frozenset({Cause.SCOPE_QUALITY, Cause.OTHER})


class DisputeStatus(StrEnum):
    """Life of a dispute."""

    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class LinkKind(StrEnum):
    """How one document relates to another: ``from`` <verb> ``to``."""

    CREDITS = "credits"
    REBILLS = "rebills"
    AMENDS = "amends"
    INTERCOMPANY_MIRROR_OF = "intercompany_mirror_of"
    PARTIAL_OF = "partial_of"


class Invoice(Record):
    """An invoice; each step of its life (draft, approved, issued, settled …) is a new version."""

    kind: ClassVar[str] = "invoice"
    identity: ClassVar[str] = "invoice_id"
    keys: ClassVar[tuple[str, ...]] = ("client_id", "project_id")

    invoice_id: Id = column("id of the invoice")
    invoice_number: Text | None = column("number printed on it", misleads="empty on drafts", default=None)
    client_id: Id = column("id of the client")
    contract_id: Id | None = column("id of the contract", default=None)
    project_id: Id | None = column("main project", default=None)
    legal_entity_id: Id | None = column("our company that issues it", default=None)
    billing_method: BillingMethod | None = column("how the work is billed", default=None)
    status: InvoiceStatus = column("step of its life that this version reports")
    currency: Currency = column("invoice currency")
    amount: Money = column("net total", unit="currency")
    tax_amount: Money | None = column("tax", unit="currency", default=None)
    invoice_date: date = column("date printed on the invoice", misleads="may be before the entry was made")
    due_date: date | None = column("day payment is due", misleads="SAP has none: derived from terms", default=None)
    payment_terms_days: Count | None = column("days from invoice date to due date", unit="days", default=None)
    billable_on: date | None = column("day the work became billable: the release clock's start", default=None)
    issued_on: date | None = column("day it was sent; empty before", default=None)
    settled_on: date | None = column("day it was fully paid; empty before", misleads="an outcome", default=None)
    po_number: Text | None = column("purchase order on the invoice", default=None)
    period_start: date | None = column("first day of the billed period", default=None)
    period_end: date | None = column("last day of the billed period", default=None)
    delivery_channel: Text | None = column("paper, electronic, portal", default=None)
    intercompany: bool = column("the client is one of our own companies", default=False)
    prepared_by: Id | None = column("resource id of the preparer", default=None)
    owner_id: Id | None = column("resource id of who answers for it", default=None)
    description: Text | None = column("free text on the invoice", default=None)


class InvoiceLine(Record):
    """One line of an invoice."""

    kind: ClassVar[str] = "invoice_line"
    identity: ClassVar[str] = "line_id"
    keys: ClassVar[tuple[str, ...]] = ("invoice_id", "client_id")

    line_id: Id = column("id of the line")
    invoice_id: Id = column("id of the invoice")
    line_number: Count = column("position on the invoice")
    client_id: Id = column("id of the client")
    project_id: Id | None = column("project billed", default=None)
    resource_id: Id | None = column("person billed", default=None)
    role: Text | None = column("role billed", default=None)
    milestone_id: Id | None = column("milestone billed", default=None)
    change_order_id: Id | None = column("change order billed", default=None)
    expense_id: Id | None = column("expense billed", default=None)
    line_kind: LineKind = column("what the line bills")
    description: Text | None = column("text of the line", default=None)
    quantity: Money = column("quantity", unit="unit")
    unit: Text | None = column("hour, day, piece", default=None)
    unit_rate: Money = column("price of a unit", unit="currency/unit")
    amount: Money = column("quantity x unit rate, as the source rounded it", unit="currency")
    currency: Currency = column("currency")
    tax_code: Text | None = column("tax treatment", default=None)


class Payment(Record):
    """Money received and allocated to one invoice."""

    kind: ClassVar[str] = "payment"
    identity: ClassVar[str] = "payment_id"
    keys: ClassVar[tuple[str, ...]] = ("client_id", "invoice_id")

    payment_id: Id = column("id of the allocation")
    invoice_id: Id = column("invoice it pays")
    client_id: Id = column("id of the client")
    amount: Money = column("amount allocated", unit="currency")
    currency: Currency = column("currency")
    paid_on: date = column("value date", misleads="allocation may follow days later: that is known_at")


class CreditNote(Record):
    """Money given back on an invoice."""

    kind: ClassVar[str] = "credit_note"
    identity: ClassVar[str] = "credit_note_id"
    keys: ClassVar[tuple[str, ...]] = ("client_id", "invoice_id")

    credit_note_id: Id = column("id of the credit note")
    invoice_id: Id = column("invoice it credits")
    client_id: Id = column("id of the client")
    amount: NonNegative = column("amount credited", unit="currency")
    currency: Currency = column("currency")
    cause: Cause = column("why")
    issued_on: date = column("day issued")


class Dispute(Record):
    """A client's objection to an invoice; its resolution is a new version."""

    kind: ClassVar[str] = "dispute"
    identity: ClassVar[str] = "dispute_id"
    keys: ClassVar[tuple[str, ...]] = ("client_id", "invoice_id")

    dispute_id: Id = column("id of the dispute")
    invoice_id: Id = column("invoice in dispute")
    client_id: Id = column("id of the client")
    cause: Cause = column("why", misleads="the first guess is often corrected at resolution")
    amount: NonNegative | None = column("amount in dispute", unit="currency", default=None)
    currency: Currency | None = column("currency", default=None)
    status: DisputeStatus = column("life of the dispute")
    opened_on: date | None = column("day opened; some exports only say that there was one", default=None)
    resolved_on: date | None = column("day resolved", default=None)


class DocumentLink(Record):
    """That one document credits, rebills, amends, mirrors or is part of another."""

    kind: ClassVar[str] = "document_link"
    identity: ClassVar[str] = "link_id"
    keys: ClassVar[tuple[str, ...]] = ("client_id", "from_id", "to_id")

    link_id: Id = column("id of the link")
    link: LinkKind = column("how they relate")
    client_id: Id = column("id of the client")
    from_kind: Text = column("kind of the document that points")
    from_id: Id = column("its id")
    to_kind: Text = column("kind of the document pointed at")
    to_id: Id = column("its id")
