"""Reviewers of the rehearsal decide what the service accepts, mostly rightly, and never ask twice."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cli.rehearsal.fates import Fate
from cli.rehearsal.hours import draws_of
from cli.rehearsal.judging import View, choose, stopped_after_all
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.queue.decide import DecisionRequest

STOPPING = {ReviewAction.HOLD, ReviewAction.CORRECT, ReviewAction.WRITE_OFF_REQUEST}
causes = st.sampled_from(list(Cause))
hits = st.lists(
    st.fixed_dictionaries({"severity": st.sampled_from(["hard_stop", "review", "warning"]), "cause": causes}),
    max_size=3,
)


def view(number: int, *hits: dict[str, Any], objection: Cause | None = None, turn: int = 0, sent: bool = False) -> View:
    return View(f"INV-{number}", hits, Fate("C1", (), objection), turn, sent)


@settings(max_examples=60)
@given(st.integers(0, 10_000), hits, st.none() | causes, st.integers(0, 3), st.booleans())
def test_every_choice_is_a_decision_that_the_service_takes(
    number: int, fired: list[dict[str, Any]], objection: Cause | None, turn: int, sent: bool
) -> None:
    before_them = view(number, *fired, objection=objection, turn=turn, sent=sent)
    for choice in (choose(before_them, draws_of(1)), stopped_after_all(before_them, draws_of(1))):
        DecisionRequest(action=choice.action, fence=1, reason_code=choice.reason, note=choice.note)


def test_nobody_asks_or_escalates_twice() -> None:
    seen = {choose(view(number, turn=1), draws_of(1)).action for number in range(300)}
    assert seen == {ReviewAction.RELEASE, ReviewAction.HOLD}


def test_what_went_out_is_not_stopped_any_more() -> None:
    stop = {"severity": "hard_stop", "cause": "rate"}
    assert {choose(view(number, stop, sent=True), draws_of(1)).action for number in range(50)} == {ReviewAction.RELEASE}


def test_more_is_stopped_of_what_the_client_would_object_to_and_most_when_a_control_names_it() -> None:
    named = {"severity": "warning", "cause": "rate"}

    def stopped(*fired: dict[str, Any], objection: Cause | None) -> int:
        choices = (choose(view(number, *fired, objection=objection), draws_of(1)) for number in range(400))
        return sum(choice.action in STOPPING for choice in choices)

    clean, unseen, seen = stopped(objection=None), stopped(objection=Cause.RATE), stopped(named, objection=Cause.RATE)
    assert clean < 20 < unseen < 140 < seen < 400


def test_the_cause_is_mostly_the_true_one() -> None:
    fired = {"severity": "warning", "cause": "other"}
    found = [choose(view(number, fired, objection=Cause.RATE), draws_of(1)) for number in range(400)]
    reasons = [choice.reason for choice in found if choice.action in STOPPING]
    assert 0.8 < reasons.count(Cause.RATE) / len(reasons) < 1.0
