"""Billing anomaly: how unlike earlier billing an invoice is, as a conformal p-value with its odd features named."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from models.arrays import FloatArray
from models.detectors.tails import TailDetector
from models.support import Support


@dataclass(frozen=True)
class AnomalyModel:
    """Conformal p-values of the detector's scores (Bates et al. 2023, eq. 1).

    If an invoice is exchangeable with the calibration invoices, P(p-value <= u) <= u for every u. The promise is
    marginal, and it weakens when billing drifts away from the calibration period.

    Attributes:
        feature_names: columns of the whole matrix, in order.
        used: indices of the columns that the detector reads.
        detector: fitted on the earlier part of the training period.
        calibration: ``float64`` (m,), sorted abnormality of the later part.
        medians: ``float64`` (k,), usual values of the features, for explanations.
    """

    risk: ClassVar[str] = "anomaly"
    registered_as: ClassVar[str] = "billing-anomaly"

    feature_names: tuple[str, ...]
    used: tuple[int, ...]
    detector: TailDetector
    calibration: FloatArray
    support: Support
    medians: FloatArray

    def abnormality(self, X: FloatArray) -> FloatArray:
        """The larger, the less usual, ``float64`` (n,)."""
        scores: FloatArray = -self.detector.score_samples(X[:, self.used])
        return scores

    def p_value(self, X: FloatArray) -> FloatArray:
        """Share of calibration invoices at least as abnormal, in (0, 1], ``float64`` (n,)."""
        m = len(self.calibration)
        beyond = m - np.searchsorted(self.calibration, self.abnormality(X), side="left")
        return np.asarray((1.0 + beyond) / (1.0 + m), dtype=np.float64)

    def contributions(self, X: FloatArray) -> FloatArray:
        """Each feature's surprise in nats, ``float64`` (n, k); columns not read are 0."""
        shares = np.zeros(X.shape)
        shares[:, self.used] = self.detector.surprises(X[:, self.used])
        return shares

    def to_dict(self) -> dict[str, Any]:
        """The whole model as JSON values."""
        return {
            "feature_names": list(self.feature_names),
            "used": list(self.used),
            "detector": self.detector.to_dict(),
            "calibration": self.calibration.tolist(),
            "support": self.support.to_dict(),
            "medians": [None if np.isnan(value) else value for value in self.medians.tolist()],
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "AnomalyModel":
        """The model whose ``to_dict`` gave ``state``."""
        return cls(
            feature_names=tuple(state["feature_names"]),
            used=tuple(state["used"]),
            detector=TailDetector.from_dict(state["detector"]),
            calibration=np.array(state["calibration"]),
            support=Support.from_dict(state["support"]),
            medians=np.array(state["medians"], dtype=np.float64),
        )
