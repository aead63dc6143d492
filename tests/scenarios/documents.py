"""Records that the small firm of the factories has none of: links, credits, exchange rates, integration events."""

from typing import Any

from ledger.records import CreditNote, Dispute, DocumentLink, FxRate, Record, SyncEvent
from tests.serving.factories import invoice, line, record

JANUARY: dict[str, Any] = {"period_start": "2026-01-01", "period_end": "2026-01-31"}


def link(one: str, kind: str, other: str, *, client_id: str = "C1") -> Any:
    """One invoice credits, rebills, mirrors or is part of another."""
    ends = {"from_kind": "invoice", "from_id": one, "to_kind": "invoice", "to_id": other}
    return record(DocumentLink, link_id=f"{one}-{kind}-{other}", link=kind, client_id=client_id, **ends)


def billed(number: int, amount: str, *, version: str = "1", **changes: Any) -> list[Record]:
    """An invoice for January over a fixed fee, and its line."""
    fee = {"line_kind": "fixed_fee", "quantity": "1", "unit_rate": amount, "role": None, "resource_id": None}
    header = {"billing_method": "fixed_fee", "amount": amount, **JANUARY, **changes}
    return [invoice(number, version=version, **header), line(number, version=version, amount=amount, **fee)]


def credit_note(number: int, amount: str, invoice_id: str = "INV-1") -> Any:
    """Money given back."""
    given = {"amount": amount, "currency": "EUR", "cause": "rate", "issued_on": "2026-02-05"}
    return record(CreditNote, credit_note_id=f"CN-{number}", invoice_id=invoice_id, client_id="C1", **given)


def dispute(**changes: Any) -> Any:
    """The client objects to the rate of INV-1."""
    said = {"cause": "rate", "status": "open", "opened_on": "2026-02-03", **changes}
    return record(Dispute, dispute_id="D-1", invoice_id="INV-1", client_id="C1", **said)


def quote(currency: str, rate: str, day: str) -> Any:
    """What a unit of a currency is worth in euros on a day."""
    worth = {"group_currency": "EUR", "rate": rate, "valid_on": day}
    return record(FxRate, source_id=f"{currency}-{day}", currency=currency, **worth)


def sync(number: int, *, success: bool, message: str | None = None) -> Any:
    """An attempt of the integration to move INV-1 from the billing system to the ERP."""
    moved = {"system": "psa-to-erp", "object_kind": "invoice", "object_id": "INV-1"}
    return record(SyncEvent, sync_event_id=f"S-{number}", success=success, message=message, **moved)
