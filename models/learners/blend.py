"""A blend of learners in log-odds; weights and intercept come from a stack (``models/learners/stack.py``)."""

from collections.abc import Mapping
from typing import Any, Protocol, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from models.arrays import FloatArray, to_probability
from models.learners.boosted import BoostedLearner
from models.learners.linear import LinearLearner
from models.learners.rate import RateLearner


class Learner(Protocol):
    """What every binary learner offers."""

    def fit(self, X: FloatArray, y: FloatArray, sample_weight: FloatArray | None = None) -> Self:
        """Fit on features (n, k) and outcomes of 0.0 and 1.0."""

    def decision_function(self, X: FloatArray) -> FloatArray:
        """Log-odds, (n,)."""

    def contributions(self, X: FloatArray) -> FloatArray:
        """Additive shares of the log-odds, (n, k)."""

    def to_dict(self) -> dict[str, Any]:
        """Fitted state as JSON values."""


_CLASSES: dict[str, Any] = {"linear": LinearLearner, "boosted": BoostedLearner, "rate": RateLearner}


class Blend(ClassifierMixin, BaseEstimator):
    """Weighted sum of its members' log-odds.

    Args:
        members: name (``linear``, ``boosted`` or ``rate``) → unfitted learner.
        weights: name → weight, none negative; members of weight zero are not fitted.
        intercept: log-odds added to the weighted sum.
    """

    def __init__(self, members: Mapping[str, Learner], weights: Mapping[str, float], intercept: float = 0.0) -> None:
        self.members = members
        self.weights = weights
        self.intercept = intercept

    def fit(self, X: FloatArray, y: FloatArray, sample_weight: FloatArray | None = None) -> Self:
        """Fit every member that has weight.

        Raises ``ValueError`` when none has.
        """
        if not any(self.weights.get(name, 0) > 0 for name in self.members):
            raise ValueError(f"no member of {sorted(self.members)} has weight: {dict(self.weights)}")
        self.members_ = {
            name: clone(member).fit(X, y, sample_weight)
            for name, member in self.members.items()
            if self.weights.get(name, 0) > 0
        }
        self.classes_ = np.array([0.0, 1.0])
        self.n_features_in_ = np.asarray(X).shape[1]
        return self

    def decision_function(self, X: FloatArray) -> FloatArray:
        """Weighted log-odds, ``float64`` (n,)."""
        parts = [self.weights[name] * member.decision_function(X) for name, member in self.members_.items()]
        total: FloatArray = np.sum(parts, axis=0) + self.intercept
        return total

    def predict_proba(self, X: FloatArray) -> FloatArray:
        """Uncalibrated probabilities, ``float64`` (n, 2)."""
        positive = to_probability(self.decision_function(X))
        return np.column_stack([1 - positive, positive])

    def predict(self, X: FloatArray) -> FloatArray:
        """The likelier class, ``float64`` (n,)."""
        return (self.decision_function(X) > 0).astype(np.float64)

    def contributions(self, X: FloatArray) -> FloatArray:
        """Weighted shares of the log-odds, ``float64`` (n, k)."""
        parts = [self.weights[name] * member.contributions(X) for name, member in self.members_.items()]
        total: FloatArray = np.sum(parts, axis=0)
        return total

    def to_dict(self) -> dict[str, Any]:
        """Weights, intercept and the fitted members."""
        return {
            "intercept": self.intercept,
            "weights": {name: self.weights[name] for name in self.members_},
            "members": {name: member.to_dict() for name, member in self.members_.items()},
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "Blend":
        """The blend whose ``to_dict`` gave ``state``."""
        members = {name: _CLASSES[name].from_dict(part) for name, part in state["members"].items()}
        blend = cls(members, state["weights"], state.get("intercept", 0.0))
        blend.members_ = members
        blend.classes_ = np.array([0.0, 1.0])
        blend.n_features_in_ = next(iter(members.values())).n_features_in_
        return blend
