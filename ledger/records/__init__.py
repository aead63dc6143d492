"""The canonical records: one class per kind of fact, and the list of them all."""

from ledger.records.base import ENVELOPE, Record
from ledger.records.billing import CreditNote, Dispute, DocumentLink, Invoice, InvoiceLine, Payment
from ledger.records.events import Note, Outcome, ReviewDecision, SyncEvent
from ledger.records.parties import Client, Contract, FxRate, LegalEntity, Project, RateCard, Resource
from ledger.records.work import Approval, ChangeOrder, Expense, Milestone, TimeEntry

KINDS: dict[str, type[Record]] = {
    record.kind: record
    for record in (
        LegalEntity,
        Client,
        Contract,
        Project,
        Resource,
        RateCard,
        FxRate,
        TimeEntry,
        Expense,
        Milestone,
        ChangeOrder,
        Approval,
        Invoice,
        InvoiceLine,
        Payment,
        CreditNote,
        Dispute,
        DocumentLink,
        Note,
        SyncEvent,
        ReviewDecision,
        Outcome,
    )
}

__all__ = [
    "ENVELOPE",
    "KINDS",
    "Approval",
    "ChangeOrder",
    "Client",
    "Contract",
    "CreditNote",
    "Dispute",
    "DocumentLink",
    "Expense",
    "FxRate",
    "Invoice",
    "InvoiceLine",
    "LegalEntity",
    "Milestone",
    "Note",
    "Outcome",
    "Payment",
    "Project",
    "RateCard",
    "Record",
    "Resource",
    "ReviewDecision",
    "SyncEvent",
    "TimeEntry",
]
