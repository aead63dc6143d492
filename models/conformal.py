"""Conformal p-values whose calibration rows count by how recent they are."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.arrays import FloatArray, IntArray

_DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Conformal:
    """Weighted conformal p-values (Vovk et al. 2005; weights after Barber et al. 2023).

    With equal weights and scores exchangeable with the calibration's, P(p-value <= u) <= u for every u. Where the
    world drifts, weights that halve with age keep the excess small: it is at most the weighted mean distance between
    the new score's distribution and the calibration's. The promise is marginal over all rows.

    Attributes:
        scores: ``float64`` (m,), growing; larger is more abnormal.
        weights: ``float64`` (m,), in (0, 1].
    """

    scores: FloatArray
    weights: FloatArray

    @classmethod
    def of(cls, scores: FloatArray, as_of: IntArray | None = None, *, half_life_days: float = np.inf) -> "Conformal":
        """Calibrate on ``scores`` (m,), at moments ``as_of`` (microseconds) of which the newest counts 1."""
        age = np.zeros(len(scores)) if as_of is None else (as_of.max(initial=0) - as_of) / _DAY_US
        order = np.argsort(scores, kind="stable")
        return cls(scores[order], np.exp2(-age / half_life_days)[order])

    def p_value(self, scores: FloatArray) -> FloatArray:
        """Weighted share of calibration scores at least as large, the row itself counted, in (0, 1]."""
        beyond = np.concatenate([np.cumsum(self.weights[::-1])[::-1], [0.0]])
        found = beyond[np.searchsorted(self.scores, scores, side="left")]
        return np.asarray((1.0 + found) / (1.0 + beyond[0]), dtype=np.float64)

    def to_dict(self) -> dict[str, Any]:
        """The calibration as JSON values."""
        return {"scores": self.scores.tolist(), "weights": self.weights.tolist()}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "Conformal":
        """The calibration whose ``to_dict`` gave ``state``."""
        return cls(np.array(state["scores"], dtype=np.float64), np.array(state["weights"], dtype=np.float64))
