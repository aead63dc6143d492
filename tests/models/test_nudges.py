"""Nudges: the answers that free the most cash come first, and none costs cash."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from features.recordset import History
from ledger.records import Record
from models.delay import DelayModel
from models.nudges import Nudge, by_holder, rank_approvals
from tests.features.builders import history_of, make
from tests.models.fearful import fearful_delay
from tests.models.levers.draft import NOW, draft, ledger

CLOSE = date(2024, 2, 8)  # day 38: eight days on, 24 after the work was billable
ASKED = {"approver_id": "slow", "approver_role": "client"}


def _model() -> DelayModel:
    return fearful_delay("approvals_pending")


def _rank(history: History, amount: float = 1000.0, close: date = CLOSE) -> tuple[Nudge, ...]:
    return rank_approvals(history, {"i": amount}, NOW, close, _model())


def _asked(known: int = 25, **columns: Any) -> Record:
    return make("approval", known=known, **{**ASKED, **columns})


def test_an_answer_is_worth_the_chance_that_it_gives_times_the_amount() -> None:
    (nudge,) = _rank(ledger(_asked(approval_id="A")))
    assert nudge.sent_then > nudge.sent_now + 0.1
    assert nudge.gain == pytest.approx(1000.0 * (nudge.sent_then - nudge.sent_now))
    assert (nudge.approvals, nudge.waiting_days, nudge.approver_role) == (("A",), 5.0, "client")
    assert nudge.sentence == "Ask slow to answer 1 request on i, open for 5 days"


def test_one_persons_requests_on_a_draft_are_one_nudge_the_oldest_first() -> None:
    (nudge,) = _rank(ledger(_asked(27, approval_id="B"), _asked(24, approval_id="A", subject_kind="invoice",
                                                               subject_id="i")))  # fmt: skip
    assert nudge.approvals == ("A", "B")
    assert nudge.waiting_days == 6.0


def test_granting_also_makes_the_record_what_was_asked_for() -> None:
    both = [_asked(subject_id="t"), make("time_entry", known=9, time_entry_id="t", worked_on=7, status="submitted")]
    model = fearful_delay("unapproved_time_count")
    history = history_of(*draft(time_entry=None), *both)
    (nudge,) = rank_approvals(history, {"i": 100.0}, NOW, CLOSE, model)
    assert nudge.gain > 0


def test_people_are_ranked_by_what_their_answers_free() -> None:
    history = ledger(*[_asked(approval_id=f"a{n}", approver_id="many") for n in range(2)], _asked(approval_id="b"))
    nudges = _rank(history)
    assert [nudge.approver_id for nudge in nudges] == ["many", "slow"]
    holders = by_holder(nudges)
    assert [(holder.approver_id, holder.gain) for holder in holders] == [
        (nudge.approver_id, nudge.gain) for nudge in nudges
    ]


def test_a_persons_drafts_are_added_up_and_ties_are_broken_by_id() -> None:
    (one,) = _rank(ledger(_asked()))
    some = [replace(one, invoice_id="b"), replace(one, invoice_id="a"), replace(one, approver_id="z", amount=2500.0)]
    first, second = by_holder(some)
    assert (first.approver_id, second.approver_id) == ("z", "slow")
    assert second.gain == pytest.approx(2 * one.gain)
    assert [nudge.invoice_id for nudge in second.nudges] == ["a", "b"]


def test_an_answer_that_would_cost_cash_gains_nothing_and_says_so() -> None:
    (nudge,) = _rank(ledger(_asked()))
    worse = replace(nudge, sent_then=nudge.sent_now - 0.1)
    assert worse.gain == 0.0
    assert replace(nudge, amount=-500.0).gain == 0.0


def test_after_the_close_nothing_is_freed() -> None:
    (nudge,) = _rank(ledger(_asked()), close=date(2024, 1, 5))
    assert (nudge.sent_now, nudge.sent_then, nudge.gain) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("columns", [{"status": "issued"}, {"billable_on": None}])
def test_what_has_gone_out_or_has_no_clock_is_skipped(columns: dict[str, Any]) -> None:
    assert _rank(ledger(_asked(), invoice=columns)) == ()


def test_without_pending_requests_or_a_release_clock_there_is_nothing_to_rank() -> None:
    assert _rank(ledger()) == ()
    silent = replace(_model(), release=None)
    assert rank_approvals(ledger(_asked()), {"i": 1.0}, NOW, CLOSE, silent) == ()
