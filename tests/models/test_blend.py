"""Blends: weighted members, an intercept, and nobody fitted for nothing."""

import numpy as np
import pytest

from models.arrays import to_probability
from models.learners.blend import Blend
from models.learners.linear import LinearLearner
from models.learners.rate import RateLearner

RNG = np.random.default_rng(1)
TRUTH = RNG.normal(size=4_000)
OUTCOME = (RNG.random(4_000) < to_probability(TRUTH)).astype(float)


def test_members_without_weight_are_not_fitted() -> None:
    X = TRUTH[:, None]
    blend = Blend({"linear": LinearLearner(), "rate": RateLearner()}, {"linear": 1.0, "rate": 0.0}).fit(X, OUTCOME)
    assert list(blend.members_) == ["linear"]
    np.testing.assert_array_equal(blend.decision_function(X), blend.members_["linear"].decision_function(X))


def test_a_blend_in_which_nobody_has_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="no member"):
        Blend({"linear": LinearLearner()}, {"linear": 0.0}).fit(TRUTH[:, None], OUTCOME)


def test_the_intercept_is_added_and_survives_the_journey() -> None:
    X = TRUTH[:, None]
    plain, moved = (Blend({"linear": LinearLearner()}, {"linear": 0.5}, by).fit(X, OUTCOME) for by in (0.0, -0.7))
    np.testing.assert_allclose(moved.decision_function(X), plain.decision_function(X) - 0.7)
    again = Blend.from_dict(moved.to_dict())
    np.testing.assert_array_equal(again.decision_function(X), moved.decision_function(X))


def test_a_blend_stored_before_there_was_an_intercept_has_none() -> None:
    X = TRUTH[:, None]
    blend = Blend({"linear": LinearLearner()}, {"linear": 1.0}).fit(X, OUTCOME)
    stored = {name: part for name, part in blend.to_dict().items() if name != "intercept"}
    np.testing.assert_array_equal(Blend.from_dict(stored).decision_function(X), blend.decision_function(X))
