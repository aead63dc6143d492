"""The house detector: four plain detectors that fail in different ways, averaged on one scale."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin

from models.arrays import BoolArray, FloatArray
from models.detectors.isolation import IsolationTrees
from models.detectors.neighbours import SampledNeighbours
from models.detectors.tails import TailDetector

# Standardised scores are kept inside these bounds: one runaway distance must not outvote the other members.
_LOWEST, _HIGHEST = -3.0, 8.0
MEMBERS = ("isolation", "near in deviations", "near in ranges", "tails")


class EnsembleDetector(OutlierMixin, BaseEstimator):
    """Mean of standardised scores of isolation trees, sampled neighbours on two scales, and empirical tails.

    Averaging detectors of different kinds is the most reliable unsupervised choice when nothing tells which one fits
    the data (Aggarwal & Sathe 2015): isolation trees find what lies apart in few features, sampled neighbours what is
    far from everything in many, tails what is extreme in any. Each member's score is standardised by its training mean
    and spread and clipped. Missing values are replaced by the training median for the first three, and surprise
    nobody in the tails; columns that never vary are left out.

    Args:
        sides: +1 (high is odd), -1 (low is odd) or 0 (both) per feature, for the tails; ``None`` means both.
        seed: of every random draw.
    """

    def __init__(self, sides: tuple[int, ...] | None = None, seed: int = 7) -> None:
        self.sides = sides
        self.seed = seed

    def fit(self, X: FloatArray, y: object = None) -> Self:  # noqa: ARG002 - scikit-learn's outlier interface
        """Fit every member on ``X`` ``float64`` (n, k), NaN allowed; contamination is expected."""
        X = np.asarray(X, dtype=np.float64)
        self.n_features_in_ = X.shape[1]
        self._learn_scales(X)
        self.tails_ = TailDetector(self.sides, floor=0.0).fit(X)
        if len(self.kept_):
            self._fit_members(X)
        members = self._members(X)
        if len(self.kept_):
            members[:, 1] = -self.near_deviations_.out_of_sample(self._filled(X) / self.deviation_)
            members[:, 2] = -self.near_ranges_.out_of_sample(self._filled(X) / self.range_)
        self.center_ = members.mean(axis=0)
        spread = members.std(axis=0)
        self.spread_ = np.where(spread > 0, spread, 1.0)
        return self

    def _learn_scales(self, X: FloatArray) -> None:
        finite: BoolArray = np.isfinite(X)
        columns = [X[finite[:, j], j] for j in range(X.shape[1])]
        self.kept_ = np.array([j for j, one in enumerate(columns) if len(one) and np.ptp(one) > 0], dtype=np.int64)
        kept = [columns[j] for j in self.kept_]
        self.median_ = np.array([np.median(one) for one in kept])
        filled = self._filled(X)
        self.range_, deviation = np.array([np.ptp(one) for one in kept]), filled.std(axis=0)
        self.deviation_ = np.where(deviation > 0, deviation, self.range_)

    def _fit_members(self, X: FloatArray) -> None:
        filled = self._filled(X)
        self.isolation_ = IsolationTrees(seed=self.seed).fit(filled / self.range_)
        self.near_deviations_ = SampledNeighbours(seed=self.seed).fit(filled / self.deviation_)
        self.near_ranges_ = SampledNeighbours(seed=self.seed + 1).fit(filled / self.range_)

    def _filled(self, X: FloatArray) -> FloatArray:
        """The columns that vary, around their medians, without holes."""
        centred = X[:, self.kept_] - self.median_
        return np.where(np.isfinite(centred), centred, 0.0)

    def _members(self, X: FloatArray) -> FloatArray:
        """Abnormality by each member, ``float64`` (n, 4), in the order of ``MEMBERS``."""
        scores = np.zeros((len(X), len(MEMBERS)))
        scores[:, 3] = -self.tails_.score_samples(X)
        if len(self.kept_) and len(X):
            filled = self._filled(X)
            ranged = filled / self.range_
            scores[:, 0] = -self.isolation_.score_samples(ranged)
            scores[:, 1] = -self.near_deviations_.score_samples(filled / self.deviation_)
            scores[:, 2] = -self.near_ranges_.score_samples(ranged)
        return scores

    def member_scores(self, X: FloatArray) -> FloatArray:
        """Standardised, clipped abnormality by each member, ``float64`` (n, 4), in the order of ``MEMBERS``."""
        X = np.asarray(X, dtype=np.float64)
        standard: FloatArray = np.clip((self._members(X) - self.center_) / self.spread_, _LOWEST, _HIGHEST)
        return standard

    def score_samples(self, X: FloatArray) -> FloatArray:
        """Scikit-learn's convention: the lower, the more abnormal, ``float64`` (n,)."""
        a, b, c, d = self.member_scores(X).T
        return np.asarray(-(a + b + c + d) / len(MEMBERS), dtype=np.float64)

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values."""
        state = {name: getattr(self, f"{name}_").tolist() for name in _ARRAYS}
        members = {name: getattr(self, f"{name}_").to_dict() for name in _PARTS if hasattr(self, f"{name}_")}
        sides = None if self.sides is None else list(self.sides)
        return {"sides": sides, "seed": self.seed, "features": self.n_features_in_, **state, **members}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "EnsembleDetector":
        """The detector whose ``to_dict`` gave ``state``."""
        detector = cls(None if state["sides"] is None else tuple(state["sides"]), state["seed"])
        detector.n_features_in_ = state["features"]
        for name in _ARRAYS:
            setattr(detector, f"{name}_", np.array(state[name], dtype=np.int64 if name == "kept" else np.float64))
        for name, part in _PARTS.items():
            if name in state:
                setattr(detector, f"{name}_", part.from_dict(state[name]))
        return detector


_ARRAYS = ("kept", "median", "range", "deviation", "center", "spread")
_PARTS: dict[str, Any] = {
    "tails": TailDetector,
    "isolation": IsolationTrees,
    "near_deviations": SampledNeighbours,
    "near_ranges": SampledNeighbours,
}
