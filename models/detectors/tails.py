"""Empirical tails: how far out each value of a row lies among the training values of its feature."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin

from models.arrays import BoolArray, FloatArray, IntArray

# Values kept per feature, the outermost ones all: the empirical tails are read off these.
_KNOTS, _OUTERMOST = 2_000, 100


@dataclass(frozen=True)
class Tails:
    """One feature's empirical distribution, thinned in the middle.

    Attributes:
        knots: ``float64`` (m,), growing.
        below, upto: ``int64`` (m,), training rows below each knot, and at or below it.
        rows: training rows that had a value.
    """

    knots: FloatArray
    below: IntArray
    upto: IntArray
    rows: int

    @classmethod
    def of(cls, values: FloatArray) -> "Tails":
        """The distribution of the finite ones of ``values``."""
        present = np.sort(values[np.isfinite(values)])
        kept = present
        if len(present) > _KNOTS:
            places = np.linspace(0, len(present) - 1, _KNOTS - 2 * _OUTERMOST).astype(np.int64)
            kept = np.concatenate([present[:_OUTERMOST], present[places], present[-_OUTERMOST:]])
        knots = np.unique(kept)
        below, upto = (np.searchsorted(present, knots, side=side) for side in ("left", "right"))
        return cls(knots, below, upto, len(present))

    def surprise(self, values: FloatArray, side: int) -> FloatArray:
        """Minus the log of the share at least as extreme, ``float64`` (n,); between knots, the larger share counts."""
        if len(self.knots) < 2:  # what never varied tells nothing of what is usual
            return np.zeros(len(values))
        missing: BoolArray = ~np.isfinite(values)
        safe = np.where(missing, self.knots[0], values)
        left, right = np.searchsorted(self.knots, safe, "left"), np.searchsorted(self.knots, safe, "right")
        upper = (self.rows - np.concatenate([[0], self.upto])[left] + 1) / (self.rows + 1)
        lower = (np.concatenate([self.below, [self.rows]])[right] + 1) / (self.rows + 1)
        tail = upper if side > 0 else lower if side < 0 else 2 * np.minimum(upper, lower)
        return np.where(missing, 0.0, -np.log(np.minimum(tail, 1.0)))

    def to_dict(self) -> dict[str, Any]:
        """The distribution as JSON values."""
        arrays = {"knots": self.knots, "below": self.below, "upto": self.upto}
        return {**{name: array.tolist() for name, array in arrays.items()}, "rows": self.rows}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "Tails":
        """The tails whose ``to_dict`` gave ``state``."""
        below, upto = (np.array(state[name], dtype=np.int64) for name in ("below", "upto"))
        return cls(np.array(state["knots"], dtype=np.float64), below, upto, state["rows"])


class TailDetector(OutlierMixin, BaseEstimator):
    """Sum of empirical tail log-probabilities over features, after ECOD (Li et al. 2022).

    A feature's surprise is minus the log of the share of training rows at least as extreme on the side that matters:
    the upper tail, the lower tail, or twice the smaller of the two. Missing values surprise nobody. Unlike ECOD, the
    side is declared per feature instead of guessed from skewness, and small surprises (below ``floor``) do not add
    up, so that forty slightly unusual features do not outweigh one absurd amount.

    Args:
        sides: +1 (high is odd), -1 (low is odd) or 0 (both) per feature; ``None`` means both everywhere.
        floor: surprise in nats that is ordinary.
    """

    def __init__(self, sides: tuple[int, ...] | None = None, floor: float = 2.0) -> None:
        self.sides = sides
        self.floor = floor

    def fit(self, X: FloatArray, y: object = None) -> Self:  # noqa: ARG002 - scikit-learn's outlier interface
        """Keep each feature's empirical distribution, ``X`` ``float64`` (n, k), NaN allowed."""
        X = np.asarray(X, dtype=np.float64)
        self.n_features_in_ = X.shape[1]
        self.tails_ = [Tails.of(X[:, column]) for column in range(X.shape[1])]
        return self

    def surprises(self, X: FloatArray) -> FloatArray:
        """Surprise of each value in nats beyond ``floor``, ``float64`` (n, k), 0 for ordinary or missing ones."""
        X = np.asarray(X, dtype=np.float64)
        sides = self.sides or (0,) * X.shape[1]
        columns = [
            tails.surprise(X[:, j], side) for j, (tails, side) in enumerate(zip(self.tails_, sides, strict=True))
        ]
        return np.maximum(np.column_stack(columns) - self.floor, 0.0)

    def score_samples(self, X: FloatArray) -> FloatArray:
        """Scikit-learn's convention: the lower, the more abnormal, ``float64`` (n,)."""
        scores: FloatArray = -self.surprises(X).sum(axis=1)
        return scores

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values."""
        return {
            "sides": None if self.sides is None else list(self.sides),
            "floor": self.floor,
            "tails": [tails.to_dict() for tails in self.tails_],
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "TailDetector":
        """The detector whose ``to_dict`` gave ``state``."""
        detector = cls(None if state["sides"] is None else tuple(state["sides"]), state["floor"])
        detector.tails_ = [Tails.from_dict(tails) for tails in state["tails"]]
        detector.n_features_in_ = len(detector.tails_)
        return detector
