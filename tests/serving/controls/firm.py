"""One invoice with whatever surrounds it, and the controls that fire on it."""

from datetime import UTC, datetime
from typing import Any

from features.history import History, microseconds, with_records
from ledger.records import Approval, CreditNote, DocumentLink, FxRate, Record, SyncEvent
from serving.controls.control import Hit
from serving.controls.evaluate import evaluate
from serving.controls.facts import Facts, facts_of
from serving.controls.known import Known
from serving.controls.load import load_controls
from serving.controls.ruleset import ControlSet
from tests.serving.factories import NOW, clean, master, record

CONTROLS = load_controls()
FIRM = [*master(), *clean()]
V2: dict[str, Any] = {"version": "2"}


def facts(*more: Record, invoice_id: str = "INV-1", now: datetime = NOW) -> Facts:
    """The facts of an invoice of the small firm and some more records."""
    return facts_of(Known(with_records(History({}), [*FIRM, *more]), microseconds(now)), invoice_id)


def hits(
    *more: Record, invoice_id: str = "INV-1", controls: ControlSet = CONTROLS, now: datetime = NOW
) -> dict[str, Hit]:
    """Control id → hit."""
    return {hit.control_id: hit for hit in evaluate(controls, facts(*more, invoice_id=invoice_id, now=now))}


def link(kind: str, other: str = "INV-7", *, mine: bool = True, client_id: str = "C1") -> Any:
    """INV-1 points at another document, or the other at it."""
    ends = ("INV-1", other) if mine else (other, "INV-1")
    return record(
        DocumentLink, link_id=f"D-{kind}-{other}", link=kind, client_id=client_id, from_kind="invoice",
        from_id=ends[0], to_kind="invoice", to_id=ends[1],
    )  # fmt: skip


def approval(decision: str | None, **changes: Any) -> Any:
    """Finance was asked to approve INV-1."""
    asked = datetime(2026, 1, 4, 9, tzinfo=UTC)
    base = {"approval_id": "A1", "subject_kind": "invoice", "subject_id": "INV-1", "approver_id": "FIN"}
    answered = {"requested_at": asked, "decided_at": asked if decision else None, "decision": decision}
    return record(Approval, **{**base, **answered, **changes})


def credit_note(amount: str, invoice_id: str = "INV-1") -> Any:
    """Money given back."""
    return record(
        CreditNote, credit_note_id=f"CN-{invoice_id}", invoice_id=invoice_id, client_id="C1", amount=amount,
        currency="EUR", cause="rate", issued_on="2026-01-20",
    )  # fmt: skip


def sync(number: int, *, success: bool) -> Any:
    """One attempt to move INV-1 between systems; later numbers come later."""
    known = datetime(2026, 1, 6, number, tzinfo=UTC)
    return record(
        SyncEvent, sync_event_id=f"S{number}", system="erp", object_kind="invoice", object_id="INV-1",
        success=success, known_at=known, event_at=known,
    )  # fmt: skip


def quote(day: str) -> Any:
    """What a euro was worth on a day."""
    return record(FxRate, currency="EUR", group_currency="USD", rate="1.1", valid_on=day)
