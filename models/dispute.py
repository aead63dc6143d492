"""Dispute risk: the calibrated chance of a dispute or credit note, and of each cause given one."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

from models.arrays import FloatArray, to_probability, weighted_sums
from models.calibration import Calibrator
from models.learners.blend import Blend
from models.learners.linear import LinearLearner
from models.priors import Priors
from models.support import Support


class CauseModel(BaseEstimator):
    """P(cause | disputed): multinomial logistic regression, shrunk to the observed shares of the causes.

    Args:
        strength: inverse of the ridge penalty; small, since disputes are few.
        least: causes seen fewer times than this are not modelled and count as ``other``.

    Attributes:
        causes_: names, in the order of the columns of ``predict_proba``.
    """

    def __init__(self, strength: float = 0.02, least: int = 8) -> None:
        self.strength = strength
        self.least = least

    def fit(self, X: FloatArray, causes: list[str]) -> Self:
        """Fit on disputed rows ``X`` (n, k) and their causes; with too few rows the shares alone are kept."""
        names, counts = np.unique(np.array(causes, dtype=str), return_counts=True)
        common = {str(name) for name, count in zip(names, counts, strict=True) if count >= self.least}
        labels = np.array([cause if cause in common else "other" for cause in causes], dtype=str)
        self.causes_ = sorted(set(labels.tolist())) or ["other"]
        shares = np.array([(labels == cause).mean() if len(labels) else 1.0 for cause in self.causes_])
        self.coefficients_ = np.zeros((len(self.causes_), 0))
        self.intercepts_ = np.log(shares)
        self.scaler_: LinearLearner | None = None
        if len(self.causes_) > 1:
            self._fit_regression(X, labels)
        return self

    def _fit_regression(self, X: FloatArray, labels: Any) -> None:
        # LinearLearner's standardisation, fitted on an arbitrary split of the rows: only its design is used.
        halves = (labels == self.causes_[0]).astype(np.float64)
        scaler = LinearLearner().fit(X, halves)
        if not len(scaler.coefficients_):
            return  # nothing varies: the shares are all there is to learn
        self.scaler_ = scaler
        regression = LogisticRegression(C=self.strength, max_iter=500).fit(scaler.design(X), labels)
        if len(self.causes_) == 2:
            self.coefficients_ = np.vstack([np.zeros_like(regression.coef_[0]), regression.coef_[0]])
            self.intercepts_ = np.array([0.0, regression.intercept_[0]])
        else:
            self.coefficients_, self.intercepts_ = regression.coef_, regression.intercept_

    def predict_proba(self, X: FloatArray) -> FloatArray:
        """P(cause | disputed), ``float64`` (n, len(causes_)), rows summing to one."""
        scores = np.tile(self.intercepts_, (len(X), 1))
        if self.scaler_ is not None:
            design = self.scaler_.design(X)
            scores = scores + np.column_stack([weighted_sums(design, one) for one in self.coefficients_])
        shares: FloatArray = softmax(scores, axis=1)
        return shares

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values."""
        return {
            "causes": self.causes_,
            "coefficients": self.coefficients_.tolist(),
            "intercepts": self.intercepts_.tolist(),
            "scaler": None if self.scaler_ is None else self.scaler_.to_dict(),
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "CauseModel":
        """The model whose ``to_dict`` gave ``state``."""
        model = cls()
        model.causes_ = state["causes"]
        model.coefficients_ = np.array(state["coefficients"])
        model.intercepts_ = np.array(state["intercepts"])
        model.scaler_ = None if state["scaler"] is None else LinearLearner.from_dict(state["scaler"])
        return model


@dataclass(frozen=True)
class DisputeModel:
    """Calibrated P(disputed or credited within the window) and the distribution over causes.

    Attributes:
        feature_names: columns of the matrix it was trained on, in order.
        priors: the firm's base rate, towards which client rates are shrunk.
        blend: fitted blend of binary learners.
        calibrator: fitted on periods later than the blend's.
        causes: P(cause | disputed).
        support: where it may be relied on.
        medians: ``float64`` (k,), usual values of the features, for explanations.
        certificate: the auto-clear guarantee as JSON values; empty when no threshold qualified.
    """

    risk: ClassVar[str] = "dispute"
    registered_as: ClassVar[str] = "dispute-risk"

    feature_names: tuple[str, ...]
    priors: Priors
    blend: Blend
    calibrator: Calibrator
    causes: CauseModel
    support: Support
    medians: FloatArray
    certificate: dict[str, Any] = field(default_factory=dict)

    def probability(self, X: FloatArray) -> FloatArray:
        """Calibrated P(disputed or credited), ``float64`` (n,)."""
        return self.calibrator(to_probability(self.blend.decision_function(self.priors(X))))

    def base_rate(self) -> float:
        """The firm's own share of disputed invoices over the training rows."""
        return self.priors.columns[0].base if self.priors.columns else 0.5

    def contributions(self, X: FloatArray) -> FloatArray:
        """Shares in log-odds of a dispute, ``float64`` (n, k)."""
        return self.blend.contributions(self.priors(X))

    def to_dict(self) -> dict[str, Any]:
        """The whole model as JSON values."""
        return {
            "feature_names": list(self.feature_names),
            "priors": self.priors.to_dict(),
            "blend": self.blend.to_dict(),
            "calibrator": self.calibrator.to_dict(),
            "causes": self.causes.to_dict(),
            "support": self.support.to_dict(),
            "medians": [None if np.isnan(value) else value for value in self.medians.tolist()],
            "certificate": self.certificate,
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "DisputeModel":
        """The model whose ``to_dict`` gave ``state``."""
        return cls(
            feature_names=tuple(state["feature_names"]),
            priors=Priors.from_dict(state["priors"]),
            blend=Blend.from_dict(state["blend"]),
            calibrator=Calibrator.from_dict(state["calibrator"]),
            causes=CauseModel.from_dict(state["causes"]),
            support=Support.from_dict(state["support"]),
            medians=np.array(state["medians"], dtype=np.float64),
            certificate=state["certificate"],
        )
