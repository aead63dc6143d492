"""A small firm for the tests: one client, contract, project and clean invoice, and ways to spoil each of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from ledger.records import (
    ChangeOrder,
    Client,
    Contract,
    Expense,
    Invoice,
    InvoiceLine,
    LegalEntity,
    Milestone,
    Project,
    RateCard,
    Record,
    TimeEntry,
)
from ledger.store import append

KNOWN = datetime(2026, 1, 5, 9, tzinfo=UTC)
NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)


def record(kind: type[Record], **columns: Any) -> Any:
    """A record with an envelope; ``known_at`` and ``version`` may be given."""
    envelope = {"source": "test", "version": "1", "event_at": KNOWN, "known_at": KNOWN}
    identity = "-".join(str(columns[name]) for name in (kind.identity, "role") if name in columns)
    return kind(**{**envelope, "source_id": identity, **columns})


def client(**changes: Any) -> Client:
    """An active client."""
    return record(
        Client,
        **{
            "client_id": "C1",
            "name": "Acme",
            "country": "DE",
            "currency": "EUR",
            "billing_contact": "ap@acme.example",
            **changes,
        },
    )


def entity() -> LegalEntity:
    """Our own company."""
    return record(LegalEntity, legal_entity_id="E1", name="Us GmbH", country="DE", currency="EUR")


def contract(**changes: Any) -> Contract:
    """A signed time-and-materials contract."""
    base = {
        "contract_id": "K1",
        "client_id": "C1",
        "legal_entity_id": "E1",
        "billing_method": "time_and_materials",
        "currency": "EUR",
        "payment_terms_days": 30,
        "rate_card_id": "R1",
    }
    return record(Contract, **{**base, **changes})


def project(**changes: Any) -> Project:
    """An open project, managed by PM1."""
    base = {
        "project_id": "P1",
        "client_id": "C1",
        "contract_id": "K1",
        "name": "Migration",
        "manager_id": "PM1",
        "currency": "EUR",
    }
    return record(Project, **{**base, **changes})


def rate_card(**changes: Any) -> RateCard:
    """180 an hour for a senior."""
    base = {"rate_card_id": "R1", "role": "senior", "rate": "180", "currency": "EUR", "valid_from": "2025-01-01"}
    return record(RateCard, **{**base, **changes})


def invoice(number: int = 1, **changes: Any) -> Invoice:
    """A draft over 1,800 EUR for January, prepared by PREP."""
    base = {
        "invoice_id": f"INV-{number}",
        "client_id": "C1",
        "contract_id": "K1",
        "project_id": "P1",
        "legal_entity_id": "E1",
        "billing_method": "time_and_materials",
        "status": "draft",
        "currency": "EUR",
        "amount": "1800",
        "invoice_date": "2026-01-31",
        "due_date": "2026-03-02",
        "period_start": date(2026, 1, 1) + timedelta(days=31 * (number - 1)),
        "period_end": date(2026, 1, 31) + timedelta(days=31 * (number - 1)),
        "prepared_by": "PREP",
        "owner_id": "OWNER",
    }
    return record(Invoice, **{**base, **changes})


def line(number: int = 1, **changes: Any) -> InvoiceLine:
    """Ten senior hours at the card's rate."""
    base = {
        "line_id": f"L-{number}",
        "invoice_id": f"INV-{number}",
        "line_number": 1,
        "client_id": "C1",
        "project_id": "P1",
        "resource_id": "W1",
        "role": "senior",
        "line_kind": "time",
        "quantity": "10",
        "unit": "hour",
        "unit_rate": "180",
        "amount": "1800",
        "currency": "EUR",
    }
    return record(InvoiceLine, **{**base, **changes})


def time_entry(**changes: Any) -> TimeEntry:
    """Approved hours of the billed person."""
    base = {
        "time_entry_id": "T1",
        "project_id": "P1",
        "client_id": "C1",
        "resource_id": "W1",
        "worked_on": "2026-01-12",
        "hours": "10",
        "status": "approved",
    }
    return record(TimeEntry, **{**base, **changes})


def milestone(**changes: Any) -> Milestone:
    """A milestone that the client accepted in writing."""
    base = {
        "milestone_id": "M1",
        "project_id": "P1",
        "client_id": "C1",
        "name": "Go-live",
        "amount": "1800",
        "currency": "EUR",
        "status": "accepted",
        "evidence_ref": "DOC-1",
    }
    return record(Milestone, **{**base, **changes})


def change_order(**changes: Any) -> ChangeOrder:
    """An approved change order."""
    base = {
        "change_order_id": "CO1",
        "contract_id": "K1",
        "project_id": "P1",
        "client_id": "C1",
        "amount": "1800",
        "currency": "EUR",
        "status": "approved",
        "requested_on": "2026-01-02",
    }
    return record(ChangeOrder, **{**base, **changes})


def expense(**changes: Any) -> Expense:
    """A hotel night with its receipt."""
    base = {
        "expense_id": "X1",
        "project_id": "P1",
        "client_id": "C1",
        "incurred_on": "2026-01-12",
        "amount": "1800",
        "currency": "EUR",
        "receipt_attached": True,
        "status": "approved",
    }
    return record(Expense, **{**base, **changes})


def master(**overrides: Record) -> list[Record]:
    """Everything around an invoice; a keyword replaces one record."""
    records: dict[str, Record] = {
        "entity": entity(),
        "client": client(),
        "contract": contract(),
        "project": project(),
        "rate_card": rate_card(),
        "time_entry": time_entry(),
    }
    return list((records | overrides).values())


def clean(number: int = 1) -> list[Record]:
    """An invoice with which nothing is wrong, and its line."""
    return [invoice(number), line(number)]


def write(engine: Engine, records: Iterable[Record]) -> None:
    """Put records into the ledger, committed."""
    with engine.begin() as connection:
        append(connection, list(records))
