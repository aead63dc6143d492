"""The training set: what was known later stays hidden, and maturity never asks what the label says."""

from dataclasses import replace

import numpy as np
import pytest

from features.asof import DAY_US, NEVER
from features.history import History, with_records
from ledger.errors import PlainError
from ledger.records import Record
from tests.features.builders import make, us
from training.dataset import (
    Dataset,
    as_observed,
    build_dataset,
    disputes_told_at_settlement,
    late_outcome,
    newest_known_at,
)

WINDOW = 30


def _invoice(name: str, *, known: float, settled: float | None = None, due: int = 10) -> list[Record]:
    """An invoice known on a day, due on day ``due``, and settled (and known to be) on another."""
    records = [make("invoice", known=known, invoice_id=name, due_date=due)]
    if settled is not None:
        records.append(
            make("invoice", known=settled, invoice_id=name, due_date=due, status="settled", settled_on=int(settled))
        )
    return records


def _dispute(name: str, *, known: float) -> Record:
    return make("dispute", known=known, invoice_id=name, dispute_id=f"d-{name}")


def _dataset(*records: Record) -> Dataset:
    end = make("invoice", known=200, invoice_id="end", due_date=230)
    return build_dataset(with_records(History({}), [*records, end]), dispute_window_days=WINDOW)


def test_rows_come_in_order_of_their_moments() -> None:
    data = _dataset(*_invoice("b", known=5), *_invoice("a", known=3), *_invoice("c", known=4))
    assert data.matrix.invoice_ids.tolist() == ["a", "c", "b", "end"]
    assert (np.diff(data.as_of) > 0).all()


def test_an_empty_ledger_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="import or simulate"):
        build_dataset(History({}), dispute_window_days=WINDOW)


def test_observation_ends_just_after_the_newest_invoice_record() -> None:
    data = _dataset(*_invoice("a", known=3, settled=50))
    assert data.observed_until == us(200) + 1
    assert newest_known_at(with_records(History({}), _invoice("a", known=3, settled=50))) == us(50)


def test_settlements_known_later_are_hidden_and_leave_a_bound() -> None:
    data = _dataset(*_invoice("a", known=3, settled=25))
    assert data.labels.days_late[0] == 15
    earlier = as_observed(data, us(20))
    assert np.isnan(earlier.days_late[0])
    assert earlier.days_late_lower[0] == 10
    assert as_observed(data, us(25) + 1).days_late[0] == 15


def test_a_settlement_known_at_the_very_cut_is_hidden() -> None:
    data = _dataset(*_invoice("a", known=3, settled=25))
    assert np.isnan(as_observed(data, us(25)).days_late[0])


def test_an_invoice_credited_before_the_cut_is_not_counted_as_waiting_until_it() -> None:
    credited = make("invoice", known=14, invoice_id="a", due_date=10, status="credited")
    data = _dataset(*_invoice("a", known=3), credited)
    assert as_observed(data, us(100)).days_late_lower[0] == 4
    assert as_observed(data, us(12)).days_late_lower[0] == 2


def test_disputes_are_hidden_until_silence_would_have_been_an_answer() -> None:
    data = _dataset(*_invoice("a", known=3), _dispute("a", known=12))
    assert np.isnan(as_observed(data, us(20)).disputed[0])
    assert as_observed(data, us(10 + WINDOW + 1) + 1).disputed[0] == 1


@pytest.mark.parametrize("disputed", [False, True])
def test_when_a_dispute_label_matures_does_not_depend_on_its_value(disputed: bool) -> None:
    records = [*_invoice("a", known=3), *([_dispute("a", known=12)] if disputed else [])]
    data = _dataset(*records)
    assert data.labels.disputed[0] == disputed
    assert data.dispute_matured_at()[0] == us(10 + WINDOW + 1)


@pytest.mark.parametrize("disputed", [False, True])
def test_a_due_day_that_moves_moves_maturity_for_either_outcome(disputed: bool) -> None:
    sent_late = make("invoice", known=30, invoice_id="a", due_date=60)
    records = [*_invoice("a", known=3), sent_late, *([_dispute("a", known=35)] if disputed else [])]
    data = _dataset(*records)
    assert data.labels.disputed[0] == disputed
    assert data.dispute_matured_at()[0] == us(60 + WINDOW + 1)
    assert data.watched_for(us(70))[0] == 10


def test_a_dispute_after_the_window_is_none_until_it_is_known() -> None:
    data = _dataset(*_invoice("a", known=3), _dispute("a", known=60))
    assert data.dispute_matured_at()[0] == us(10 + WINDOW + 1)
    assert [as_observed(data, us(day)).disputed[0] for day in (59, 61)] == [0, 1]


def test_a_label_that_has_not_matured_never_did() -> None:
    data = _dataset(*_invoice("a", known=3, due=190), _dispute("a", known=12))
    assert data.dispute_matured_at()[0] == NEVER


