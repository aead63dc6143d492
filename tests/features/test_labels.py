"""Labels: known outcomes, censoring bounds, and unknown while immature."""

import numpy as np
import pytest

from features.asof import NEVER
from features.labels import Labels, build_labels
from ledger.records import Record
from tests.features.builders import history_of, make, us

ISSUED = make("invoice", known=0, invoice_date=0, due_date=30)
SETTLED = make("invoice", known=50, event=45, invoice_date=0, due_date=30, status="settled", settled_on=45)


def labels(*records: Record, until: float, told_at_settlement: bool = False) -> Labels:
    ids = np.array(["i"], dtype=object)
    history = history_of(*records)
    return build_labels(
        history, ids, np.array([us(0) + 1]), observed_until=us(until), told_at_settlement=told_at_settlement
    )


def test_a_settlement_counts_when_it_is_known_not_when_it_happened() -> None:
    before, after = labels(ISSUED, SETTLED, until=48), labels(ISSUED, SETTLED, until=51)
    assert np.isnan(before.days_late[0])
    assert before.days_late_lower[0] == 18
    assert before.delay_known_at[0] == NEVER
    assert after.days_late[0] == 15
    assert np.isnan(after.days_late_lower[0])
    assert after.delay_known_at[0] == us(50)


def test_an_invoice_closed_without_cash_is_watched_until_then() -> None:
    credited = make("invoice", known=60, invoice_date=0, due_date=30, status="credited")
    found = labels(ISSUED, credited, until=400)
    assert found.days_late_lower[0] == 30
    assert found.disputed[0] == 1
    assert found.dispute_known_at[0] == us(60)


def test_silence_is_unknown_until_the_window_is_over() -> None:
    assert np.isnan(labels(ISSUED, SETTLED, until=121).disputed[0])
    mature = labels(ISSUED, SETTLED, until=121.1)
    assert mature.disputed[0] == 0
    assert mature.dispute_known_at[0] == us(121)


def test_a_dispute_is_positive_as_soon_as_it_is_known() -> None:
    dispute = make("dispute", known=40, dispute_id="d")
    corrected = make("dispute", known=70, dispute_id="d", cause="duplicate", status="resolved")
    assert np.isnan(labels(ISSUED, dispute, until=40).disputed[0])
    found = labels(ISSUED, dispute, corrected, until=80)
    assert (found.disputed[0], found.dispute_cause[0], found.dispute_known_at[0]) == (1, "duplicate", us(40))


@pytest.mark.parametrize(("outcome", "disputed"), [("disputed", 1), ("rebilled", 1), ("clean", 0)])
def test_a_reported_outcome_comes_back_as_a_label(outcome: str, disputed: float) -> None:
    told = make("outcome", known=41, outcome=outcome, cause=None if outcome == "clean" else "rate")
    found = labels(ISSUED, told, until=200)
    assert found.disputed[0] == disputed
    assert found.dispute_cause[0] == (None if outcome == "clean" else "rate")


def test_a_credit_note_is_an_objection() -> None:
    found = labels(ISSUED, make("credit_note", known=41, cause="rate"), until=60)
    assert (found.disputed[0], found.dispute_cause[0]) == (1, "rate")


@pytest.mark.parametrize(("until", "expected"), [(50, np.nan), (51, 0.0)])
def test_where_disputes_are_told_at_settlement_silence_means_none_from_then(until: float, expected: float) -> None:
    found = labels(ISSUED, SETTLED, until=until, told_at_settlement=True)
    np.testing.assert_array_equal(found.disputed, [expected])
    assert labels(ISSUED, until=900, told_at_settlement=True).dispute_known_at[0] == NEVER


def test_release_runs_from_billable_to_issued() -> None:
    draft = make("invoice", known=0, invoice_date=0, status="draft", billable_on=-10)
    issued = make("invoice", known=5, invoice_date=0, billable_on=-10, issued_on=5)
    assert labels(draft, until=3).release_days_lower[0] == 13
    assert labels(draft, issued, until=6).release_days[0] == 15


def test_an_unknown_invoice_has_no_labels() -> None:
    found = labels(make("invoice", invoice_id="other"), until=900)
    assert np.isnan([found.days_late[0], found.days_late_lower[0], found.disputed[0], found.amount[0]]).all()
    assert found.client_id[0] is None
