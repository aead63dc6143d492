"""Invoice delay: the calibrated distribution of days late."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

import numpy as np

from models.arrays import FloatArray
from models.calibration import IDENTITY, Calibrator
from models.cash import Alike
from models.curves import at_day, mean_days
from models.hazards import EDGES, DiscreteHazards
from models.horizon import Head, with_heads
from models.priors import Prior, Priors
from models.release import ReleaseClock
from models.support import Support


@dataclass(frozen=True)
class DelayModel:
    """P(days late > k) for every k, from hazards calibrated at each edge.

    At the horizons that decide, the hazards' curve is blended with plain rivals where these proved better out of time;
    the move is carried to the days between. The curve is then calibrated edge by edge on periods later than the fit
    and made non-increasing; calibration is marginal (over all invoices of a period), not promised within every client.

    Attributes:
        feature_names: columns of the matrix it was trained on, in order.
        priors: the firm's base rates, towards which client rates are shrunk.
        hazards: the fitted discrete-time survival model.
        calibrators: edge (days) → calibrator of P(days late > edge).
        support: where it may be relied on.
        late_after_days: the lateness that counts as late for routing, one of ``EDGES``.
        medians: ``float64`` (k,), usual values of the features, for explanations.
        heads: blends with plain rivals at the deciding horizons, growing by edge.
        release: the clock before the invoice is sent; ``None`` where no source says when work became billable.
        alike: how much of their luck invoices share, for sums over a portfolio.
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
    heads: tuple[Head, ...] = ()
    release: ReleaseClock | None = None
    alike: Alike = field(default_factory=Alike)

    def curve(self, X: FloatArray) -> FloatArray:
        """Calibrated P(days late > edge), ``float64`` (n, len(EDGES)), non-increasing along a row."""
        moved = self.priors(X)
        raw = with_heads(self.hazards.survival(moved), moved, self.heads, EDGES)
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
        moved = self.priors(X)
        shares = self.hazards.contributions(moved, edge=self.late_after_days)
        for head in self.heads:
            if head.edge == self.late_after_days:
                shares = head.contributions(moved, shares)
        return shares

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
            "heads": [head.to_dict() for head in self.heads],
            "release": None if self.release is None else self.release.to_dict(),
            "alike": asdict(self.alike),
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
            heads=tuple(Head.from_dict(part) for part in state["heads"]),
            release=None if state["release"] is None else ReleaseClock.from_dict(state["release"]),
            alike=Alike(**state["alike"]),
        )
