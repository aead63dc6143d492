"""Levers on papers: acceptance, receipts, signatures, for what the lines bill."""

from typing import Any

import pytest

from ledger.records.billing import Cause
from models.levers.lever import TO_BE_FILED, Lever
from tests.features.builders import make
from tests.models.levers.draft import NOW, levers, only

DAY = NOW // 86_400_000_000


def billing(column: str, line_kind: str) -> dict[str, dict[str, Any]]:
    """The draft's only line bills something else than time."""
    return {"invoice_line": {"line_kind": line_kind, "role": None, "resource_id": None, column: "x"}}


def milestone(code: str, **columns: Any) -> Lever:
    return only(code, make("milestone", known=5, milestone_id="x", **columns), **billing("milestone_id", "milestone"))


def test_a_delivered_milestone_waits_for_the_client() -> None:
    lever = milestone("accept_milestone", status="delivered")
    assert lever.sentence == "Get the client's written acceptance of milestone x, and file it"
    assert (lever.owner_id, lever.cause) == ("boss", Cause.MILESTONE_NOT_ACCEPTED)
    assert dict(lever.changes[0].columns) == {"status": "accepted", "accepted_on": DAY, "evidence_ref": TO_BE_FILED}


def test_an_accepted_milestone_without_the_paper_needs_only_the_paper() -> None:
    lever = milestone("file_acceptance", status="accepted")
    assert dict(lever.changes[0].columns) == {"evidence_ref": TO_BE_FILED}


def test_an_accepted_and_filed_milestone_is_in_order() -> None:
    done = make("milestone", known=5, milestone_id="x", status="accepted", evidence_ref="ACC-1")
    assert levers(done, **billing("milestone_id", "milestone")) == {}


def test_a_milestone_that_is_not_billed_is_not_this_invoices_matter() -> None:
    assert levers(make("milestone", known=5, milestone_id="other", status="delivered")) == {}


def test_a_pending_request_to_the_client_is_answered_with_the_acceptance() -> None:
    request = make("approval", known=6, subject_kind="milestone", subject_id="x", approver_id="client")
    waiting = make("milestone", known=5, milestone_id="x", status="delivered")
    lever = only("accept_milestone", request, waiting, **billing("milestone_id", "milestone"))
    assert [change.kind for change in lever.changes] == ["milestone", "approval"]


def test_a_billed_change_order_is_signed_first() -> None:
    pending = make("change_order", known=5, change_order_id="x")
    lever = only("sign_change_order", pending, **billing("change_order_id", "change_order"))
    assert dict(lever.changes[0].columns) == {"status": "approved"}
    assert lever.cause is Cause.CHANGE_ORDER


@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_a_decided_change_order_cannot_be_signed(status: str) -> None:
    decided = make("change_order", known=5, change_order_id="x", status=status)
    assert levers(decided, **billing("change_order_id", "change_order")) == {}


def test_missing_receipts_are_attached() -> None:
    bare = make("expense", known=5, expense_id="x", status="approved")
    lever = only("attach_receipts", bare, **billing("expense_id", "expense"))
    assert lever.sentence == "Attach the receipts of 1 billed expense (x)"
    assert dict(lever.changes[0].columns) == {"receipt_attached": 1.0}


def test_a_billed_expense_is_approved_with_the_request_about_it() -> None:
    waiting = make("expense", known=5, expense_id="x", status="submitted", receipt_attached=True)
    request = make("approval", known=6, subject_kind="expense", subject_id="x", approver_id="boss")
    lever = only("approve_expenses", waiting, request, **billing("expense_id", "expense"))
    assert [change.kind for change in lever.changes] == ["expense", "approval"]
    assert lever.cause is None
