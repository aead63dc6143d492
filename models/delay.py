"""Invoice delay: the calibrated distribution of days late."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from models.arrays import FloatArray
from models.calibration import IDENTITY, Calibrator
from models.hazards import EDGES, DiscreteHazards
from models.priors import Prior, Priors
from models.support import Support


@dataclass(frozen=True)
class DelayModel:
    """P(days late > k) for every k, from hazards calibrated at each edge.

    The curve is calibrated edge by edge on periods later than the fit and then made non-increasing; calibration is
    marginal (over all invoices of a period), not promised within every client.

    Attributes:
        feature_names: columns of the matrix it was trained on, in order.
        priors: the firm's base rates, towards which client rates are shrunk.
        hazards: the fitted discrete-time survival model.
        calibrators: edge (days) → calibrator of P(days late > edge).
        support: where it may be relied on.
        late_after_days: the lateness that counts as late for routing, one of ``EDGES``.
        medians: ``float64`` (k,), usual values of the features, for explanations.
    """

    risk: ClassVar[str] = "delay"
    registered_as: ClassVar[str] = "invoice-delay"

    feature_names: tuple[str, ...]
    priors: Priors
    hazards: DiscreteHazards
    calibrators: Mapping[float, Calibrator]
    support: Support
    late_after_days: int
    medians: FloatArray

    def curve(self, X: FloatArray) -> FloatArray:
        """Calibrated P(days late > edge), ``float64`` (n, len(EDGES)), non-increasing along a row."""
        raw = self.hazards.survival(self.priors(X))
        columns = [self.calibrators.get(float(edge), IDENTITY)(raw[:, j]) for j, edge in enumerate(EDGES)]
        curve: FloatArray = np.minimum.accumulate(np.column_stack(columns), axis=1)
        return curve

    def probability_late(self, X: FloatArray, *, after_days: float | None = None) -> FloatArray:
        """P(days late > ``after_days``), interpolated between edges, ``float64`` (n,)."""
        after = self.late_after_days if after_days is None else after_days
        return at_day(self.curve(X), after)

    def base_rate(self) -> float:
        """The firm's own share of invoices later than ``late_after_days`` over the training rows."""
        after = [
            prior.base for prior in self.priors.columns if self._name(prior) == f"late_rate_{self.late_after_days}"
        ]
        return after[0] if after else 0.5

    def _name(self, prior: Prior) -> str:
        return self.feature_names[prior.column]

    def expected_days_late(self, X: FloatArray) -> FloatArray:
        """Mean of the distribution in days, ``float64`` (n,)."""
        return mean_days(self.curve(X), self.hazards.centers_)

    def contributions(self, X: FloatArray) -> FloatArray:
        """Shares in log-odds of being late beyond ``late_after_days``, ``float64`` (n, k)."""
        return self.hazards.contributions(self.priors(X), edge=self.late_after_days)

    def to_dict(self) -> dict[str, Any]:
        """The whole model as JSON values."""
        return {
            "feature_names": list(self.feature_names),
            "priors": self.priors.to_dict(),
            "hazards": self.hazards.to_dict(),
            "calibrators": {str(edge): calibrator.to_dict() for edge, calibrator in self.calibrators.items()},
            "support": self.support.to_dict(),
            "late_after_days": self.late_after_days,
            "medians": [None if np.isnan(value) else value for value in self.medians.tolist()],
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "DelayModel":
        """The model whose ``to_dict`` gave ``state``."""
        return cls(
            feature_names=tuple(state["feature_names"]),
            priors=Priors.from_dict(state["priors"]),
            hazards=DiscreteHazards.from_dict(state["hazards"]),
            calibrators={float(edge): Calibrator.from_dict(part) for edge, part in state["calibrators"].items()},
            support=Support.from_dict(state["support"]),
            late_after_days=state["late_after_days"],
            medians=np.array(state["medians"], dtype=np.float64),
        )


def at_day(curve: FloatArray, day: float) -> FloatArray:
    """P(days late > ``day``) read off curves (n, len(EDGES)), linear between edges, flat beyond them."""
    right = int(np.searchsorted(EDGES, day))
    if right == len(EDGES) or EDGES[right] == day or right == 0:
        return curve[:, min(right, len(EDGES) - 1)]
    share = float((day - EDGES[right - 1]) / (EDGES[right] - EDGES[right - 1]))
    return (1 - share) * curve[:, right - 1] + share * curve[:, right]


def given_open(curve: FloatArray, open_for: FloatArray) -> FloatArray:
    """Curves given that the invoice is still unpaid ``open_for`` days after its due date.

    P(T > k | T > c) = P(T > k) / P(T > c), and 1 for every k up to c: what has passed unpaid is no longer a chance.

    Args:
        curve: ``float64`` (n, len(EDGES)).
        open_for: ``float64`` (n,), days; negative before the due date, NaN without one (nothing is known then).
    """
    reached = np.array(
        [
            1.0 if np.isnan(c) or c < EDGES[0] else np.interp(c, EDGES, row)
            for c, row in zip(open_for, curve, strict=True)
        ]
    )
    conditioned = np.minimum(curve / np.maximum(reached, 1e-9)[:, None], 1.0)
    passed = EDGES[None, :] <= np.where(np.isnan(open_for), -np.inf, open_for)[:, None]
    return np.where(passed, 1.0, conditioned)


def mean_days(curve: FloatArray, centers: FloatArray) -> FloatArray:
    """Mean days late of curves, each interval counted at its center, ``float64`` (n,)."""
    full = np.hstack([np.ones((len(curve), 1)), curve, np.zeros((len(curve), 1))])
    mean: FloatArray = (full[:, :-1] - full[:, 1:]) @ centers
    return mean


def quantile_days(curve: FloatArray, level: float) -> FloatArray:
    """Days late by which a share ``level`` of such invoices is paid, ``float64`` (n,), between the outer edges."""
    return np.array([np.interp(-(1 - level), -row, EDGES) for row in curve])
