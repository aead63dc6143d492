"""One draft for the tests of levers: correct in every respect, so that each test breaks just one thing."""

from typing import Any

from features.recordset import History
from ledger.records import Record
from models.levers.find import find_levers
from models.levers.lever import Lever
from models.levers.view import InvoiceView
from tests.features.builders import history_of, make, us

AT = 30.0
NOW = us(AT)


def draft(**columns: Any) -> list[Record]:
    """The draft's records; ``kind={column: value}`` changes them, ``kind=None`` leaves the record out."""
    given: dict[str, dict[str, Any]] = {
        "client": {"tax_id": "T1", "billing_contact": "ap@client", "country": "DE", "currency": "EUR"},
        "legal_entity": {},
        "contract": {
            "legal_entity_id": "le", "rate_card_id": "rc", "po_number": "4500", "po_required": True, "signed": True,
        },
        "rate_card": {},
        "project": {"manager_id": "boss", "status": "open"},
        "invoice": {
            "known": 20, "status": "draft", "project_id": "p", "contract_id": "k", "legal_entity_id": "le",
            "po_number": "4500", "payment_terms_days": 30, "invoice_date": 20, "due_date": 50, "amount": 800,
            "tax_amount": 80, "period_start": 0, "period_end": 13, "billable_on": 14,
        },
        "invoice_line": {
            "known": 20, "line_id": "i-1", "project_id": "p", "resource_id": "r", "role": "dev", "quantity": 8,
            "unit_rate": 100, "amount": 800,
        },
        "time_entry": {"known": 8, "time_entry_id": "t", "worked_on": 7, "role": "dev"},
    }  # fmt: skip
    for kind, changed in columns.items():
        given[kind] = given.get(kind, {}) | (changed or {})
    return [make(kind, **values) for kind, values in given.items() if columns.get(kind, {}) is not None]


def ledger(*more: Record, **columns: Any) -> History:
    """The draft's history, and some more records."""
    return history_of(*draft(**columns), *more)


def view(*more: Record, **columns: Any) -> InvoiceView:
    """The draft as the levers see it."""
    return InvoiceView(ledger(*more, **columns), "i", NOW)


def levers(*more: Record, **columns: Any) -> dict[str, Lever]:
    """Its levers by code; asserts that no code comes twice."""
    found = find_levers(ledger(*more, **columns), "i", NOW)
    assert len({lever.code for lever in found}) == len(found)
    return {lever.code: lever for lever in found}


def only(code: str, *more: Record, **columns: Any) -> Lever:
    """The one lever that a broken draft has."""
    found = levers(*more, **columns)
    assert set(found) == {code}
    return found[code]
