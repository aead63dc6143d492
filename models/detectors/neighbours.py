"""Distance to the nearest of a few sampled rows, averaged over many samples."""

from typing import Any, Self

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.base import BaseEstimator, OutlierMixin

from models.arrays import BoolArray, FloatArray

_BLOCK_ROWS = 4_096


class SampledNeighbours(OutlierMixin, BaseEstimator):
    """Mean distance to the nearest row of small random samples (Sugiyama & Borgwardt 2013, bagged).

    Anomalies are rare, so that a sample of sixteen rows seldom holds one: unlike k nearest neighbours, this does not
    take anomalies that sit together for ordinary, and a row costs the same whatever the training set's size.

    Args:
        samples: number of random samples.
        size: rows per sample; at most half of the training rows.
        seed: of the sampling.
    """

    def __init__(self, samples: int = 64, size: int = 16, seed: int = 7) -> None:
        self.samples = samples
        self.size = size
        self.seed = seed

    def fit(self, X: FloatArray, y: object = None) -> Self:  # noqa: ARG002 - scikit-learn's outlier interface
        """Draw the samples from ``X`` ``float64`` (n, k), finite and on comparable scales."""
        rng, size = np.random.default_rng(self.seed), max(1, min(self.size, len(X) // 2))
        self.drawn_ = np.stack([rng.choice(len(X), size, replace=False) for _ in range(self.samples)])
        self.reference_ = np.ascontiguousarray(X[self.drawn_])
        self.n_features_in_ = X.shape[1]
        return self

    def score_samples(self, X: FloatArray) -> FloatArray:
        """Minus the mean distance, ``float64`` (n,): the lower, the more abnormal."""
        scores: FloatArray = -np.cumsum(self._distances(X), axis=1)[:, -1] / self.samples
        return scores

    def out_of_sample(self, X: FloatArray) -> FloatArray:
        """Scores of the training rows ``X`` themselves over the samples that do not hold them, ``float64`` (n,)."""
        counted: BoolArray = np.ones((len(X), self.samples), dtype=bool)
        counted[self.drawn_, np.arange(self.samples)[:, None]] = False
        total = (self._distances(X) * counted).sum(axis=1)
        # A row that every sample holds (only among very few rows) keeps its distance of nothing.
        scores: FloatArray = -total / np.maximum(counted.sum(axis=1), 1)
        return scores

    def _distances(self, X: FloatArray) -> FloatArray:
        """Distance of each row to its nearest in each sample, ``float64`` (n, samples)."""
        flat = self.reference_.reshape(-1, self.n_features_in_)
        shape = (-1, self.samples, self.reference_.shape[1])
        blocks = [X[start : start + _BLOCK_ROWS] for start in range(0, len(X), _BLOCK_ROWS)]
        parts = [cdist(block, flat).reshape(shape).min(axis=2) for block in blocks]
        return np.concatenate(parts) if parts else np.empty((0, self.samples))

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values; which rows were drawn is forgotten."""
        return {
            "samples": self.samples, "size": self.size, "seed": self.seed, "reference": self.reference_.tolist()
        }  # fmt: skip

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "SampledNeighbours":
        """The detector whose ``to_dict`` gave ``state``."""
        detector = cls(state["samples"], state["size"], state["seed"])
        detector.reference_ = np.array(state["reference"], dtype=np.float64)
        detector.n_features_in_ = detector.reference_.shape[2]
        return detector
