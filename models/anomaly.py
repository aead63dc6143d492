"""Billing anomaly: how unlike what one would expect a bill is, as a conformal p-value with its odd features named."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from models.arrays import FloatArray
from models.conformal import Conformal
from models.detectors.contextual import ContextualDetector
from models.findings import FirmScores
from models.support import Support
from models.verdicts import VerdictBlend


@dataclass(frozen=True)
class AnomalyModel:
    """Conformal p-values of the contextual detector's scores (Bates et al. 2023, eq. 1, weighted by recency).

    If an invoice is exchangeable with the calibration invoices, P(p-value <= u) <= u for every u. The promise is
    marginal, and it weakens when billing drifts away from the calibration period.

    Attributes:
        feature_names: columns of the whole matrix, in order.
        used: indices of the columns that the detector reads.
        detector: fitted on the earlier part of the training period.
        calibration: of the later part, the newest rows counting most.
        medians: ``float64`` (k,), usual values of the features, for explanations.
        blend: weights learned from verdicts; ``None`` while there are too few, or where they do not help.
        firm: how far off single lines and timesheet entries ordinarily are, for ``find_line_anomalies``.
    """

    risk: ClassVar[str] = "anomaly"
    registered_as: ClassVar[str] = "billing-anomaly"

    feature_names: tuple[str, ...]
    used: tuple[int, ...]
    detector: ContextualDetector
    calibration: Conformal
    support: Support
    medians: FloatArray
    blend: VerdictBlend | None = None
    firm: FirmScores = field(default_factory=FirmScores)

    def abnormality(self, X: FloatArray) -> FloatArray:
        """The larger, the less usual, ``float64`` (n,)."""
        return abnormality(self.detector, X[:, self.used], self.blend)

    def p_value(self, X: FloatArray) -> FloatArray:
        """Weighted share of calibration invoices at least as abnormal, in (0, 1], ``float64`` (n,)."""
        return self.calibration.p_value(self.abnormality(X))

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
            "calibration": self.calibration.to_dict(),
            "support": self.support.to_dict(),
            "medians": [None if np.isnan(value) else value for value in self.medians.tolist()],
            "blend": None if self.blend is None else self.blend.to_dict(),
            "firm": self.firm.to_dict(),
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "AnomalyModel":
        """The model whose ``to_dict`` gave ``state``."""
        return cls(
            feature_names=tuple(state["feature_names"]),
            used=tuple(state["used"]),
            detector=ContextualDetector.from_dict(state["detector"]),
            calibration=Conformal.from_dict(state["calibration"]),
            support=Support.from_dict(state["support"]),
            medians=np.array(state["medians"], dtype=np.float64),
            blend=None if state["blend"] is None else VerdictBlend.from_dict(state["blend"]),
            firm=FirmScores.from_dict(state["firm"]),
        )


def abnormality(detector: ContextualDetector, X: FloatArray, blend: VerdictBlend | None) -> FloatArray:
    """How unusual the rows of the detector's own columns are, by itself or as verdicts have taught to weigh it."""
    if blend is None:
        plain: FloatArray = -detector.score_samples(X)
        return plain
    return blend.score(detector.member_scores(X), detector.surprises(X))
