"""Betting against the null: a valid p-value for money at its very boundary, strong where little is lost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.arrays import FloatArray
from models.bets import money_p_values


def _drawn(n: int, share: float, seed: int) -> tuple[FloatArray, FloatArray]:
    """Skewed weights, and outcomes of which ``share`` of the money goes bad whatever the invoice."""
    rng = np.random.default_rng(seed)
    return np.minimum(rng.lognormal(-1.0, 1.0, n), 1.0), (rng.random(n) < share).astype(float)


@pytest.mark.parametrize("delta", [0.05, 0.1, 0.2])
def test_at_the_boundary_the_p_value_is_small_no_more_often_than_it_says(delta: float) -> None:
    small = [money_p_values(*_drawn(400, 0.05, seed), alpha=0.05)[-1] <= delta for seed in range(600)]
    assert np.mean(small) <= delta + 3 * np.sqrt(delta * (1 - delta) / 600)


def test_it_is_valid_where_large_invoices_carry_the_risk() -> None:
    small = []
    for seed in range(600):
        rng = np.random.default_rng(seed)
        weight = np.where(rng.random(300) < 0.1, 1.0, 0.05)
        # Half of the money is in the large ones; at 7 % there and 3 % elsewhere, just over 5 % of it is lost.
        bad = (rng.random(300) < np.where(weight == 1.0, 0.071, 0.03)).astype(float)
        small.append(money_p_values(weight, bad, alpha=0.05)[-1] <= 0.1)
    assert np.mean(small) <= 0.1 + 0.037


def test_where_little_is_lost_the_evidence_grows_with_the_rows() -> None:
    few, many = (money_p_values(*_drawn(n, 0.01, 1), alpha=0.05)[-1] for n in (200, 2_000))
    assert many < 1e-6 < few


def test_spotless_full_caps_are_worth_almost_what_the_exact_count_says() -> None:
    p_value = money_p_values(np.ones(100), np.zeros(100), alpha=0.05)[-1]
    assert 0.95**100 <= p_value <= 10 * 0.95**100


def test_worthless_invoices_prove_nothing() -> None:
    np.testing.assert_array_equal(money_p_values(np.zeros(50), np.zeros(50), alpha=0.05), np.ones(50))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 99), st.floats(0.01, 0.5))
def test_one_more_loss_never_lowers_a_p_value(seed: int, place: int, alpha: float) -> None:
    weight, bad = _drawn(100, 0.1, seed)
    worse = bad.copy()
    worse[place] = 1.0
    before, after = (money_p_values(weight, outcome, alpha=alpha) for outcome in (bad, worse))
    assert (after >= before - 1e-12).all()
    assert ((before > 0) & (before <= 1)).all()
