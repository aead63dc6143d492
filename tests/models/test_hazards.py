"""Discrete-time survival: expansion against a slow reference, and hazards recovered from simulated payments."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.arrays import FloatArray, to_probability
from models.hazards import EDGES, DiscreteHazards, expand
from models.learners.linear import LinearLearner

DAYS = st.integers(-60, 150).map(float)
INVOICES = st.lists(st.tuples(DAYS, st.booleans()), max_size=30)


def _reference(days_late: list[float], open_for: list[float]) -> list[tuple[int, int, float]]:
    """Invoice by invoice, interval by interval, in the words of the definition."""
    table = []
    for invoice, (late, waited) in enumerate(zip(days_late, open_for, strict=True)):
        for interval, end in enumerate(EDGES):
            start = EDGES[interval - 1] if interval else -math.inf
            if not math.isnan(late):
                if late > start:
                    table.append((invoice, interval, float(late <= end)))
            elif waited > end:
                table.append((invoice, interval, 0.0))
    return table


@settings(max_examples=100, deadline=None)
@given(INVOICES)
def test_expansion_agrees_with_the_definition(invoices: list[tuple[float, bool]]) -> None:
    days_late = [math.nan if is_open else day for day, is_open in invoices]
    open_for = [day if is_open else math.nan for day, is_open in invoices]
    rows, interval, paid = expand(np.array(days_late), np.array(open_for))
    assert list(zip(rows.tolist(), interval.tolist(), paid.tolist(), strict=True)) == _reference(days_late, open_for)


def test_an_open_invoice_is_used_only_for_the_intervals_that_it_survived() -> None:
    rows, interval, paid = expand(np.array([np.nan]), np.array([8.0]))
    assert EDGES[interval].tolist() == [-30, -14, -7, -3, 0, 3, 7]
    assert paid.sum() == 0
    assert set(rows.tolist()) == {0}


def test_the_day_that_is_not_over_yet_is_not_survived() -> None:
    _, interval, _ = expand(np.array([np.nan]), np.array([7.0]))
    assert EDGES[interval].max() == 3


def test_an_invoice_of_which_nothing_is_known_adds_nothing_false() -> None:
    rows, _, _ = expand(np.array([np.nan, 2.0]), np.array([-40.0, np.nan]))
    assert set(rows.tolist()) == {1}


def _paid_by_hazards(n: int, slope: float, seed: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rows, days late and true P(days late > edge): log-odds of payment -1.5 + slope · x in every interval."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    hazard = to_probability(-1.5 + slope * x)
    interval = np.minimum(rng.geometric(hazard) - 1, len(EDGES))
    ends = np.append(EDGES, EDGES[-1] + 30)
    truth = (1 - hazard)[:, None] ** np.arange(1, len(EDGES) + 1)
    return x[:, None], ends[interval], truth


def _fit(X: FloatArray, days_late: FloatArray, open_for: FloatArray) -> DiscreteHazards:
    return DiscreteHazards({"linear": LinearLearner(1.0)}, {"linear": 1.0}).fit(X, days_late, open_for)


def test_known_hazards_are_recovered() -> None:
    X, days_late, truth = _paid_by_hazards(6_000, slope=0.6, seed=3)
    survival = _fit(X, days_late, np.full(len(X), np.nan)).survival(X)
    assert np.abs(survival - truth).mean() < 0.02


def test_known_hazards_are_recovered_although_half_of_the_invoices_are_still_open() -> None:
    X, days_late, truth = _paid_by_hazards(6_000, slope=0.6, seed=4)
    looked_after = np.random.default_rng(5).integers(-20, 20, len(X)).astype(float)
    is_open = days_late >= looked_after
    survival = _fit(X, np.where(is_open, np.nan, days_late), np.where(is_open, looked_after, np.nan)).survival(X)
    settled_only = _fit(X[~is_open], days_late[~is_open], np.full((~is_open).sum(), np.nan)).survival(X)
    fifteen = int(np.searchsorted(EDGES, 15))
    assert np.abs(survival - truth)[:, fifteen].mean() < 0.03
    assert np.abs(settled_only - truth)[:, fifteen].mean() > 0.08


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1_000))
def test_survival_never_grows_and_stays_within_zero_and_one(seed: int) -> None:
    X, days_late, _ = _paid_by_hazards(300, slope=1.0, seed=seed)
    survival = _fit(X, days_late, np.full(len(X), np.nan)).survival(10 * X)
    assert (np.diff(survival, axis=1) <= 0).all()
    assert ((survival >= 0) & (survival <= 1)).all()


def test_contributions_speak_of_being_late_and_not_of_paying() -> None:
    X, days_late, _ = _paid_by_hazards(3_000, slope=1.0, seed=6)
    shares = _fit(X, days_late, np.full(len(X), np.nan)).contributions(np.array([[2.0], [-2.0]]), edge=15)
    assert shares[0, 0] < 0 < shares[1, 0]


def test_centers_are_the_mean_days_of_the_payments_in_each_interval() -> None:
    late = np.array([-40.0, -40.0, 1.0, 3.0, 2.0, 100.0, 200.0])
    centers = _fit(np.arange(7.0)[:, None], late, np.full(7, np.nan)).centers_
    assert centers[0] == -40
    assert centers[int(np.searchsorted(EDGES, 3))] == 2
    assert centers[-1] == 150


def test_prediction_in_chunks_gives_the_same_hazards(monkeypatch: pytest.MonkeyPatch) -> None:
    X, days_late, _ = _paid_by_hazards(300, slope=0.5, seed=7)
    hazards = _fit(X, days_late, np.full(len(X), np.nan))
    whole = hazards.log_odds(X)
    monkeypatch.setattr("models.hazards._CHUNK", 37)
    np.testing.assert_allclose(hazards.log_odds(X), whole, atol=1e-12)
