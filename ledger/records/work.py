"""Records of delivered work and the evidence for it: time, expenses, milestones, change orders, approvals."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from ledger.records.base import Currency, Id, Moment, Money, NonNegative, Record, Text, column


class WorkStatus(StrEnum):
    """Approval state of a timesheet or an expense."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


class MilestoneStatus(StrEnum):
    """Life of a milestone."""

    PLANNED = "planned"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ChangeOrderStatus(StrEnum):
    """Life of a change order."""

    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class ApprovalDecision(StrEnum):
    """What an approver said."""

    APPROVED = "approved"
    REJECTED = "rejected"


class TimeEntry(Record):
    """Hours of one person on one project in one week (or day, as the source keeps them)."""

    kind: ClassVar[str] = "time_entry"
    identity: ClassVar[str] = "time_entry_id"
    keys: ClassVar[tuple[str, ...]] = ("project_id", "resource_id")

    time_entry_id: Id = column("id of the timesheet row")
    project_id: Id = column("id of the project")
    client_id: Id = column("id of the client")
    resource_id: Id = column("id of the person")
    role: Text | None = column("role worked in", default=None)
    worked_on: date = column("day worked, or first day of the week")
    hours: NonNegative = column("hours worked", unit="hours")
    bill_rate: NonNegative | None = column("rate the source would bill", unit="currency/hour", default=None)
    currency: Currency | None = column("currency of the rate", default=None)
    billable: bool = column("to be billed", default=True)
    status: WorkStatus = column("approval state")
    approver_id: Id | None = column("resource id of the approver", default=None)


class Expense(Record):
    """Money spent for a project."""

    kind: ClassVar[str] = "expense"
    identity: ClassVar[str] = "expense_id"
    keys: ClassVar[tuple[str, ...]] = ("project_id",)

    expense_id: Id = column("id of the expense")
    project_id: Id = column("id of the project")
    client_id: Id = column("id of the client")
    resource_id: Id | None = column("who spent it", default=None)
    incurred_on: date = column("day spent")
    amount: Money = column("amount", unit="currency")
    currency: Currency = column("currency")
    category: Text | None = column("travel, lodging, licence …", default=None)
    billable: bool = column("to be billed", default=True)
    receipt_attached: bool = column("a receipt is on file", default=False)
    status: WorkStatus = column("approval state")


class Milestone(Record):
    """A deliverable that is billed when the client accepts it."""

    kind: ClassVar[str] = "milestone"
    identity: ClassVar[str] = "milestone_id"
    keys: ClassVar[tuple[str, ...]] = ("project_id",)

    milestone_id: Id = column("id of the milestone")
    project_id: Id = column("id of the project")
    client_id: Id = column("id of the client")
    contract_id: Id | None = column("id of the contract", default=None)
    name: Text = column("name of the deliverable")
    amount: NonNegative = column("amount billed on acceptance", unit="currency")
    currency: Currency = column("currency")
    due_on: date | None = column("planned day", default=None)
    status: MilestoneStatus = column(
        "life of the milestone", misleads="a PSA may say accepted while the ERP schedule still says planned"
    )
    accepted_on: date | None = column("day of the client's acceptance", default=None)
    evidence_ref: Text | None = column("reference of the signed acceptance", default=None)


class ChangeOrder(Record):
    """An amendment of scope and price."""

    kind: ClassVar[str] = "change_order"
    identity: ClassVar[str] = "change_order_id"
    keys: ClassVar[tuple[str, ...]] = ("project_id", "contract_id")

    change_order_id: Id = column("id of the change order")
    contract_id: Id | None = column("contract it amends", default=None)
    project_id: Id = column("project it extends")
    client_id: Id = column("id of the client")
    amount: Money = column("change of the agreed value", unit="currency")
    currency: Currency = column("currency")
    status: ChangeOrderStatus = column("life of the change order")
    requested_on: date = column("day requested")
    approved_on: date | None = column("day the client approved", default=None)
    description: Text | None = column("what changes", default=None)


class Approval(Record):
    """A request to one person to approve something, and later the answer (a new version)."""

    kind: ClassVar[str] = "approval"
    identity: ClassVar[str] = "approval_id"
    keys: ClassVar[tuple[str, ...]] = ("project_id", "approver_id", "subject_id")

    approval_id: Id = column("id of the request")
    subject_kind: Text = column("kind of record to approve: time_entry, milestone, change_order, expense, invoice")
    subject_id: Id = column("id of that record")
    project_id: Id | None = column("project it belongs to", default=None)
    client_id: Id | None = column("client it belongs to", default=None)
    invoice_id: Id | None = column("invoice that waits for it, when the source says so", default=None)
    approver_id: Id = column("resource id of the approver")
    approver_role: Text | None = column("project_manager, finance, client …", default=None)
    requested_at: Moment = column("when it was asked", unit="UTC")
    decided_at: Moment | None = column("when it was answered; empty while pending", unit="UTC", default=None)
    decision: ApprovalDecision | None = column("the answer; empty while pending", default=None)
