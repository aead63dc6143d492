"""The numbers behind the pictures, against counts made by hand and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import auc, roc_auc_score

from training.report.points import found_by, precision_recall, receiver, reliability, risk_coverage, share_at

OUTCOME = np.array([1.0, 0.0, 1.0, 0.0, 0.0])
SAID = np.array([0.9, 0.8, 0.6, 0.3, 0.1])


def test_a_bin_holds_what_was_said_what_came_and_an_interval_around_it() -> None:
    bins = reliability((np.arange(100) % 4 == 0).astype(float), np.repeat(np.arange(10) / 10, 10))
    assert [one.predicted for one in bins] == pytest.approx([place / 10 for place in range(10)])
    assert all(one.low <= one.observed <= one.high and one.rows == 10 for one in bins)
    assert {one.observed for one in bins} == {0.2, 0.3}


def test_what_is_found_counts_from_the_highest_priority() -> None:
    points = found_by(SAID, OUTCOME)
    assert [share_at(points, looked) for looked in (0, 0.2, 0.4, 0.6, 1)] == pytest.approx([0, 0.5, 0.5, 1, 1])


def test_money_found_is_weighed() -> None:
    points = found_by(SAID * [1, 1, 100, 1, 1], OUTCOME * [10, 10, 90, 10, 10])
    assert share_at(points, 0.2) == pytest.approx(0.9)


def test_nothing_to_find_is_nothing_found() -> None:
    assert found_by(SAID, np.zeros(5))[:, 1].max() == 0


def test_the_area_below_the_roc_curve_is_the_auc() -> None:
    rng = np.random.default_rng(2)
    said = rng.integers(0, 12, 400) / 12
    outcome = (rng.random(400) < said).astype(float)
    points = receiver(outcome, said)
    assert (points[0].tolist(), points[-1].tolist()) == ([0, 0], [1, 1])
    assert auc(points[:, 0], points[:, 1]) == pytest.approx(roc_auc_score(outcome, said))


def test_precision_is_the_share_of_right_alarms_at_each_recall() -> None:
    expected = [[0.5, 1], [0.5, 0.5], [1, 2 / 3], [1, 0.5], [1, 0.4]]
    np.testing.assert_allclose(precision_recall(OUTCOME, SAID), expected)


def test_long_curves_are_thinned_and_keep_their_ends() -> None:
    rng = np.random.default_rng(1)
    points = receiver((rng.random(5000) < 0.3).astype(float), rng.random(5000))
    assert len(points) == 101
    assert points[-1].tolist() == [1, 1]


def test_the_surest_answers_come_first() -> None:
    said = np.concatenate([np.full(50, 0.99), np.full(50, 0.6)])
    outcome = np.concatenate([np.ones(50), np.zeros(50)])
    points = risk_coverage(outcome, said)
    assert points[0, 0] == 0.2
    assert share_at(points, 0.5) == 0
    assert share_at(points, 1.0) == 0.5
