"""Levers on approvals: only hours that are billed, and only what nobody has approved."""

from typing import Any

from ledger.records import Record
from ledger.records.billing import Cause
from models.levers.find import find_levers
from models.levers.lever import Owner
from tests.features.builders import make
from tests.models.levers.draft import NOW, ledger, levers, only

SUBMITTED: dict[str, Any] = {"status": "submitted"}


def entry(time_entry_id: str, worked_on: int, hours: float = 8, **columns: Any) -> Record:
    return make("time_entry", known=worked_on + 1, time_entry_id=time_entry_id, worked_on=worked_on, hours=hours,
                **columns)  # fmt: skip


def test_billed_hours_that_nobody_approved_are_approved() -> None:
    lever = only("approve_timesheets", time_entry=SUBMITTED)
    assert lever.sentence == "Have boss approve 1 billed timesheet (8 hours: t)"
    assert (lever.owner, lever.owner_id, lever.cause) == (Owner.APPROVER, "boss", Cause.HOURS_NOT_APPROVED)
    assert dict(lever.changes[0].columns) == {"status": "approved"}


def test_a_pending_request_names_the_approver_and_is_answered_with_it() -> None:
    request = make("approval", known=9, approver_id="deputy", subject_id="t")
    lever = only("approve_timesheets", request, time_entry=SUBMITTED)
    assert lever.owner_id == "deputy"
    answer = lever.changes[1]
    assert (answer.kind, dict(answer.columns)) == ("approval", {"decided_at": NOW - 1, "decision": "approved"})


def test_hours_of_two_approvers_are_two_levers() -> None:
    requests = [make("approval", known=9, approval_id=f"a{who}", approver_id=who, subject_id=who) for who in "xy"]
    half = [entry("x", 2, 4, **SUBMITTED), entry("y", 3, 4, **SUBMITTED)]
    found = find_levers(ledger(*requests, *half, time_entry=None), "i", NOW)
    assert [lever.owner_id for lever in found] == ["x", "y"]


def test_hours_that_a_careful_manager_left_out_are_not_wrong_here() -> None:
    assert levers(entry("later", 10, **SUBMITTED)) == {}


def test_work_after_the_period_is_for_the_next_invoice() -> None:
    late = [entry("next", 14, **SUBMITTED)]
    assert levers(*late, invoice_line={"quantity": 9, "amount": 900}, invoice={"amount": 900}) == {}


def test_hours_of_the_last_period_approved_since_account_for_a_longer_bill() -> None:
    late = make("time_entry", known=3, time_entry_id="old", worked_on=-5, hours=4)
    waiting = entry("w", 10, 4, **SUBMITTED)
    bill: dict[str, Any] = {"invoice_line": {"quantity": 12, "amount": 1200}, "invoice": {"amount": 1200}}
    assert levers(late, waiting, **bill) == {}
    assert set(levers(waiting, **bill)) == {"approve_timesheets"}


def test_another_persons_open_hours_are_not_to_blame() -> None:
    other = entry("o", 5, 8, resource_id="someone", **SUBMITTED)
    assert levers(other, invoice_line={"quantity": 9, "amount": 900}, invoice={"amount": 900}) == {}


def test_a_line_that_names_nobody_may_bill_anybodys_hours() -> None:
    other = entry("o", 5, 1, resource_id="someone", **SUBMITTED)
    line = {"resource_id": None, "quantity": 9, "amount": 900}
    assert set(levers(other, invoice_line=line, invoice={"amount": 900})) == {"approve_timesheets"}


def test_hours_behind_a_fixed_fee_are_nobodys_business() -> None:
    assert levers(time_entry=SUBMITTED, invoice_line={"line_kind": "fixed_fee", "role": None}) == {}


def test_the_invoices_own_request_is_answered() -> None:
    request = make("approval", known=21, approval_id="A", subject_kind="invoice", subject_id="i", approver_id="cfo")
    lever = only("approve_invoice", request)
    assert lever.sentence == "Have cfo answer the approval request A for this invoice"
    assert lever.owner_id == "cfo"


def test_an_answered_request_is_no_lever() -> None:
    asked: dict[str, Any] = {"approval_id": "A", "subject_id": "i", "requested_at": 21}
    assert levers(make("approval", known=21, **asked), make("approval", known=22, decided_at=22, **asked)) == {}
