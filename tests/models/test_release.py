"""The release clock: conditioned on the days already waited, kept in a file."""

import numpy as np
import pytest

from models.calibration import IDENTITY
from models.hazards import RELEASE_EDGES, DiscreteHazards, expand
from models.learners.linear import LinearLearner
from models.release import ReleaseClock


def clock() -> ReleaseClock:
    """Waits grow with the only feature."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(500, 1))
    days = np.maximum(np.round(8 + 5 * X[:, 0] + rng.normal(0, 3, 500)), 0)
    hazards = DiscreteHazards({"linear": LinearLearner(0.1)}, {"linear": 1.0}, tuple(RELEASE_EDGES))
    return ReleaseClock(hazards.fit(X, days, np.full(500, np.nan)), {14.0: IDENTITY})


def test_what_has_passed_is_no_longer_a_chance_and_the_rest_is_scaled() -> None:
    fresh, waited = (clock().curve(np.zeros((1, 1)), np.array([days])) for days in (-1.0, 7.0))
    assert (waited[0, RELEASE_EDGES <= 7] == 1).all()
    at_seven, at_fourteen = (fresh[0, list(RELEASE_EDGES).index(day)] for day in (7, 14))
    assert waited[0, list(RELEASE_EDGES).index(14)] == pytest.approx(at_fourteen / at_seven)


def test_slower_rows_wait_longer() -> None:
    curve = clock().curve(np.array([[-1.0], [1.0]]), np.array([-1.0, -1.0]))
    assert (curve[1] >= curve[0]).all()
    assert (np.diff(curve, axis=1) <= 0).all()


def test_a_clock_survives_the_file() -> None:
    made, X = clock(), np.linspace(-2, 2, 7)[:, None]
    again = ReleaseClock.from_dict(made.to_dict())
    np.testing.assert_array_equal(made.curve(X, np.zeros(7)), again.curve(X, np.zeros(7)))


def test_an_invoice_says_nothing_of_the_intervals_before_it_was_seen() -> None:
    rows, interval, ended = expand(
        np.array([6.0, np.nan]), np.array([np.nan, 4.0]), edges=RELEASE_EDGES, entered=np.array([2.0, -1.0])
    )
    seen = [RELEASE_EDGES[place] for place in interval[rows == 0]]
    assert seen == [2, 3, 5, 7]
    assert ended[rows == 0].tolist() == [0, 0, 0, 1]
    assert [RELEASE_EDGES[place] for place in interval[rows == 1]] == [0, 1, 2, 3]
