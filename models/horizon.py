"""At the horizons that decide, the curve must beat simple rivals: a blend of it with them, and what that moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.arrays import FloatArray, to_logit, to_probability, weighted_sums
from models.learners.linear import LinearLearner
from models.learners.rate import RateLearner

Rival = LinearLearner | RateLearner

# Name of the curve itself among the members of a head.
CURVE = "curve"
_CLASSES: Mapping[str, type[LinearLearner] | type[RateLearner]] = {"linear": LinearLearner, "rate": RateLearner}


@dataclass(frozen=True)
class Head:
    """P(days > edge) at one edge: log-odds of the curve and of its rivals, stacked on rows that no fit saw.

    Attributes:
        edge: the horizon, in days.
        weights: member (``curve``, ``linear`` or ``rate``) → weight, none negative.
        members: fitted rivals of the curve that have weight.
        intercept: log-odds added to the weighted sum.
    """

    edge: float
    weights: Mapping[str, float]
    members: Mapping[str, Rival]
    intercept: float = 0.0

    def log_odds(self, X: FloatArray, curve: FloatArray) -> FloatArray:
        """Blended log-odds; ``X`` (n, k) and the curve's own log-odds at the edge (n,)."""
        total = self.weights.get(CURVE, 0.0) * curve + self.intercept
        for name, member in self.members.items():
            total = total + self.weights[name] * member.decision_function(X)
        return total

    def contributions(self, X: FloatArray, curve: FloatArray) -> FloatArray:
        """Shares of the blended log-odds, ``float64`` (n, k), from the curve's own shares (n, k)."""
        total = self.weights.get(CURVE, 0.0) * curve
        for name, member in self.members.items():
            total = total + self.weights[name] * member.contributions(X)
        return total

    def to_dict(self) -> dict[str, Any]:
        """The head as JSON values."""
        members = {name: member.to_dict() for name, member in self.members.items()}
        return {"edge": self.edge, "weights": dict(self.weights), "intercept": self.intercept, "members": members}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "Head":
        """The head whose ``to_dict`` gave ``state``."""
        members = {name: _CLASSES[name].from_dict(part) for name, part in state["members"].items()}
        return cls(state["edge"], state["weights"], members, state.get("intercept", 0.0))


def with_heads(survival: FloatArray, X: FloatArray, heads: Sequence[Head], edges: FloatArray) -> FloatArray:
    """Curves (n, J) moved to what the heads say of rows ``X`` at their horizons."""
    own = [to_logit(survival[:, int(np.searchsorted(edges, head.edge))]) for head in heads]
    blended = [head.log_odds(X, base) for head, base in zip(heads, own, strict=True)]
    return moved_to(survival, [head.edge for head in heads], blended, edges)


def moved_to(
    survival: FloatArray, at: Sequence[float], log_odds: Sequence[FloatArray], edges: FloatArray
) -> FloatArray:
    """Curves moved to new log-odds at some edges, the days between moved along.

    Args:
        survival: ``float64`` (n, J).
        at: the edges that are moved, growing; none leaves the curves as they are.
        log_odds: for each of them the new log-odds, ``float64`` (n,).
        edges: ``float64`` (J,).
    """
    if not at:
        return survival
    old = to_logit(survival)
    shifts = [new - old[:, int(np.searchsorted(edges, edge))] for edge, new in zip(at, log_odds, strict=True)]
    return to_probability(old + spread(np.column_stack(shifts), at, edges))


def spread(shifts: FloatArray, at: Sequence[float], edges: FloatArray) -> FloatArray:
    """Moves made at some edges carried to all: linear in the days between, level beyond the outer ones.

    Args:
        shifts: ``float64`` (n, H), in log-odds.
        at: the H edges that were moved, growing.
        edges: ``float64`` (J,).

    Returns:
        ``float64`` (n, J).
    """
    share = np.column_stack([np.interp(edges, at, unit) for unit in np.eye(len(at))])
    return np.column_stack([weighted_sums(shifts, one) for one in share])
