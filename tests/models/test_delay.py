"""The delay distribution: monotone curves, and the day, the mean and the quantile read off them."""

import numpy as np
import pytest

from models.arrays import to_probability
from models.calibration import Calibrator
from models.curves import at_day, given_open, mean_days, quantile_days
from models.delay import DelayModel
from models.hazards import EDGES
from tests.models.fitted import delay_model, rows

CURVE = np.array([[0.98, 0.96, 0.94, 0.92, 0.8, 0.7, 0.6, 0.4, 0.2, 0.15, 0.1, 0.05]])


def test_calibrated_curves_never_grow_even_when_calibrators_disagree() -> None:
    flat, steep = to_probability(np.array([-3.0, -3.0])), np.array([0.0, 4.0])
    model = delay_model(
        calibrators={
            0.0: Calibrator("beta", np.array([-9.0, 9.0]), flat),
            15.0: Calibrator("beta", np.array([-9.0, 9.0]), steep),
        }
    )
    assert (np.diff(model.curve(rows()), axis=1) <= 0).all()


@pytest.mark.parametrize(("day", "expected"), [(0, 0.8), (15, 0.4), (90, 0.05), (-30, 0.98)])
def test_at_an_edge_the_curve_is_read_as_it_stands(day: float, expected: float) -> None:
    assert at_day(CURVE, day) == pytest.approx(expected)


@pytest.mark.parametrize(("day", "expected"), [(11, 0.5), (37.5, 0.175), (1, 0.8 - 0.1 / 3)])
def test_between_edges_the_curve_is_a_straight_line(day: float, expected: float) -> None:
    assert at_day(CURVE, day) == pytest.approx(expected)


@pytest.mark.parametrize(("day", "expected"), [(-400, 0.98), (400, 0.05)])
def test_beyond_the_edges_the_curve_is_flat(day: float, expected: float) -> None:
    assert at_day(CURVE, day) == pytest.approx(expected)


def test_the_mean_counts_each_interval_at_its_center() -> None:
    centers = np.linspace(-40, 100, len(EDGES) + 1)
    certain = np.where(EDGES < 7, 1.0, 0.0)[None, :]
    assert mean_days(certain, centers) == pytest.approx(centers[int(np.searchsorted(EDGES, 7))])
    by_hand = (1 - 0.98) * centers[0] + sum((CURVE[0, j - 1] - CURVE[0, j]) * centers[j] for j in range(1, 12))
    assert mean_days(CURVE, centers) == pytest.approx(by_hand + 0.05 * centers[12])


@pytest.mark.parametrize(("level", "day"), [(0.2, 0.0), (0.4, 7.0), (0.5, 11.0), (0.6, 15.0), (0.01, -30), (0.99, 90)])
def test_a_quantile_is_the_day_by_which_that_share_is_paid(level: float, day: float) -> None:
    assert quantile_days(CURVE, level) == pytest.approx(day)


def test_the_model_answers_for_its_own_day_unless_another_is_asked() -> None:
    model, X = delay_model(), rows()
    np.testing.assert_array_equal(model.probability_late(X), at_day(model.curve(X), 15))
    np.testing.assert_array_equal(model.probability_late(X, after_days=30), at_day(model.curve(X), 30))
    assert (model.probability_late(X, after_days=30) <= model.probability_late(X)).all()


def test_late_payers_are_expected_later() -> None:
    model = delay_model()
    early, late = rows()[:1].copy(), rows()[:1].copy()
    early[0, 1], late[0, 1] = -2.0, 2.0
    assert model.expected_days_late(late) > model.expected_days_late(early) + 3
    assert model.contributions(late)[0, 1] > 0 > model.contributions(early)[0, 1]


def test_the_whole_model_survives_a_round_trip_to_the_bit() -> None:
    model, X = delay_model(), rows()
    np.testing.assert_array_equal(DelayModel.from_dict(model.to_dict()).curve(X), model.curve(X))


def test_what_has_passed_unpaid_is_no_longer_a_chance() -> None:
    conditioned = given_open(CURVE, np.array([7.0]))
    assert (conditioned[0, EDGES <= 7] == 1).all()
    np.testing.assert_allclose(conditioned[0, EDGES > 7], CURVE[0, EDGES > 7] / 0.6)


@pytest.mark.parametrize("open_for", [np.nan, -90.0])
def test_long_before_the_due_date_or_without_one_nothing_is_conditioned(open_for: float) -> None:
    np.testing.assert_array_equal(given_open(CURVE, np.array([open_for])), CURVE)


@pytest.mark.parametrize("open_for", [-29.0, 2.0, 11.5, 89.0, 400.0])
def test_a_conditioned_curve_never_grows_and_never_falls_below_the_plain_one(open_for: float) -> None:
    conditioned = given_open(CURVE, np.array([open_for]))
    assert (np.diff(conditioned) <= 1e-12).all()
    assert (conditioned >= CURVE).all()
