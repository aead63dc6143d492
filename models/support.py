"""Whether an invoice lies where the training data lay; outside, a model says so instead of guessing."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.arrays import BoolArray, FloatArray

EARLY_SHARE = 0.7


@dataclass(frozen=True)
class Support:
    """The ranges of the training features, and how many excursions are still ordinary.

    Attributes:
        low, high: ``float64`` (k,), the 0.1 % and 99.9 % quantiles of the training values.
        never_missing: ``bool`` (k,), features that had a value in every training row.
        allowed: excursions that are ordinary: 99 % of later rows have no more, against the ranges of earlier ones.
    """

    low: FloatArray
    high: FloatArray
    never_missing: BoolArray
    allowed: int

    @classmethod
    def of(cls, X: FloatArray) -> "Support":
        """The support of training rows ``X`` (n, k), in order of time.

        Histories grow and seasons change, so that ordinary later rows leave the ranges of earlier ones somewhere; how
        often they do is read off the rows themselves: the later 30 % against the ranges of the first 70 %.
        """
        early = int(EARLY_SHARE * len(X))
        past = cls._ranges(X[:early])
        ordinary = past.excursions(X[early:]) if 0 < early < len(X) else np.zeros(1)
        ranges = cls._ranges(X)
        allowed = max(np.quantile(ordinary, 0.99), np.quantile(ranges.excursions(X), 0.995))
        return cls(ranges.low, ranges.high, ranges.never_missing, int(allowed))

    @classmethod
    def _ranges(cls, X: FloatArray) -> "Support":
        present = np.isfinite(X)
        low, high = np.full(X.shape[1], -np.inf), np.full(X.shape[1], np.inf)
        for column in range(X.shape[1]):
            values = X[present[:, column], column]
            if len(values):
                low[column], high[column] = np.quantile(values, [0.001, 0.999])
        return cls(low, high, np.asarray(present.all(axis=0)), 0)

    def excursions(self, X: FloatArray) -> FloatArray:
        """Number of features of each row outside their range, ``float64`` (n,)."""
        outside = (self.low > X) | (self.high < X) | (~np.isfinite(X) & self.never_missing)
        count: FloatArray = outside.sum(axis=1).astype(np.float64)
        return count

    def covers(self, X: FloatArray) -> BoolArray:
        """Whether each row is ordinary enough to speak about, ``bool`` (n,)."""
        covered: BoolArray = self.excursions(X) <= self.allowed
        return covered

    def to_dict(self) -> dict[str, Any]:
        """The ranges as JSON values (infinite ends as ``None``)."""
        return {
            "low": [None if np.isinf(value) else value for value in self.low.tolist()],
            "high": [None if np.isinf(value) else value for value in self.high.tolist()],
            "never_missing": self.never_missing.tolist(),
            "allowed": self.allowed,
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "Support":
        """The support whose ``to_dict`` gave ``state``."""
        return cls(
            np.array([-np.inf if value is None else value for value in state["low"]]),
            np.array([np.inf if value is None else value for value in state["high"]]),
            np.array(state["never_missing"], dtype=bool),
            state["allowed"],
        )


def medians_of(X: FloatArray) -> FloatArray:
    """Median of each column's present values, NaN where there are none, ``float64`` (k,)."""
    present: BoolArray = np.isfinite(X)
    return np.array([np.median(X[present[:, j], j]) if present[:, j].any() else np.nan for j in range(X.shape[1])])
