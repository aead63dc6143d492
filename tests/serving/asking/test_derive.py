"""From a lever to a question: approvals are asked for only of whom they wait for."""

import pytest

from models.levers.lever import Change, Lever, Owner
from serving.asking.derive import question_of
from serving.asking.schemas import AskKind


def change(kind: str, entity_id: str) -> Change:
    return Change(kind, 0, 1, entity_id, {})


def lever(code: str, *changes: Change, owner_id: str | None = "PM1") -> Lever:
    return Lever(code, "Have PM1 do it", Owner.APPROVER, 5, changes, owner_id=owner_id)


def test_pending_approvals_are_asked_for_and_named() -> None:
    found = question_of(lever("approve_timesheets", change("time_entry", "T1"), change("approval", "A1")))
    assert (found.kind, found.asked_id, found.subjects) == (AskKind.APPROVE, "PM1", (("approval", "A1"),))


@pytest.mark.parametrize("owner_id", ["PM1", None])
def test_hours_that_nobody_was_asked_to_approve_are_asked_about_in_words(owner_id: str | None) -> None:
    found = question_of(lever("approve_timesheets", change("time_entry", "T1"), owner_id=owner_id))
    assert (found.kind, found.subjects) == (AskKind.ANSWER, ())
    assert "Have PM1 do it" in found.text


def test_approvals_of_nobody_known_are_not_asked_for() -> None:
    assert question_of(lever("approve_invoice", change("approval", "A1"), owner_id=None)).kind is AskKind.ANSWER


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        ("accept_milestone", "milestone", "written acceptance of milestone X1"),
        ("file_acceptance", "milestone", "signed acceptance of milestone X1"),
        ("sign_change_order", "change_order", "change order X1"),
        ("attach_receipts", "expense", "receipts of X1"),
    ],
)
def test_papers_are_asked_for_with_what_they_prove(code: str, kind: str, says: str) -> None:
    found = question_of(lever(code, change(kind, "X1"), change("approval", "A1")))
    assert (found.kind, found.subjects) == (AskKind.EVIDENCE, ((kind, "X1"),))
    assert says in found.text
