"""The release clock: how long an invoice that is billable takes until it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.arrays import FloatArray
from models.calibration import IDENTITY, Calibrator
from models.curves import given_open
from models.hazards import RELEASE_EDGES, DiscreteHazards
from models.horizon import Head, with_heads


@dataclass(frozen=True)
class ReleaseClock:
    """P(days from billable to sent > k) for every k; approvals and missing papers are what it waits for.

    Attributes:
        hazards: fitted over ``RELEASE_EDGES``; an invoice counts from the day its draft was first seen.
        calibrators: edge (days) → calibrator, fitted later than the hazards.
        heads: blends with plain rivals at the deciding horizons, growing by edge.
    """

    hazards: DiscreteHazards
    calibrators: Mapping[float, Calibrator]
    heads: tuple[Head, ...] = ()

    def curve(self, X: FloatArray, waited: FloatArray) -> FloatArray:
        """Calibrated P(days > edge) given ``waited`` days (n,) so far, ``float64`` (n, len(RELEASE_EDGES))."""
        moved = with_heads(self.hazards.survival(X), X, self.heads, RELEASE_EDGES)
        raw = given_open(moved, waited, RELEASE_EDGES)
        columns = [self.calibrators.get(float(edge), IDENTITY)(raw[:, j]) for j, edge in enumerate(RELEASE_EDGES)]
        passed = RELEASE_EDGES[None, :] <= np.nan_to_num(waited, nan=-np.inf)[:, None]
        curve: FloatArray = np.minimum.accumulate(np.where(passed, 1.0, np.column_stack(columns)), axis=1)
        return curve

    def to_dict(self) -> dict[str, Any]:
        """The clock as JSON values."""
        return {
            "hazards": self.hazards.to_dict(),
            "calibrators": {str(edge): calibrator.to_dict() for edge, calibrator in self.calibrators.items()},
            "heads": [head.to_dict() for head in self.heads],
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "ReleaseClock":
        """The clock whose ``to_dict`` gave ``state``."""
        calibrators = {float(edge): Calibrator.from_dict(part) for edge, part in state["calibrators"].items()}
        heads = tuple(Head.from_dict(part) for part in state["heads"])
        return cls(DiscreteHazards.from_dict(state["hazards"]), calibrators, heads)
