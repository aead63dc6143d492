"""Discrete-time survival: the chance of being paid within each interval of days late, given not before."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator

from models.arrays import BoolArray, FloatArray, IntArray, to_logit, to_probability
from models.learners.blend import Blend, Learner

# Right ends, in days after the due date, of the intervals in which payment may fall; the last interval is open.
EDGES = np.array([-30, -14, -7, -3, 0, 3, 7, 15, 30, 45, 60, 90], dtype=np.float64)

# Rows expanded at a time while predicting: one row becomes one per interval.
_CHUNK = 20_000


class DiscreteHazards(BaseEstimator):
    """Payment hazards per interval of days late, learned as one binary problem over invoice-intervals.

    An invoice paid in interval j contributes the outcome 1 in j and 0 in every interval before; one still open
    contributes 0 for the intervals that it has survived in full (Singer & Willett 1993; Tutz & Schmid 2016, ch. 3).
    So right-censored invoices are used for just what is known of them.

    Args:
        members: name → unfitted binary learner.
        weights: name → weight in the blend of log-hazard-odds.

    Attributes:
        blend_: fitted on features plus two columns: the interval's index and its base log-odds.
        base_: ``float64`` (J,), base log-odds of each closed interval.
        centers_: ``float64`` (J + 1,), mean days late of the payments in each interval.
    """

    def __init__(self, members: Mapping[str, Learner], weights: Mapping[str, float]) -> None:
        self.members = members
        self.weights = weights

    def fit(self, X: FloatArray, days_late: FloatArray, open_for: FloatArray) -> Self:
        """Fit on ``X`` (n, k); ``days_late`` (n,), NaN while open; ``open_for`` (n,), days late survived so far."""
        rows, interval, paid = expand(days_late, open_for)
        self.base_ = _base_log_odds(interval, paid)
        self.centers_ = _centers(days_late)
        self.blend_ = Blend(self.members, self.weights)
        self.blend_.fit(self._with_interval(X[rows], interval), paid)
        self.n_features_in_ = X.shape[1]
        return self

    def survival(self, X: FloatArray) -> FloatArray:
        """P(days late > edge) for each edge, ``float64`` (n, J), never growing along a row."""
        survival: FloatArray = np.cumprod(1 - to_probability(self.log_odds(X)), axis=1).astype(np.float64)
        return survival

    def log_odds(self, X: FloatArray) -> FloatArray:
        """Hazard log-odds of each closed interval, ``float64`` (n, J)."""
        J = len(EDGES)
        out = np.empty((len(X), J))
        for start in range(0, len(X), _CHUNK):
            part = X[start : start + _CHUNK]
            interval = np.tile(np.arange(J), len(part))
            scores = self.blend_.decision_function(self._with_interval(np.repeat(part, J, axis=0), interval))
            out[start : start + _CHUNK] = scores.reshape(len(part), J)
        return out

    def contributions(self, X: FloatArray, *, edge: float) -> FloatArray:
        """Shares of the log-odds of **not** being paid in the interval that ends at ``edge``, ``float64`` (n, k)."""
        interval = np.full(len(X), int(np.searchsorted(EDGES, edge)))
        parts = self.blend_.contributions(self._with_interval(X, interval))
        return -parts[:, : X.shape[1]]

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values."""
        return {"blend": self.blend_.to_dict(), "base": self.base_.tolist(), "centers": self.centers_.tolist()}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "DiscreteHazards":
        """The hazards whose ``to_dict`` gave ``state``."""
        blend = Blend.from_dict(state["blend"])
        hazards = cls(blend.members, blend.weights)
        hazards.blend_ = blend
        hazards.base_ = np.array(state["base"])
        hazards.centers_ = np.array(state["centers"])
        hazards.n_features_in_ = blend.n_features_in_ - 2
        return hazards

    def _with_interval(self, X: FloatArray, interval: IntArray) -> FloatArray:
        columns: FloatArray = np.hstack([X, interval[:, None].astype(np.float64), self.base_[interval][:, None]])
        return columns


def expand(days_late: FloatArray, open_for: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Invoice-intervals: index of the invoice, index of the interval, and 1.0 where it was paid in it.

    Args:
        days_late: ``float64`` (n,), NaN while open.
        open_for: ``float64`` (n,), for open invoices the whole days after the due date that have passed unpaid; on day
            7 a payment that is 7 days late may still come, so that the interval up to 7 is survived from 8 on.
    """
    settled = np.isfinite(days_late)
    last = np.searchsorted(EDGES, np.where(settled, days_late, open_for), side="left")
    count = np.minimum(np.where(settled, last + 1, last), len(EDGES)).astype(np.int64)
    rows = np.repeat(np.arange(len(days_late)), count)
    interval = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    paid: FloatArray = np.asarray(settled[rows] & (interval == last[rows]), dtype=np.float64)
    return rows, interval, paid


def _base_log_odds(interval: IntArray, paid: FloatArray) -> FloatArray:
    at_risk = np.bincount(interval, minlength=len(EDGES))
    events = np.bincount(interval, weights=paid, minlength=len(EDGES))
    return to_logit(np.asarray((events + 0.5) / (at_risk + 1.0), dtype=np.float64))


def _centers(days_late: FloatArray) -> FloatArray:
    ends = np.concatenate([[EDGES[0] - 15], EDGES, [EDGES[-1] + 45]])
    centers = (ends[:-1] + ends[1:]) / 2
    where = np.searchsorted(EDGES, days_late, side="left")
    for j in range(len(centers)):
        inside: BoolArray = np.isfinite(days_late) & (where == j)
        if inside.any():
            centers[j] = days_late[inside].mean()
    return np.asarray(centers, dtype=np.float64)
