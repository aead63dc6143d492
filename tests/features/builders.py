"""Records with as few words as a test needs: only what matters is written, the rest is filled in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from features.build import build_features
from features.history import History, microseconds, with_records
from ledger.records import KINDS, Record

START = datetime(2024, 1, 1, tzinfo=UTC)

_DEFAULTS: dict[str, dict[str, Any]] = {
    "client": {"client_id": "c", "name": "Client"},
    "legal_entity": {"legal_entity_id": "le", "name": "Entity", "country": "DE", "currency": "EUR"},
    "contract": {
        "contract_id": "k", "client_id": "c", "billing_method": "time_and_materials", "currency": "EUR",
        "payment_terms_days": 30,
    },
    "project": {"project_id": "p", "client_id": "c", "contract_id": "k", "name": "Project", "currency": "EUR"},
    "resource": {"resource_id": "r", "name": "Person"},
    "rate_card": {"rate_card_id": "rc", "role": "dev", "rate": 100, "currency": "EUR", "valid_from": date(2023, 1, 1)},
    "fx_rate": {"currency": "EUR", "group_currency": "USD", "rate": 2, "valid_on": date(2024, 1, 1)},
    "time_entry": {
        "project_id": "p", "client_id": "c", "resource_id": "r", "worked_on": date(2024, 1, 1), "hours": 8,
        "status": "approved",
    },
    "expense": {
        "project_id": "p", "client_id": "c", "incurred_on": date(2024, 1, 1), "amount": 10, "currency": "EUR",
        "status": "approved",
    },
    "milestone": {
        "project_id": "p", "client_id": "c", "name": "M", "amount": 100, "currency": "EUR", "status": "planned",
    },
    "change_order": {
        "project_id": "p", "client_id": "c", "amount": 100, "currency": "EUR", "status": "pending",
        "requested_on": date(2024, 1, 1),
    },
    "approval": {"subject_kind": "time_entry", "subject_id": "t", "project_id": "p", "approver_id": "r"},
    "invoice": {
        "invoice_id": "i", "client_id": "c", "status": "issued", "currency": "EUR", "amount": 100,
        "invoice_date": date(2024, 1, 1),
    },
    "invoice_line": {
        "invoice_id": "i", "client_id": "c", "line_number": 1, "line_kind": "time", "quantity": 1, "unit_rate": 100,
        "amount": 100, "currency": "EUR",
    },
    "payment": {"invoice_id": "i", "client_id": "c", "amount": 100, "currency": "EUR", "paid_on": date(2024, 1, 1)},
    "credit_note": {
        "invoice_id": "i", "client_id": "c", "amount": 10, "currency": "EUR", "cause": "rate",
        "issued_on": date(2024, 1, 1),
    },
    "dispute": {"invoice_id": "i", "client_id": "c", "cause": "rate", "status": "open"},
    "outcome": {"invoice_id": "i", "client_id": "c", "outcome": "disputed", "occurred_on": date(2024, 1, 1)},
    "document_link": {
        "client_id": "c", "link": "credits", "from_kind": "invoice", "from_id": "i", "to_kind": "invoice", "to_id": "j",
    },
    "note": {"client_id": "c", "text": "hello"},
    "sync_event": {"system": "psa-to-erp", "object_kind": "invoice", "object_id": "i", "success": True},
}  # fmt: skip


def day(number: float) -> datetime:
    """Midnight of a day, counted from 2024-01-01 (day 0)."""
    return START + timedelta(days=number)


def us(number: float) -> int:
    """The same in microseconds since 1970."""
    return microseconds(day(number))


def make(kind: str, *, known: float = 0, event: float | None = None, **columns: Any) -> Record:
    """A record known on day ``known``; moments and dates may be given as day numbers."""
    record = KINDS[kind]
    values = {**_DEFAULTS[kind], **columns}
    values.setdefault(record.identity, f"{kind}-{known}")
    for name, value in values.items():
        if name.endswith("_at") and isinstance(value, int | float):
            values[name] = day(value)
        if name.endswith(("_on", "_date", "_from", "_to", "_start", "_end", "_since")) and isinstance(value, int):
            values[name] = day(value).date()
    if kind == "approval":
        values.setdefault("requested_at", day(known))
    entity = "-".join(
        str(values[name]) for name in (record.identity, "role", "valid_from", "valid_on") if values.get(name)
    )
    values.setdefault("version", str(known))
    return record(
        source="test", source_id=entity, event_at=day(known if event is None else event), known_at=day(known), **values
    )


def history_of(*records: Record) -> History:
    """A history of just these records."""
    return with_records(History({}), records)


def feature(name: str, *records: Record, at: float, invoice: str = "i") -> float:
    """One feature of an invoice on day ``at``."""
    row = build_features(history_of(*records), np.array([invoice], dtype=object), np.array([us(at)]))
    return float(row.column(name)[0])
