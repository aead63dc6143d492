"""The words a control may use: every fact, its type, and whether it may be absent.

Columns of the canonical records keep their names and types; derived facts are declared here with their meaning. The
same table types the controls at load, names the facts to compute, and says how values are written in messages.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from features.reach import REACH
from ledger.records import KINDS
from ledger.tables import python_type


class FactType(StrEnum):
    """How CEL sees a value."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"  # whole days since 1970-01-01


@dataclass(frozen=True)
class Fact:
    """One word of the vocabulary."""

    type: FactType
    meaning: str
    nullable: bool = False
    unit: str | None = None


Words = dict[str, Fact]

_PLAIN: dict[type, FactType] = {
    str: FactType.TEXT,
    bool: FactType.FLAG,
    int: FactType.NUMBER,
    float: FactType.NUMBER,
    Decimal: FactType.NUMBER,
    date: FactType.DAY,
}


def record_words(kind: str) -> Words:
    """The columns of a kind that reach a score, typed as the record declares them."""
    words = {}
    for name in REACH[kind].columns:
        field = KINDS[kind].model_fields[name]
        plain = python_type(field.annotation)
        if plain in _PLAIN and plain is not datetime:
            unit = (field.json_schema_extra or {}).get("unit") if isinstance(field.json_schema_extra, dict) else None
            words[name] = Fact(_PLAIN[plain], field.description or "", nullable=True, unit=str(unit) if unit else None)
    return words


def _text(meaning: str) -> Fact:
    return Fact(FactType.TEXT, meaning, nullable=True)


def _flag(meaning: str, *, nullable: bool = False) -> Fact:
    return Fact(FactType.FLAG, meaning, nullable=nullable)


def _number(meaning: str, unit: str, *, nullable: bool = False) -> Fact:
    return Fact(FactType.NUMBER, meaning, nullable=nullable, unit=unit)


def _day(meaning: str) -> Fact:
    return Fact(FactType.DAY, meaning, nullable=True)


_KNOWN = _flag("the ledger knew this record at the scoring moment; when false every other field is null")

LINE_WORDS: Words = record_words("invoice_line") | {
    "agreed_rate": _number("rate on the contract's card for the role and day", "currency/unit", nullable=True),
    "agreed_currency": _text("currency of that rate"),
    "milestone_known": _flag("the milestone named by the line is in the ledger"),
    "milestone_status": _text("status of the milestone billed"),
    "milestone_evidence": _text("reference of the signed acceptance"),
    "milestone_amount": _number("amount agreed for the milestone", "currency", nullable=True),
    "milestone_currency": _text("currency of that amount"),
    "milestone_project_id": _text("project of the milestone"),
    "milestone_accepted_on": _day("day of the client's acceptance"),
    "milestone_was_accepted": _flag("some system has said that the milestone is accepted"),
    "change_order_known": _flag("the change order named by the line is in the ledger"),
    "change_order_status": _text("status of the change order billed"),
    "change_order_project_id": _text("project of the change order"),
    "expense_known": _flag("the expense named by the line is in the ledger"),
    "receipt_attached": _flag("a receipt is on file for the expense billed", nullable=True),
    "expense_status": _text("status of the expense billed"),
    "expense_amount": _number("amount that was spent", "currency", nullable=True),
    "expense_currency": _text("currency in which it was spent"),
    "expense_project_id": _text("project for which it was spent"),
    "expense_billable": _flag("the expense is to be billed", nullable=True),
    "expense_incurred_on": _day("day it was spent"),
    "billed_elsewhere": _text(
        "another live invoice of this client or project that bills the same milestone or expense"
    ),
    "project_status": _text("status of the line's project"),
}
ENTRY_WORDS: Words = record_words("time_entry") | {
    "arrived_on": _day("day the timesheet first became known"),
    "days_late": _number("days from the end of the billed period until it became known", "days", nullable=True),
}
OTHER_INVOICE_WORDS: Words = {
    "invoice_id": _text("id of the other invoice"),
    "amount": _number("its net total", "currency", nullable=True),
    "invoice_date": _day("day printed on it"),
    "status": _text("its status"),
    "period_start": _day("first day it bills"),
    "period_end": _day("last day it bills"),
}
LINK_WORDS: Words = {
    "link": _text("credits, rebills, amends, intercompany_mirror_of or partial_of"),
    "outgoing": _flag("this invoice points at the other document; otherwise the other points at it"),
    "other_id": _text("id of the other document"),
    "other_known": _flag("it is an invoice of the same client or project that the ledger knows"),
    "other_status": _text("its status"),
    "other_amount": _number("its net total", "currency", nullable=True),
    "other_currency": _text("its currency"),
    "other_client_id": _text("its client"),
    "other_credited": _number("what was credited on it", "currency", nullable=True),
}
APPROVAL_WORDS: Words = {
    "approver_id": _text("resource id of the approver"),
    "approver_role": _text("role in which they were asked"),
    "decision": _text("approved, rejected; null while pending"),
    "requested_on": _day("day it was asked"),
    "withdrawn": _flag("it was approved before, and no longer is"),
}

