"""Metrics: equal to hand-computed ones and to scikit-learn's, with intervals that hold the figure."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from models.arrays import FloatArray
from training.metrics import METRICS, brier, expected_calibration_error, measure, roc_auc


def _sample(n: int, seed: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    probability = rng.beta(1, 4, n)
    return (rng.random(n) < probability).astype(float), probability


def test_the_figures_are_scikit_learns() -> None:
    outcome, probability = _sample(500, seed=1)
    measured = measure(outcome, probability, resamples=50)
    assert measured["roc_auc"].value == roc_auc_score(outcome, probability)
    assert measured["average_precision"].value == average_precision_score(outcome, probability)
    assert measured["brier"].value == pytest.approx(brier_score_loss(outcome, probability))


def test_the_figures_are_those_computed_by_hand() -> None:
    outcome, probability = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.1, 0.4, 0.6, 0.8])
    assert roc_auc(outcome, probability) == 0.75
    assert brier(outcome, probability) == pytest.approx((0.01 + 0.36 + 0.36 + 0.04) / 4)
    assert expected_calibration_error(outcome, probability, bins=2) == pytest.approx((0.25 + 0.2) / 2)


def test_perfect_probabilities_have_hardly_any_calibration_error() -> None:
    assert expected_calibration_error(*_sample(20_000, seed=2)) < 0.01


def test_overconfident_probabilities_have_a_calibration_error_of_their_size() -> None:
    outcome, probability = _sample(20_000, seed=3)
    assert expected_calibration_error(outcome, probability + 0.1) == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("metric", METRICS)
def test_an_interval_holds_its_figure(metric: str, seed: int) -> None:
    measured = measure(*_sample(250, seed=seed), resamples=60)[metric]
    assert 0 <= measured.low <= measured.value <= measured.high <= 1
    assert measured.low < measured.high


def test_more_rows_give_narrower_intervals() -> None:
    few, many = (measure(*_sample(n, seed=4), resamples=60)["brier"] for n in (200, 5_000))
    assert many.high - many.low < (few.high - few.low) / 2


def test_the_same_seed_gives_the_same_interval() -> None:
    assert measure(*_sample(200, seed=5), resamples=50) == measure(*_sample(200, seed=5), resamples=50)


def test_outcomes_that_are_all_alike_are_refused() -> None:
    with pytest.raises(ValueError, match="both outcomes"):
        measure(np.zeros(10), np.linspace(0, 1, 10))
