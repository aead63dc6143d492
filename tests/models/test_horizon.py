"""Curves moved to what heads say of their horizons."""

import numpy as np
import pytest

from models.arrays import to_logit, to_probability
from models.hazards import EDGES
from models.horizon import Head, moved_to, spread, with_heads
from models.learners.linear import LinearLearner
from models.learners.rate import RateLearner

CURVE = np.linspace(0.9, 0.1, len(EDGES))[None, :]
X = np.array([[0.25, 1.0]])


def rate_head(weight: float) -> Head:
    """A head at day 0 that listens to column 0."""
    rows = np.array([[0.1, 0.0], [0.9, 1.0]])
    member = RateLearner(0).fit(rows, np.array([0.0, 1.0]))
    return Head(0.0, {"curve": 1 - weight, "rate": weight}, {"rate": member})


def test_without_heads_the_curve_stays() -> None:
    assert moved_to(CURVE, [], [], EDGES) is CURVE


def test_at_its_horizon_the_curve_becomes_what_the_head_says() -> None:
    moved = with_heads(CURVE, X, [rate_head(1.0)], EDGES)
    assert moved[0, np.searchsorted(EDGES, 0)] == pytest.approx(0.25)


def test_half_a_weight_moves_half_the_way_in_log_odds() -> None:
    place = int(np.searchsorted(EDGES, 0))
    moved = with_heads(CURVE, X, [rate_head(0.5)], EDGES)[0, place]
    middle = (to_logit(CURVE[:, place]) + to_logit(np.array([0.25]))) / 2
    assert moved == pytest.approx(to_probability(middle)[0])


def test_moves_are_carried_to_the_days_between_and_level_beyond() -> None:
    carried = spread(np.array([[1.0, 3.0]]), [0.0, 30.0], EDGES)[0]
    by_edge = dict(zip(EDGES.tolist(), carried.tolist(), strict=True))
    assert (by_edge[-30], by_edge[0], by_edge[15], by_edge[30], by_edge[90]) == (1.0, 1.0, 2.0, 3.0, 3.0)


def test_contributions_are_weighted_like_the_log_odds() -> None:
    shares = rate_head(0.5).contributions(X, np.array([[2.0, 4.0]]))
    assert shares[0, 1] == pytest.approx(2.0)
    assert shares[0, 0] == pytest.approx(1.0 + 0.5 * (to_logit(np.array([0.25]))[0] - to_logit(np.array([0.5]))[0]))


def test_a_head_survives_the_file() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(60, 2))
    linear = LinearLearner(0.1).fit(rows, (rows[:, 0] > 0).astype(float))
    head = Head(15.0, {"curve": 0.4, "linear": 0.6}, {"linear": linear})
    again = Head.from_dict(head.to_dict())
    np.testing.assert_array_equal(head.log_odds(rows, rows[:, 1]), again.log_odds(rows, rows[:, 1]))