# One value each.
ROOTS: dict[str, Words] = {
    "invoice": record_words("invoice") | {"known": _KNOWN, "first_known_on": _day("day its first version was known")},
    "client": record_words("client") | {"known": _KNOWN},
    "contract": record_words("contract") | {"known": _KNOWN},
    "project": record_words("project") | {"known": _KNOWN},
    "legal_entity": record_words("legal_entity") | {"known": _KNOWN},
    "totals": {
        "line_count": _number("number of lines", "lines"),
        "lines": _number("sum of the lines", "currency"),
        "difference": _number("header amount less the sum of the lines", "currency"),
        "billed_before": _number("net billed on the contract by other invoices, less credits", "currency"),
        "cap": _number("contract cap plus approved change orders", "currency", nullable=True),
        "over_cap": _number("what this invoice would bill beyond the cap", "currency", nullable=True),
        "value": _number("agreed value plus approved change orders", "currency", nullable=True),
        "over_value": _number("what this invoice would bill beyond that value", "currency", nullable=True),
        "pending_change_orders": _number("amount of change orders of the project not approved yet", "currency"),
        "over_budget": _number("what the project would have billed beyond its budget", "currency", nullable=True),
        "billed_hours": _number("hours on the time lines", "hours"),
        "recorded_hours": _number(
            "billable hours that the people on the lines recorded on the project in the billed period", "hours",
            nullable=True,
        ),
        "project_hours": _number("billable hours recorded on the project so far", "hours"),
        "credited": _number("what was credited on this invoice", "currency"),
    },
    "fx": {"valid_on": _day("day of the newest exchange rate of the invoice's currency, if it has one")},
    "sync": {
        "failed": _flag("the latest integration event of this invoice was a failure"),
        "failures": _number("failures in a row, up to the latest event", "events"),
    },
    "scoring": {"today": Fact(FactType.DAY, "the day of the scoring moment (UTC)")},
}  # fmt: skip
# Many values each; macros bind a variable to one of them.
LISTS: dict[str, Words] = {
    "lines": LINE_WORDS,
    "unapproved_time": ENTRY_WORDS,
    "late_time": ENTRY_WORDS,
    "twins": OTHER_INVOICE_WORDS,
    "overlapping": OTHER_INVOICE_WORDS,
    "links": LINK_WORDS,
    "approvals": APPROVAL_WORDS,
}
LIST_MEANINGS: dict[str, str] = {
    "lines": "the invoice's lines",
    "unapproved_time": "billable timesheets of the billed period, project and people that nobody approved",
    "late_time": "billable timesheets of the billed period and project that became known after its end",
    "twins": "live invoices with the same client, project, contract, amount, currency and period that are not linked",
    "overlapping": "live invoices of the same contract, project and billing method for some of the same days, over "
    "another amount, not linked",
    "links": "documents that this invoice credits, rebills, amends, mirrors or is part of, and those that do so to it",
    "approvals": "approval requests for this invoice",
}
