"""Tails: surprise is an exact tail share on the side that matters."""

import numpy as np
import pytest

from models.arrays import FloatArray
from models.detectors.tails import TailDetector, Tails

NINE = np.arange(1.0, 10.0)


def _surprise(training: FloatArray, value: float, side: int) -> float:
    return float(Tails.of(training).surprise(np.array([value]), side)[0])


@pytest.mark.parametrize(
    ("value", "side", "share"),
    [(9.0, 1, 0.2), (8.5, 1, 0.2), (50.0, 1, 0.1), (1.0, 1, 1.0), (1.0, -1, 0.2), (-9.0, -1, 0.1), (9.0, -1, 1.0)],
)
def test_surprise_is_minus_the_log_of_the_share_at_least_as_extreme(value: float, side: int, share: float) -> None:
    assert _surprise(NINE, value, side) == pytest.approx(-np.log(share))


@pytest.mark.parametrize(("value", "share"), [(9.0, 0.4), (1.0, 0.4), (100.0, 0.2), (5.0, 1.0)])
def test_where_both_sides_matter_the_smaller_tail_counts_twice(value: float, share: float) -> None:
    assert _surprise(NINE, value, 0) == pytest.approx(-np.log(share))


def test_thinning_a_long_column_keeps_the_tails_exact_and_the_middle_close() -> None:
    values = np.random.default_rng(1).normal(size=100_000)
    ordered = np.sort(values)
    far = ordered[[-1, -5, -50]]
    exact = -np.log((np.array([1, 5, 50]) + 1) / 100_001)
    np.testing.assert_allclose(Tails.of(values).surprise(far, 1), exact)
    for place in (20_000, 50_000, 90_000, 99_000):
        share = (100_000 - place) / 100_000
        assert np.exp(-_surprise(values, float(ordered[place]), 1)) == pytest.approx(share, abs=0.002)


def test_repeated_values_count_as_often_as_they_occur() -> None:
    assert _surprise(np.array([0.0] * 95 + [1.0] * 5), 1.0, 1) == pytest.approx(-np.log(6 / 101))


@pytest.mark.parametrize("training", [np.full(50, 3.0), np.full(50, np.nan), np.empty(0)])
def test_a_column_that_never_varied_surprises_nobody(training: FloatArray) -> None:
    assert _surprise(training, 1e9, 0) == 0


def test_a_missing_value_surprises_nobody() -> None:
    assert _surprise(NINE, np.nan, 1) == 0


def test_the_odd_side_is_declared_per_feature() -> None:
    X = np.random.default_rng(2).normal(size=(500, 3))
    surprises = TailDetector((1, -1, 0)).fit(X).surprises(np.array([[9.0, 9.0, 9.0], [-9.0, -9.0, -9.0]]))
    assert (surprises[0] > 0).tolist() == [True, False, True]
    assert (surprises[1] > 0).tolist() == [False, True, True]


def test_forty_slightly_unusual_features_do_not_outweigh_one_absurd_amount() -> None:
    X = np.random.default_rng(3).normal(size=(2_000, 40))
    slightly, absurd = np.full(40, 1.0), np.zeros(40)
    absurd[7] = 60.0
    scores = TailDetector().fit(X).score_samples(np.vstack([slightly, absurd]))
    assert scores[1] < scores[0]
