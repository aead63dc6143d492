"""Discrete-time survival: the chance that the wait ends within each interval of days, given not before."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator

from models.arrays import BoolArray, FloatArray, IntArray, to_logit, to_probability
from models.learners.blend import Blend, Learner

# Right ends, in days after the due date, of the intervals in which payment may fall; the last interval is open.
EDGES = np.array([-30, -14, -7, -3, 0, 3, 7, 15, 30, 45, 60, 90], dtype=np.float64)

# The same in days after the work became billable, for the wait until the invoice is sent.
RELEASE_EDGES = np.array([0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60], dtype=np.float64)

# Rows expanded at a time while predicting: one row becomes one per interval.
_CHUNK = 20_000


class DiscreteHazards(BaseEstimator):
    """Hazards per interval of days, learned as one binary problem over invoice-intervals.

    An invoice whose wait ended in interval j contributes the outcome 1 in j and 0 in every interval before; one still
    waiting contributes 0 for the intervals that it has survived in full (Singer & Willett 1993; Tutz & Schmid 2016,
    ch. 3). So right-censored invoices are used for just what is known of them, and an invoice that was first seen
    when it had waited already (delayed entry) says nothing of the intervals before.

    Args:
        members: name → unfitted binary learner.
        weights: name → weight in the blend of log-hazard-odds.
        edges: right ends of the closed intervals, in days, growing; by default those of days late.
        intercept: added to the blend's log-hazard-odds.

    Attributes:
        blend_: fitted on features plus two columns: the interval's index and its base log-odds.
        base_: ``float64`` (J,), base log-odds of each closed interval.
        centers_: ``float64`` (J + 1,), mean days of the waits that ended in each interval.
    """

    def __init__(
        self,
        members: Mapping[str, Learner],
        weights: Mapping[str, float],
        edges: Sequence[float] = tuple(EDGES),
        intercept: float = 0.0,
    ) -> None:
        self.members = members
        self.weights = weights
        self.edges = edges
        self.intercept = intercept

    def fit(self, X: FloatArray, days: FloatArray, open_for: FloatArray, *, entered: FloatArray | None = None) -> Self:
        """Fit on rows ``X`` (n, k).

        Args:
            X: ``float64`` (n, k), NaN allowed.
            days: ``float64`` (n,), when the wait ended; NaN while it goes on.
            open_for: ``float64`` (n,), days waited so far where it goes on.
            entered: ``float64`` (n,), days already waited when the row was first seen; ``None``: all from the start.
        """
        edges = np.asarray(self.edges, dtype=np.float64)
        rows, interval, paid = expand(days, open_for, edges=edges, entered=entered)
        self.base_ = _base_log_odds(interval, paid, len(edges))
        self.centers_ = _centers(days, edges)
        self.blend_ = Blend(self.members, self.weights, self.intercept)
        self.blend_.fit(self._with_interval(X[rows], interval), paid)
        self.n_features_in_ = X.shape[1]
        return self

    def survival(self, X: FloatArray) -> FloatArray:
        """P(days > edge) for each edge, ``float64`` (n, J), never growing along a row."""
        survival: FloatArray = np.cumprod(1 - to_probability(self.log_odds(X)), axis=1).astype(np.float64)
        return survival

    def log_odds(self, X: FloatArray) -> FloatArray:
        """Hazard log-odds of each closed interval, ``float64`` (n, J)."""
        J = len(self.base_)
        out = np.empty((len(X), J))
        for start in range(0, len(X), _CHUNK):
            part = X[start : start + _CHUNK]
            interval = np.tile(np.arange(J), len(part))
            scores = self.blend_.decision_function(self._with_interval(np.repeat(part, J, axis=0), interval))
            out[start : start + _CHUNK] = scores.reshape(len(part), J)
        return out

    def contributions(self, X: FloatArray, *, edge: float) -> FloatArray:
        """Shares of the log-odds of **not** ending in the interval that ends at ``edge``, ``float64`` (n, k)."""
        interval = np.full(len(X), int(np.searchsorted(self.edges, edge)))
        parts = self.blend_.contributions(self._with_interval(X, interval))
        return -parts[:, : X.shape[1]]

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values."""
        return {
            "blend": self.blend_.to_dict(),
            "base": self.base_.tolist(),
            "centers": self.centers_.tolist(),
            "edges": [float(edge) for edge in self.edges],
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "DiscreteHazards":
        """The hazards whose ``to_dict`` gave ``state``."""
        blend = Blend.from_dict(state["blend"])
        hazards = cls(blend.members, blend.weights, tuple(state["edges"]), blend.intercept)
        hazards.blend_ = blend
        hazards.base_ = np.array(state["base"])
        hazards.centers_ = np.array(state["centers"])
        hazards.n_features_in_ = blend.n_features_in_ - 2
        return hazards

    def _with_interval(self, X: FloatArray, interval: IntArray) -> FloatArray:
        columns: FloatArray = np.hstack([X, interval[:, None].astype(np.float64), self.base_[interval][:, None]])
        return columns


def expand(
    days: FloatArray, open_for: FloatArray, *, edges: FloatArray = EDGES, entered: FloatArray | None = None
) -> tuple[IntArray, IntArray, FloatArray]:
    """Invoice-intervals: index of the invoice, index of the interval, and 1.0 where the wait ended in it.

    Args:
        days: ``float64`` (n,), NaN while open.
        open_for: ``float64`` (n,), for open invoices the whole days that have passed; on day 7 the wait may still end
            after 7 days, so that the interval up to 7 is survived from 8 on.
        edges: right ends of the intervals, days.
        entered: ``float64`` (n,), days passed when the invoice was first seen; intervals that end before are left out.
    """
    ended = np.isfinite(days)
    last = np.searchsorted(edges, np.where(ended, days, open_for), side="left")
    stop = np.minimum(np.where(ended, last + 1, last), len(edges)).astype(np.int64)
    start = np.zeros(len(days), dtype=np.int64)
    if entered is not None:
        start = np.searchsorted(edges, np.where(np.isnan(entered), -np.inf, entered), side="left").astype(np.int64)
    count = np.maximum(stop - start, 0)
    rows = np.repeat(np.arange(len(days)), count)
    interval = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count) + start[rows]
    paid: FloatArray = np.asarray(ended[rows] & (interval == last[rows]), dtype=np.float64)
    return rows, interval, paid


def _base_log_odds(interval: IntArray, paid: FloatArray, intervals: int) -> FloatArray:
    at_risk = np.bincount(interval, minlength=intervals)
    events = np.bincount(interval, weights=paid, minlength=intervals)
    return to_logit(np.asarray((events + 0.5) / (at_risk + 1.0), dtype=np.float64))


def _centers(days: FloatArray, edges: FloatArray) -> FloatArray:
    ends = np.concatenate([[edges[0] - 15], edges, [edges[-1] + 45]])
    centers = (ends[:-1] + ends[1:]) / 2
    where = np.searchsorted(edges, days, side="left")
    for j in range(len(centers)):
        inside: BoolArray = np.isfinite(days) & (where == j)
        if inside.any():
            centers[j] = days[inside].mean()
    return np.asarray(centers, dtype=np.float64)
