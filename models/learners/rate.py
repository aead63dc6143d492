"""The plain baseline: the client's own smoothed rate, taken from one feature column."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from models.arrays import FloatArray, to_logit, to_probability


class RateLearner(ClassifierMixin, BaseEstimator):
    """Predicts the rate that stands in column ``column``; where it is missing, the training base rate.

    Attributes:
        base_rate_: share of positives among the training rows, in (0, 1).
    """

    def __init__(self, column: int = 0) -> None:
        self.column = column

    def fit(self, X: FloatArray, y: FloatArray, sample_weight: FloatArray | None = None) -> Self:
        """Learn the base rate from ``y`` (0.0, 1.0); the column is taken as it is."""
        self.base_rate_ = float(np.average(y, weights=sample_weight))
        self.classes_ = np.array([0.0, 1.0])
        self.n_features_in_ = np.asarray(X).shape[1]
        return self

    def decision_function(self, X: FloatArray) -> FloatArray:
        """Log-odds of the rate, ``float64`` (n,)."""
        rate = np.asarray(X, dtype=np.float64)[:, self.column]
        return to_logit(np.where(np.isfinite(rate), np.clip(rate, 0, 1), self.base_rate_))

    def predict_proba(self, X: FloatArray) -> FloatArray:
        """The rate as a probability, ``float64`` (n, 2)."""
        positive = to_probability(self.decision_function(X))
        return np.column_stack([1 - positive, positive])

    def predict(self, X: FloatArray) -> FloatArray:
        """The likelier class, ``float64`` (n,)."""
        return (self.decision_function(X) > 0).astype(np.float64)

    def contributions(self, X: FloatArray) -> FloatArray:
        """All of the log-odds beyond the base rate come from the one column, ``float64`` (n, k)."""
        shares = np.zeros(np.asarray(X).shape)
        shares[:, self.column] = self.decision_function(X) - to_logit(np.array([self.base_rate_]))[0]
        return shares

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values."""
        return {"column": self.column, "base_rate": self.base_rate_, "features": self.n_features_in_}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "RateLearner":
        """The learner whose ``to_dict`` gave ``state``."""
        learner = cls(state["column"])
        learner.base_rate_ = state["base_rate"]
        learner.classes_ = np.array([0.0, 1.0])
        learner.n_features_in_ = state["features"]
        return learner
