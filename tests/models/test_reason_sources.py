"""The records behind a reason: those that show it, few, in force, and newest first."""

from typing import Any

import pytest

from ledger.records import Record
from models.assessment import Reason
from models.reason_groups import GROUPS
from models.reason_sources import MOST_RECORDS, with_records_behind
from tests.features.builders import make
from tests.models.levers.draft import NOW, ledger


def _behind(group: str, *more: Record, evidence: tuple[str, ...] = (), **columns: Any) -> list[tuple[str, str]]:
    """(kind, id of the thing) of the records behind a reason of a group."""
    history = ledger(*more, **columns)
    reason = Reason(f"dispute.{group}", "dispute", "", "", None, None, 0.5, evidence)
    (found,) = with_records_behind([reason], history, "i", NOW)
    return [(kind, _entity(history, kind, record_id)) for kind, record_id in found.records]


def _entity(history: Any, kind: str, record_id: int) -> str:
    place = history.column(kind, "record_id").tolist().index(record_id)
    identity = "line_id" if kind == "invoice_line" else "link_id" if kind == "document_link" else f"{kind}_id"
    return str(history.column(kind, identity)[place])


CASES: list[tuple[str, list[Record], list[tuple[str, str]]]] = [
    (
        "time_not_approved",
        [make("time_entry", known=9, time_entry_id="open", status="submitted")],
        [("time_entry", "open")],
    ),
    (
        "approvals_pending",
        [make("approval", known=2, approval_id="A"), make("approval", known=3, approval_id="B", decided_at=3)],
        [("approval", "A")],
    ),
    (
        "slow_approver",
        [make("approval", known=3, approval_id="B", decided_at=3, approver_id="boss")],
        [("approval", "B")],
    ),
    ("milestones", [make("milestone", milestone_id="late")], [("milestone", "late")]),
    (
        "receipts",
        [make("expense", expense_id="x"), make("invoice_line", line_id="2", expense_id="x")],
        [("expense", "x")],
    ),
    ("expenses_not_approved", [make("expense", expense_id="x", status="submitted")], [("expense", "x")]),
    ("rates", [make("rate_card", role="seer")], [("invoice_line", "i-1"), ("rate_card", "rc")]),
    ("change_orders", [make("change_order", change_order_id="CO")], [("change_order", "CO")]),
    (
        "duplicate",
        [make("invoice", invoice_id="twin", amount=800), make("invoice", invoice_id="else", amount=7)],
        [("invoice", "twin")],
    ),
    (
        "client_pays_late",
        [make("invoice", invoice_id="paid", status="settled"), make("invoice", invoice_id="open")],
        [("invoice", "paid")],
    ),
    (
        "client_owes",
        [make("invoice", invoice_id="paid", status="settled"), make("invoice", invoice_id="open")],
        [("invoice", "open")],
    ),
    (
        "client_disputes",
        [
            make("dispute", known=4, dispute_id="D", invoice_id="o"),
            make("credit_note", known=5, credit_note_id="C", invoice_id="o"),
        ],
        [("credit_note", "C"), ("dispute", "D")],
    ),
    (
        "notes",
        [make("note", known=1, note_id="N"), make("note", known=2, note_id="M", invoice_id="other")],
        [("note", "N")],
    ),
    ("rebill", [make("document_link", link_id="L", link="rebills")], [("document_link", "L")]),
    ("transfer", [make("sync_event", sync_event_id="S", success=False)], [("sync_event", "S")]),
    ("billed_hours", [], [("time_entry", "t")]),
]


@pytest.mark.parametrize(("group", "more", "expected"), CASES)
def test_a_reason_names_the_records_that_show_it(
    group: str, more: list[Record], expected: list[tuple[str, str]]
) -> None:
    assert _behind(group, *more) == expected


def test_other_reasons_name_the_invoices_own_records_of_their_kinds() -> None:
    kinds = ("client", "invoice", "contract", "invoice_line", "payment")
    found = _behind("purchase_order", evidence=kinds)
    assert set(found) == {("client", "c"), ("invoice", "i"), ("contract", "k"), ("invoice_line", "i-1")}


@pytest.mark.parametrize("group", GROUPS)
def test_no_reason_is_without_a_record_that_can_be_opened(group: str) -> None:
    assert _behind(group)


def test_no_more_records_are_named_than_a_person_opens_and_the_newest_come_first() -> None:
    many = [make("invoice", known=day, invoice_id=f"o{day}", status="settled") for day in range(15)]
    found = _behind("client_pays_late", *many)
    assert [invoice for _, invoice in found] == [f"o{day}" for day in range(14, 14 - MOST_RECORDS, -1)]


def test_work_without_a_billed_period_falls_back_to_the_invoice() -> None:
    assert _behind("margin", invoice={"period_start": None}) == [("invoice", "i")]
