"""Blends: weights are chosen on later rows, and a member must earn its place."""

import numpy as np
import pytest

from models.arrays import to_probability
from models.learners.blend import Blend, choose_weights
from models.learners.linear import LinearLearner
from models.learners.rate import RateLearner

RNG = np.random.default_rng(1)
TRUTH = RNG.normal(size=4_000)
OUTCOME = (RNG.random(4_000) < to_probability(TRUTH)).astype(float)


def test_the_member_that_knows_gets_the_weight() -> None:
    weights = choose_weights({"linear": TRUTH, "rate": RNG.normal(size=4_000)}, OUTCOME)
    assert weights == {"linear": 1.0, "rate": 0.0}


def test_two_members_with_errors_of_their_own_share_the_weight() -> None:
    noisy = {name: TRUTH + RNG.normal(0, 1.5, 4_000) for name in ("linear", "boosted")}
    weights = choose_weights(noisy, OUTCOME)
    assert min(weights.values()) >= 0.3
    assert sum(weights.values()) == pytest.approx(1.0)


def test_a_member_that_adds_nothing_is_left_out() -> None:
    weights = choose_weights({"linear": TRUTH, "boosted": TRUTH + RNG.normal(0, 0.01, 4_000)}, OUTCOME)
    assert sorted(weights.values()) == [0.0, 1.0]


def test_heavier_rows_weigh_more_in_the_choice() -> None:
    half = np.arange(4_000) < 2_000
    parts = {"linear": np.where(half, TRUTH, -TRUTH), "rate": np.where(half, -TRUTH, TRUTH)}
    assert choose_weights(parts, OUTCOME, weight=np.where(half, 1.0, 1e-6))["linear"] == 1.0
    assert choose_weights(parts, OUTCOME, weight=np.where(half, 1e-6, 1.0))["rate"] == 1.0


def test_members_without_weight_are_not_fitted() -> None:
    X = TRUTH[:, None]
    blend = Blend({"linear": LinearLearner(), "rate": RateLearner()}, {"linear": 1.0, "rate": 0.0}).fit(X, OUTCOME)
    assert list(blend.members_) == ["linear"]
    np.testing.assert_array_equal(blend.decision_function(X), blend.members_["linear"].decision_function(X))


def test_a_blend_in_which_nobody_has_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="no member"):
        Blend({"linear": LinearLearner()}, {"linear": 0.0}).fit(TRUTH[:, None], OUTCOME)
