"""Conformal p-values: exact ranks without weights, the recent counting more with them."""

import numpy as np
import orjson
import pytest

from models.conformal import Conformal

DAY_US = 86_400_000_000
NINE = np.arange(1.0, 10.0)


@pytest.mark.parametrize(("score", "p_value"), [(9.5, 0.1), (9.0, 0.2), (0.0, 1.0), (5.0, 0.6)])
def test_without_weights_a_p_value_is_a_rank(score: float, p_value: float) -> None:
    assert Conformal.of(NINE).p_value(np.array([score]))[0] == pytest.approx(p_value)


def test_a_row_one_half_life_old_counts_half() -> None:
    made = Conformal.of(np.array([1.0, 2.0]), np.array([0, 30]) * DAY_US, half_life_days=30)
    np.testing.assert_allclose(made.p_value(np.array([0.5, 1.5, 2.5])), [1.0, 2 / 2.5, 1 / 2.5])


def test_the_order_of_calibration_rows_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    scores, moments = rng.normal(size=50), rng.integers(0, 90, 50) * DAY_US
    turned = rng.permutation(50)
    straight = Conformal.of(scores, moments, half_life_days=20).p_value(NINE / 5)
    other = Conformal.of(scores[turned], moments[turned], half_life_days=20).p_value(NINE / 5)
    np.testing.assert_allclose(straight, other)


def test_recent_weights_follow_a_drift_that_equal_weights_miss() -> None:
    rng, moments = np.random.default_rng(2), np.arange(2_000)
    scores = rng.normal(size=2_000) + moments / 500
    later = rng.normal(size=1_000) + 4
    equal = (Conformal.of(scores).p_value(later) <= 0.1).mean()
    recent = (Conformal.of(scores, moments * DAY_US, half_life_days=100).p_value(later) <= 0.1).mean()
    assert equal > 0.25
    assert recent < equal - 0.1


def test_no_calibration_rows_say_nothing() -> None:
    assert Conformal.of(np.empty(0)).p_value(np.array([3.0]))[0] == 1.0


def test_it_survives_json_to_the_bit() -> None:
    made = Conformal.of(NINE, np.arange(9) * DAY_US, half_life_days=3)
    again = Conformal.from_dict(orjson.loads(orjson.dumps(made.to_dict())))
    np.testing.assert_array_equal(again.p_value(NINE), made.p_value(NINE))
