"""The words a control may use: every fact, its type, and whether it may be absent.

Columns of the canonical records keep their names and types; derived facts are declared here with their meaning. The
same table checks the controls at load and makes the sample facts on which each expression is tried out.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

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


_KNOWN = _flag("the ledger knew this record at the scoring moment; when false every other field is null")

LINE_WORDS: Words = record_words("invoice_line") | {
    "agreed_rate": _number("rate on the contract's card for the role and day", "currency/unit", nullable=True),
    "agreed_currency": _text("currency of that rate"),
    "milestone_known": _flag("the milestone named by the line is in the ledger"),
    "milestone_status": _text("status of the milestone billed"),
    "milestone_evidence": _text("reference of the signed acceptance"),
    "change_order_known": _flag("the change order named by the line is in the ledger"),
    "change_order_status": _text("status of the change order billed"),
    "receipt_attached": _flag("a receipt is on file for the expense billed", nullable=True),
    "expense_status": _text("approval status of the expense billed"),
    "project_status": _text("status of the line's project"),
}
ENTRY_WORDS: Words = record_words("time_entry")
TWIN_WORDS: Words = {
    "invoice_id": Fact(FactType.TEXT, "id of the other invoice"),
    "amount": _number("its net total", "currency"),
    "invoice_date": Fact(FactType.DAY, "day printed on it"),
    "status": Fact(FactType.TEXT, "its status"),
}

# One value each.
ROOTS: dict[str, Words] = {
    "invoice": record_words("invoice") | {"known": _KNOWN},
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
        "pending_change_orders": _number("amount of change orders of the project not approved yet", "currency"),
    },
    "sync": {"failed": _flag("the latest integration event of this invoice was a failure")},
    "scoring": {"today": Fact(FactType.DAY, "the day of the scoring moment (UTC)")},
}
# Many values each; macros bind a variable to one of them.
LISTS: dict[str, Words] = {
    "lines": LINE_WORDS,
    "unapproved_time": ENTRY_WORDS,  # billable, in the billed period, on the billed projects, not approved
    "twins": TWIN_WORDS,  # same client, project, amount, currency and period; neither cancelled nor linked
}

_SAMPLES: dict[FactType, Any] = {
    FactType.TEXT: "x",
    FactType.NUMBER: 1.5,
    FactType.FLAG: True,
    FactType.DAY: 20_000,
}


def sample(*, empty: bool) -> dict[str, Any]:
    """Facts of the right types: with every value present, or with every value that may be absent absent."""

    def one(words: Words) -> dict[str, Any]:
        return {
            name: None if empty and fact.nullable else _sample_value(fact, empty=empty) for name, fact in words.items()
        }

    roots: dict[str, Any] = {name: one(words) for name, words in ROOTS.items()}
    return roots | {name: [one(words), one(words)] for name, words in LISTS.items()}


def _sample_value(fact: Fact, *, empty: bool) -> Any:
    return (not empty) if fact.type is FactType.FLAG else _SAMPLES[fact.type]
