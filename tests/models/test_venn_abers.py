"""Venn-Abers: the numbers of the reference package, bounds in order, and a table that stays small."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from venn_abers import VennAbers

from models.arrays import FloatArray, to_probability
from models.calibration import fit_isotonic, fit_venn_abers
from models.venn_abers import MOST_KNOTS, venn_abers_bounds, venn_abers_table


def _drawn(n: int, seed: int, decimals: int = 6) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    probability = np.round(rng.beta(1.0, 4.0, n), decimals).clip(0.001, 0.999)
    return probability, (rng.random(n) < probability**1.3).astype(float)


def _reference(probability: FloatArray, outcome: FloatArray, new: FloatArray) -> FloatArray:
    peer = VennAbers()
    with warnings.catch_warnings():  # what the package divides by zero on its way concerns the package
        warnings.simplefilter("ignore")
        peer.fit(np.column_stack([1 - probability, probability]), outcome)
    merged: FloatArray = peer.predict_proba(np.column_stack([1 - new, new]))[0][:, 1]
    return merged


@pytest.mark.parametrize(("n", "seed", "decimals"), [(30, 1, 6), (150, 2, 6), (240, 3, 6), (240, 4, 2), (900, 5, 2)])
def test_it_gives_the_numbers_of_the_reference_package(n: int, seed: int, decimals: int) -> None:
    probability, outcome = _drawn(n, seed, decimals)
    new = np.concatenate([np.random.default_rng(9).random(400), [0.0005, 0.9995]])
    ours = fit_venn_abers(probability, outcome)(new)
    np.testing.assert_allclose(ours, np.clip(_reference(probability, outcome, new), 1e-6, 1 - 1e-6), atol=1e-12)


def test_at_the_calibration_scores_themselves_it_agrees_too() -> None:
    probability, outcome = _drawn(200, 6)
    # The very numbers must be asked for: on the way to log-odds and back a score may land beside its knot.
    ours = fit_venn_abers(probability, outcome)(probability)
    np.testing.assert_allclose(ours, _reference(probability, outcome, probability), atol=1e-12)


def test_four_rows_by_hand() -> None:
    # Scores 1, 2 with outcomes 0 and 1. A new 0 at 1 gives means 0, 1; at 2 it gives 0, 1/2. A new 1 mirrors that.
    lower, upper = venn_abers_bounds(np.array([0.0, 1.0]), np.ones(2))
    np.testing.assert_allclose(lower, [0.0, 0.0, 0.5])
    np.testing.assert_allclose(upper, [0.5, 1.0, 1.0])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 120))
def test_the_bounds_never_fall_and_hold_the_merger_between_them(seed: int, n: int) -> None:
    probability, outcome = _drawn(n, seed)
    order = np.argsort(probability)
    lower, upper = venn_abers_bounds(outcome[order], np.ones(n))
    assert (np.diff(lower) >= -1e-12).all()
    assert (np.diff(upper) >= -1e-12).all()
    assert (lower <= upper + 1e-12).all()
    _, out = venn_abers_table(probability, outcome)
    assert (np.diff(out) >= -1e-9).all()


def test_unlike_isotonic_steps_it_never_says_never_on_few_rows() -> None:
    probability, outcome = np.linspace(0.01, 0.99, 40), np.repeat([0.0, 1.0], 20)
    new = np.array([0.02])
    assert fit_venn_abers(probability, outcome)(new)[0] > fit_isotonic(probability, outcome)(new)[0]


def test_many_scores_are_joined_to_a_table_that_stays_small_and_close() -> None:
    probability, outcome = _drawn(5_000, 8)
    places, _ = venn_abers_table(probability, outcome)
    assert len(places) <= 3 * MOST_KNOTS
    new = np.linspace(0.02, 0.8, 50)
    exact = _reference(probability, outcome, new)
    assert np.abs(fit_venn_abers(probability, outcome)(new) - exact).mean() < 0.02


def test_ties_stay_together_when_scores_are_joined() -> None:
    probability = np.concatenate([np.full(3_000, 0.1), np.linspace(0.2, 0.9, 1_000)])
    places, _ = venn_abers_table(probability, np.random.default_rng(1).integers(0, 2, 4_000).astype(float))
    assert to_probability(places[1:2])[0] == pytest.approx(0.1)
