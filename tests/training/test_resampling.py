"""The row bootstrap in matrix form gives what scikit-learn gives resample by resample, and pairs its differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from training.metrics import METRICS, measure
from training.resampling import (
    WEIGHTED,
    Bootstrap,
    interval,
    weighted_auc,
    weighted_average_precision,
    weighted_brier,
    weighted_gap,
    wilson,
)

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9]), min_size=4, max_size=25)


@settings(max_examples=60, deadline=None)
@given(SCORES, st.integers(0, 10_000))
def test_weights_mean_repeated_rows_ties_included(scores: list[float], seed: int) -> None:
    rng, predicted = np.random.default_rng(seed), np.array(scores)
    outcome = (rng.random(len(scores)) < 0.5).astype(float)
    outcome[:2] = 0, 1
    draw = np.append(rng.integers(0, len(scores), len(scores)), [0, 1])
    weights = np.bincount(draw, minlength=len(scores))[None, :].astype(float)
    told, said = outcome[draw], predicted[draw]
    assert weighted_auc(outcome, predicted, weights)[0] == pytest.approx(roc_auc_score(told, said))
    expected = average_precision_score(told, said)
    assert weighted_average_precision(outcome, predicted, weights)[0] == pytest.approx(expected)
    assert weighted_brier(outcome, predicted, weights)[0] == pytest.approx(np.mean((said - told) ** 2))
    assert weighted_gap(outcome, predicted, weights)[0] == pytest.approx(np.mean(said - told))


@pytest.mark.parametrize("metric", sorted(WEIGHTED))
def test_the_draws_are_those_of_the_headline_figures(metric: str) -> None:
    rng = np.random.default_rng(4)
    predicted = rng.random(120)
    outcome = (rng.random(120) < predicted).astype(float)
    expected = measure(outcome, predicted, metrics=(metric,), resamples=60, seed=9)[metric]
    found = Bootstrap(outcome, resamples=60, seed=9).measured(WEIGHTED[metric], predicted)
    assert found.value == pytest.approx(METRICS[metric](outcome, predicted))
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_a_resample_with_one_outcome_only_is_no_number() -> None:
    outcome, predicted = np.array([0.0, 1.0]), np.array([0.2, 0.7])
    both, one = np.array([1.0, 1.0]), np.array([2.0, 0.0])
    np.testing.assert_array_equal(weighted_auc(outcome, predicted, np.array([both, one])), [1.0, np.nan])


def test_an_interval_has_the_figure_as_its_middle_and_leaves_out_what_is_no_number() -> None:
    found = interval(0.5, np.append(np.linspace(0.6, 1.0, 101), np.nan))
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.31, 0.69))
    assert np.isnan(interval(0.5, np.array([np.nan])).low)


@pytest.mark.parametrize(
    ("hits", "rows", "low", "high"), [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (10, 10, 0.722, 1)]
)
def test_an_interval_of_a_share_stays_within_its_bounds(hits: int, rows: int, low: float, high: float) -> None:
    assert wilson(hits, rows) == pytest.approx((low, high), abs=1e-3)
