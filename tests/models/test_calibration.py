"""Calibration: known distortions are undone, maps stay monotone, and too little data changes nothing."""

from collections.abc import Callable

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.arrays import FloatArray, log_loss, to_logit, to_probability
from models.calibration import IDENTITY, Calibrator, choose_calibrator, fit_beta, fit_isotonic, fit_venn_abers

GRID = np.linspace(0.0, 1.0, 101)


def _drawn(truth: FloatArray, seed: int = 1) -> FloatArray:
    return (np.random.default_rng(seed).random(len(truth)) < truth).astype(float)


def _overconfident(n: int, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """True probabilities, and the twice too confident ones that a model would report."""
    log_odds = np.random.default_rng(seed).normal(-0.5, 1.0, n)
    return to_probability(log_odds), to_probability(2 * log_odds + 0.7)


def test_beta_calibration_undoes_a_known_distortion() -> None:
    truth, reported = _overconfident(20_000)
    calibrated = fit_beta(reported, _drawn(truth))(reported)
    assert np.abs(calibrated - truth).max() < 0.03
    assert np.abs(reported - truth).mean() > 0.08


def test_beta_calibration_leaves_honest_probabilities_alone() -> None:
    truth, _ = _overconfident(20_000)
    assert np.abs(fit_beta(truth, _drawn(truth))(truth) - truth).mean() < 0.01


def test_beta_calibration_stays_near_the_identity_on_a_handful_of_rows() -> None:
    probability = np.array([0.2, 0.3, 0.4, 0.6])
    calibrated = fit_beta(probability, np.array([0.0, 0.0, 0.0, 1.0]))(probability)
    assert np.abs(calibrated - probability).max() < 0.25


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(60, 300))
def test_isotonic_and_beta_maps_never_fall(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    probability, outcome = rng.random(n), (rng.random(n) < 0.4).astype(float)
    for fit in (fit_beta, fit_isotonic, fit_venn_abers):
        assert (np.diff(fit(probability, outcome)(GRID)) >= -1e-12).all()


def test_isotonic_steps_follow_the_observed_shares() -> None:
    probability = np.repeat([0.1, 0.9], 500)
    outcome = np.concatenate([np.repeat([1.0, 0.0], [150, 350]), np.repeat([1.0, 0.0], [300, 200])])
    np.testing.assert_allclose(fit_isotonic(probability, outcome)(np.array([0.1, 0.9])), [0.3, 0.6], atol=1e-9)


def test_a_block_of_zeros_does_not_prove_impossibility() -> None:
    probability, outcome = np.linspace(0.01, 0.99, 200), np.repeat([0.0, 1.0], 100)
    ends = fit_isotonic(probability, outcome)(np.array([0.0, 1.0]))
    np.testing.assert_allclose(ends, [0.5 / 200, 1 - 0.5 / 200])


@pytest.mark.parametrize("method", ["identity", "beta", "isotonic", "venn_abers"])
def test_the_ends_are_probabilities_with_finite_log_odds(method: str) -> None:
    truth, reported = _overconfident(500)
    fitters = {
        "identity": lambda *_: IDENTITY,
        "beta": fit_beta,
        "isotonic": fit_isotonic,
        "venn_abers": fit_venn_abers,
    }
    ends = fitters[method](reported, _drawn(truth))(np.array([0.0, 1.0]))
    assert np.isfinite(to_logit(ends)).all()
    assert ((ends > 0) & (ends < 1)).all()


def test_fewer_than_ten_of_the_rarer_outcome_leave_the_scores_as_they_are() -> None:
    _, reported = _overconfident(400)
    outcome = np.zeros(400)
    outcome[:9] = 1.0
    assert choose_calibrator(reported, outcome) is IDENTITY


def test_the_chosen_method_is_no_worse_than_doing_nothing_on_later_rows() -> None:
    truth, reported = _overconfident(4_000)
    later_truth, later = _overconfident(4_000, seed=9)
    chosen = choose_calibrator(reported, _drawn(truth))
    outcome = _drawn(later_truth, seed=10)
    assert chosen.method != "identity"
    assert log_loss(outcome, chosen(later)) < log_loss(outcome, later)


def test_steps_win_where_the_truth_has_steps() -> None:
    reported = np.random.default_rng(3).random(6_000)
    truth = np.where(reported < 0.5, 0.1, np.where(reported < 0.8, 0.3, 0.9))
    assert choose_calibrator(reported, _drawn(truth)).method in ("isotonic", "venn_abers")


def test_outcomes_that_come_only_late_cannot_choose_a_method() -> None:
    _, reported = _overconfident(400)
    outcome = np.concatenate([np.zeros(200), np.tile([0.0, 1.0], 100)])
    assert choose_calibrator(reported, outcome).method == "identity"


@pytest.mark.parametrize("fit", [fit_beta, fit_isotonic, fit_venn_abers])
def test_a_calibrator_survives_json_to_the_bit(fit: Callable[[FloatArray, FloatArray], Calibrator]) -> None:
    truth, reported = _overconfident(500)
    calibrator = fit(reported, _drawn(truth))
    again = Calibrator.from_dict(orjson.loads(orjson.dumps(calibrator.to_dict())))
    np.testing.assert_array_equal(again(GRID), calibrator(GRID))
