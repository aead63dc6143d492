"""Penalised logistic regression on standardised features, with an indicator for every missing value."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from models.arrays import BoolArray, FloatArray, to_logit, to_probability, weighted_sums


class LinearLearner(ClassifierMixin, BaseEstimator):
    """Logistic regression that reads the raw feature matrix.

    A missing value is replaced by the training median and announced by an indicator column; values are standardised
    and clipped to ``clip`` standard deviations, so that one odd amount cannot run away with the score.

    Args:
        strength: inverse of the ridge penalty (scikit-learn's ``C``).
        clip: largest standardised value that counts.
        split_column, split_at: when given, rows whose value in that column exceeds ``split_at`` add coefficients of
            their own to the shared ones (for hazards: after the due date as against before).
        most_rows: only so many of the last rows are read; a few hundred coefficients learn little from more, and the
            cost grows with the rows.

    Attributes:
        center_, scale_: ``float64`` (k,), training medians and standard deviations of the present values.
        values_, indicators_: indices of the columns whose value, or whose absence, varies; others are not read.
        coefficients_: ``float64`` (m,), of the values, then of the indicators; with a split, again for those beyond.
        intercept_: log-odds of the median invoice.
    """

    def __init__(
        self,
        strength: float = 0.05,
        clip: float = 5.0,
        split_column: int | None = None,
        split_at: float = 0.0,
        most_rows: int | None = None,
    ) -> None:
        self.strength = strength
        self.clip = clip
        self.split_column = split_column
        self.split_at = split_at
        self.most_rows = most_rows

    def fit(self, X: FloatArray, y: FloatArray, sample_weight: FloatArray | None = None) -> Self:
        """Fit on ``X`` ``float64`` (n, k), NaN allowed, and ``y`` of 0.0 and 1.0.

        Raises ``ValueError`` when only one class is present.
        """
        X = np.asarray(X, dtype=np.float64)
        if len(np.unique(y)) < 2:
            raise ValueError("a learner needs both outcomes among its training rows")
        if self.most_rows is not None and len(np.unique(y[-self.most_rows :])) == 2:
            X, y = X[-self.most_rows :], y[-self.most_rows :]
            sample_weight = None if sample_weight is None else sample_weight[-self.most_rows :]
        present = np.isfinite(X)
        self.center_ = _column_medians(X, present)
        self.scale_ = _column_scales(X, present, self.center_)
        self.values_ = np.flatnonzero(self.scale_ > 0)
        self.indicators_ = np.flatnonzero(present.any(axis=0) & ~present.all(axis=0))
        self.classes_ = np.array([0.0, 1.0])
        self.n_features_in_ = X.shape[1]
        design = self.design(X)
        if not design.shape[1]:  # nothing varies: the base rate is all there is to learn
            base_rate = np.array([np.average(y, weights=sample_weight)])
            self.coefficients_, self.intercept_ = np.empty(0), float(to_logit(base_rate)[0])
            return self
        model = LogisticRegression(C=self.strength, solver="newton-cholesky", max_iter=100)
        model.fit(design, y, sample_weight=sample_weight)
        self.coefficients_ = model.coef_[0]
        self.intercept_ = float(model.intercept_[0])
        return self

    def decision_function(self, X: FloatArray) -> FloatArray:
        """Log-odds of the positive outcome, ``float64`` (n,)."""
        return weighted_sums(self.design(np.asarray(X, dtype=np.float64)), self.coefficients_) + self.intercept_

    def predict_proba(self, X: FloatArray) -> FloatArray:
        """Uncalibrated probabilities, ``float64`` (n, 2)."""
        positive = to_probability(self.decision_function(X))
        return np.column_stack([1 - positive, positive])

    def predict(self, X: FloatArray) -> FloatArray:
        """The likelier class, ``float64`` (n,)."""
        return (self.decision_function(X) > 0).astype(np.float64)

    def contributions(self, X: FloatArray) -> FloatArray:
        """Each feature's share of the log-odds relative to the median invoice, ``float64`` (n, k)."""
        parts = self.design(np.asarray(X, dtype=np.float64)) * self.coefficients_
        shares = np.zeros((len(X), self.n_features_in_))
        width = len(self.values_) + len(self.indicators_)
        for start in range(0, parts.shape[1], max(width, 1)):
            shares[:, self.values_] += parts[:, start : start + len(self.values_)]
            shares[:, self.indicators_] += parts[:, start + len(self.values_) : start + width]
        return shares

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values."""
        return {
            "parameters": self.get_params(),
            "center": self.center_.tolist(),
            "scale": self.scale_.tolist(),
            "values": self.values_.tolist(),
            "indicators": self.indicators_.tolist(),
            "coefficients": self.coefficients_.tolist(),
            "intercept": self.intercept_,
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "LinearLearner":
        """The learner whose ``to_dict`` gave ``state``."""
        learner = cls(**state["parameters"])
        learner.center_ = np.array(state["center"])
        learner.scale_ = np.array(state["scale"])
        learner.values_ = np.array(state["values"], dtype=np.int64)
        learner.indicators_ = np.array(state["indicators"], dtype=np.int64)
        learner.coefficients_ = np.array(state["coefficients"])
        learner.intercept_ = state["intercept"]
        learner.classes_ = np.array([0.0, 1.0])
        learner.n_features_in_ = len(learner.center_)
        return learner

    def design(self, X: FloatArray) -> FloatArray:
        """The standardised values and missing indicators that the coefficients apply to, ``float64`` (n, m)."""
        missing = ~np.isfinite(X)
        center, scale = self.center_[self.values_], self.scale_[self.values_]
        standardised = (np.where(missing[:, self.values_], center, X[:, self.values_]) - center) / scale
        shared = np.hstack([np.clip(standardised, -self.clip, self.clip), missing[:, self.indicators_]])
        if self.split_column is None:
            return shared
        beyond = X[:, [self.split_column]] > self.split_at
        return np.hstack([shared, shared * beyond])


def _column_medians(X: FloatArray, present: BoolArray) -> FloatArray:
    medians = np.zeros(X.shape[1])
    for column in range(X.shape[1]):
        if present[:, column].any():
            medians[column] = np.median(X[present[:, column], column])
    return medians


def _column_scales(X: FloatArray, present: BoolArray, center: FloatArray) -> FloatArray:
    scales = np.zeros(X.shape[1])  # zero marks a column that does not vary
    for column in range(X.shape[1]):
        values = X[present[:, column], column] - center[column]
        # The middle 98 % set the scale: a single mistyped amount must not flatten all the others.
        spread = float(np.std(np.clip(values, *np.quantile(values, [0.01, 0.99])))) if len(values) else 0.0
        # Rare events (1 % of the rows or fewer) vary beyond the middle.
        spread = spread or (float(np.std(values)) if len(values) else 0.0)
        scales[column] = spread if spread > 1e-9 else 0.0
    return scales
