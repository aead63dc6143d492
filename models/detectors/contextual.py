"""Outliers among deviations: first how surprising each value is, then the ensemble over those surprises."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin

from models.arrays import FloatArray
from models.detectors.ensemble import EnsembleDetector
from models.detectors.tails import TailDetector

# Surprise in nats that is ordinary: one value in three is this far out, and none of them is worth a word.
ORDINARY = 1.0


class ContextualDetector(OutlierMixin, BaseEstimator):
    """The ensemble over the surprises of deviation features.

    Features that already say how far a bill is from what was to be expected differ in kind: a rare sort of invoice is
    no anomaly, and a missing comparison is no deviation. Their empirical tails, on the side that matters, put them on
    one scale on which 0 is ordinary; the ensemble then weighs single large surprises against several at once.

    Args:
        sides: +1 (high is odd), -1 (low is odd) or 0 (both) per feature; ``None`` means both everywhere.
        seed: of every random draw.
    """

    def __init__(self, sides: tuple[int, ...] | None = None, seed: int = 7) -> None:
        self.sides = sides
        self.seed = seed

    def fit(self, X: FloatArray, y: object = None) -> Self:  # noqa: ARG002 - scikit-learn's outlier interface
        """Fit on ``X`` ``float64`` (n, k), NaN allowed."""
        X = np.asarray(X, dtype=np.float64)
        self.n_features_in_ = X.shape[1]
        self.tails_ = TailDetector(self.sides, floor=ORDINARY).fit(X)
        self.ensemble_ = EnsembleDetector((1,) * X.shape[1], seed=self.seed).fit(self.tails_.surprises(X))
        return self

    def surprises(self, X: FloatArray) -> FloatArray:
        """Surprise of each value in nats beyond the ordinary, ``float64`` (n, k)."""
        return self.tails_.surprises(X)

    def member_scores(self, X: FloatArray) -> FloatArray:
        """Standardised abnormality by each member of the ensemble, ``float64`` (n, 4)."""
        return self.ensemble_.member_scores(self.tails_.surprises(X))

    def score_samples(self, X: FloatArray) -> FloatArray:
        """Scikit-learn's convention: the lower, the more abnormal, ``float64`` (n,)."""
        return self.ensemble_.score_samples(self.tails_.surprises(X))

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values."""
        sides = None if self.sides is None else list(self.sides)
        return {
            "sides": sides, "seed": self.seed, "tails": self.tails_.to_dict(), "ensemble": self.ensemble_.to_dict()
        }  # fmt: skip

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "ContextualDetector":
        """The detector whose ``to_dict`` gave ``state``."""
        detector = cls(None if state["sides"] is None else tuple(state["sides"]), state["seed"])
        detector.tails_ = TailDetector.from_dict(state["tails"])
        detector.ensemble_ = EnsembleDetector.from_dict(state["ensemble"])
        detector.n_features_in_ = detector.tails_.n_features_in_
        return detector
