"""The line checks: what each compares a line or entry with, and that nothing known later counts."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from features.history import History, microseconds, with_records
from features.lines.checks import all_checks
from features.lines.judge import Judged, first_scores, judge
from ledger.records import Record
from tests.features.builders import START, make

LATER = microseconds(START) + 400 * 86_400_000_000


def history_of(records: list[Record]) -> History:
    return with_records(History({}), records)


def bill(day: int, number: int, *lines: dict[str, Any], **columns: Any) -> list[Record]:
    """Invoice ``i<number>`` known on a day, with its lines."""
    invoice = f"i{number}"
    columns = {"project_id": "p", "period_start": date(2024, 1, day), "period_end": date(2024, 1, day)} | columns
    made = [make("invoice", known=day, invoice_id=invoice, **columns)]
    for place, line in enumerate(lines, start=1):
        columns = {"project_id": "p", "role": "dev", "resource_id": "r", "unit": "hour"} | line
        made.append(make("invoice_line", known=day, line_id=f"{invoice}-{place}", invoice_id=invoice, **columns))
    return made


def judged(records: list[Record], check: str, invoice: str) -> Judged:
    found = judge(history_of(records), [invoice], np.array([LATER]))
    return next(one for one in found if one.check == check)


def flat(amount: float) -> dict[str, Any]:
    return {"line_kind": "retainer", "role": None, "resource_id": None, "unit_rate": amount, "amount": amount}


def test_a_flat_fee_is_expected_to_repeat() -> None:
    records = [one for day in range(1, 7) for one in bill(day, day, flat(1_000 + day))] + bill(8, 8, flat(10_000))
    one = judged(records, "flat_amount", "i8")
    assert one.value.tolist() == [10_000]
    assert one.low[0] < 1_004 < one.high[0] < 1_100
    assert one.score[0] > 50
    assert (one.own[0], one.own_beyond[0]) == (4, 0)


def test_what_became_known_later_changes_no_expectation() -> None:
    before = [one for day in range(1, 5) for one in bill(day, day, flat(1_000))] + bill(6, 6, flat(2_000))
    after = [one for day in range(7, 12) for one in bill(day, day, flat(9_000))]
    straight, more = (judged(records, "flat_amount", "i6") for records in (before, before + after))
    assert (straight.low[0], straight.score[0], straight.own[0]) == (more.low[0], more.score[0], more.own[0])


def test_lines_of_the_same_invoice_are_no_history_of_each_other() -> None:
    assert not len(judged(bill(3, 3, flat(100), flat(100)), "flat_amount", "i3").row)


def test_a_rate_is_held_against_the_card_of_the_period_or_of_late_timesheets() -> None:
    card = [
        make("contract", rate_card_id="rc"),
        make("project"),
        make("rate_card"),
        make("rate_card", version="2", rate=110, valid_from=date(2024, 1, 1)),
    ]
    lines = [{"unit_rate": rate, "amount": rate} for rate in (100, 110, 132)]
    one = judged(card + bill(5, 5, *lines, contract_id="k"), "agreed_rate", "i5")
    assert (one.low[0], one.high[0]) == (100, 110)
    np.testing.assert_allclose(one.score, [0, 0, 0.2])


def test_without_a_card_a_rate_is_held_against_what_was_paid_before() -> None:
    records = [one for day in range(1, 5) for one in bill(day, day, {"unit_rate": 90, "amount": 90})]
    one = judged(records + bill(6, 6, {"unit_rate": 135, "amount": 135}), "usual_rate", "i6")
    assert one.low[0] < 90 < one.high[0] < 100
    assert one.score[0] > 10


@pytest.mark.parametrize(("amount", "score"), [(200.0, 0.0), (200.01, 0.0), (210.0, 0.05)])
def test_an_amount_is_held_against_quantity_times_rate(amount: float, score: float) -> None:
    one = judged(bill(2, 2, {"quantity": 2, "amount": amount}), "arithmetic", "i2")
    assert one.score[0] == pytest.approx(score, abs=1e-3)


def test_the_same_work_billed_twice_names_the_other_line() -> None:
    twin = {"quantity": 8, "unit_rate": 100, "amount": 800}
    period = {"period_start": date(2024, 1, 1), "period_end": date(2024, 1, 31)}
    records = bill(2, 2, twin, **period) + bill(9, 9, twin, **period)
    assert judged(records, "repeated_line", "i9").other_id == ["i2-1"]
    assert judged(records, "repeated_line", "i2").other_id == [None]
    fallen = make("invoice", known=5, invoice_id="i2", version="2", status="cancelled", project_id="p")
    assert judged([*records, fallen], "repeated_line", "i9").other_id == [None]


def test_a_person_billed_in_a_role_never_billed_before_stands_out() -> None:
    records = [one for day in range(1, 8) for one in bill(day, day, {})] + bill(9, 9, {"role": "Partner"}, {})
    one = judged(records, "role", "i9")
    assert one.value.tolist() == [0, 1]
    assert one.score[0] > 2
    assert one.score[1] == 0


def test_only_too_many_hours_are_odd_and_weekends_are_seen() -> None:
    entries = [
        make("time_entry", known=day, time_entry_id=f"t{day}", worked_on=date(2024, 1, day), hours=hours)
        for day, hours in ((1, 8), (2, 8), (3, 7), (4, 9), (5, 80), (6, 1))
    ]
    records = entries + bill(8, 8, {}, period_start=date(2024, 1, 5), period_end=date(2024, 1, 6))
    hours, weekend = (judged(records, check, "i8") for check in ("entry_hours", "weekend"))
    assert hours.record_id == ["t5", "t6"]
    assert hours.score[0] > 10
    assert hours.score[1] == 0
    assert weekend.value.tolist() == [0, 1]


def test_one_invoice_is_judged_as_it_is_among_many() -> None:
    records = [one for day in range(1, 9) for one in bill(day, day, flat(1_000 + 30 * day), {"unit_rate": 90 + day})]
    history, ids = history_of(records), [f"i{day}" for day in range(1, 9)]
    many = judge(history, ids, np.full(8, LATER))
    for number, invoice in enumerate(ids):
        for alone, together in zip(judge(history, [invoice], np.array([LATER])), many, strict=True):
            mine = together.query == number
            np.testing.assert_array_equal(alone.score, together.score[mine])
            np.testing.assert_array_equal(alone.parent_beyond, together.parent_beyond[mine])


def test_an_empty_history_has_nothing_to_judge() -> None:
    assert all(not len(one.row) for one in judge(History({}), ["unknown"], np.array([LATER])))
    assert all(not len(scores) for scores in first_scores(History({}), LATER).values())


def test_a_firms_scores_stop_at_the_moment_asked_for() -> None:
    history = history_of([one for day in range(1, 9) for one in bill(day, day, {})])
    until = microseconds(START) + 4 * 86_400_000_000
    assert len(first_scores(history, until)["arithmetic"]) < len(first_scores(history, LATER)["arithmetic"]) == 8
    assert {one.check for one in all_checks(history)} == set(first_scores(history, LATER))