def test_disputes_told_only_at_settlement_are_noticed() -> None:
    told = with_records(History({}), [*_invoice("a", known=3, settled=25), _dispute("a", known=25)])
    untold = with_records(History({}), [*_invoice("a", known=3, settled=25), _dispute("a", known=24)])
    silent = with_records(History({}), _invoice("a", known=3, settled=25))
    assert [disputes_told_at_settlement(one) for one in (told, untold, silent)] == [True, False, False]


def test_where_disputes_are_told_at_settlement_labels_mature_with_it() -> None:
    data = _dataset(*_invoice("a", known=3, settled=25), _dispute("a", known=25), *_invoice("b", known=4, settled=26))
    assert data.told_at_settlement
    assert data.dispute_matured_at()[:2].tolist() == [us(25), us(26)]
    assert data.labels.disputed[:2].tolist() == [1, 0]


def test_late_is_decided_only_once_the_horizon_has_passed() -> None:
    data = _dataset(
        *_invoice("early", known=1, settled=5),
        *_invoice("late", known=2, settled=40),
        *_invoice("open", known=3),
        *_invoice("recent", known=4, settled=150, due=199),
    )
    outcome = late_outcome(data, after_days=15, until=data.observed_until)
    assert outcome[:3].tolist() == [0, 1, 1]
    # Paid early, but its horizon lies ahead: counting it would favour early payers.
    assert np.isnan(outcome[3:]).all()


def test_where_everything_is_decided_every_row_counts() -> None:
    early, late = _invoice("a", known=1, settled=150, due=199), _invoice("b", known=2, settled=60)
    data = _dataset(*early, *late).rows(np.array([0, 1]))
    assert late_outcome(data, after_days=15, until=data.observed_until).tolist() == [0, 1]


def _booked_late(name: str, *, known: float, settled: int, booked: float) -> list[Record]:
    """An invoice due on day 10, paid on one day and booked as paid on a later one."""
    paid = make("invoice", known=booked, invoice_id=name, due_date=10, status="settled", settled_on=settled)
    return [make("invoice", known=known, invoice_id=name, due_date=10), paid]


def test_what_is_not_booked_yet_is_not_late_yet() -> None:
    slow = [record for name in "abc" for record in _booked_late(name, known=3, settled=12, booked=32)]
    data = _dataset(*slow)
    assert data.booking_days == 20
    # Paid in time but not booked: eleven days after the due day nobody can tell who has paid.
    seen = as_observed(data, us(31))
    assert np.isnan(seen.days_late[:3]).all()
    assert seen.days_late_lower[:3].tolist() == [1, 1, 1]
    assert as_observed(data, us(32) + 1).days_late[:3].tolist() == [2, 2, 2]
    assert np.isnan(late_outcome(data, after_days=0, until=us(25))[:3]).all()


def test_a_settlement_booked_sooner_than_most_waits_for_the_others() -> None:
    slow = [record for name in "abc" for record in _booked_late(name, known=3, settled=12, booked=32)]
    data = _dataset(*slow, *_booked_late("quick", known=3, settled=20, booked=20))
    assert np.isnan(as_observed(data, us(31)).days_late[3])
    assert as_observed(data, us(31)).days_late_lower[3] == 1
    assert as_observed(data, us(41)).days_late[3] == 10


def test_the_digest_changes_with_an_outcome_and_with_a_feature() -> None:
    plain = _dataset(*_invoice("a", known=3, settled=25)).digest
    later = _dataset(*_invoice("a", known=3, settled=26)).digest
    dearer = _dataset(*[record.model_copy(update={"amount": 999}) for record in _invoice("a", known=3, settled=25)])
    assert len({plain, later, dearer.digest}) == 3
    assert _dataset(*reversed(_invoice("a", known=3, settled=25))).digest == plain


def test_a_selection_keeps_features_and_labels_together() -> None:
    data = _dataset(*_invoice("a", known=3, settled=25), *_invoice("b", known=4))
    chosen = data.rows(np.array([1]))
    assert chosen.matrix.invoice_ids.tolist() == chosen.labels.invoice_ids.tolist() == ["b"]
    assert replace(chosen, digest="x").as_of.tolist() == [us(4) + 1]
    assert us(1) == us(0) + DAY_US


def test_a_family_can_be_left_out_to_see_what_it_is_worth() -> None:
    data = _dataset(*_invoice("a", known=3, settled=25))
    bare = data.without("calendar")
    assert np.isnan(bare.matrix.column("due_month")).all()
    np.testing.assert_array_equal(bare.matrix.column("log_amount"), data.matrix.column("log_amount"))
    assert np.isfinite(data.matrix.column("due_month")).all()
    with pytest.raises(PlainError, match=r"no feature family weather; there are .*calendar"):
        data.without("weather")
