"""Disputes as known at a moment: matured rows, and rows with an open window weighed by what is still unseen."""

from dataclasses import dataclass

import numpy as np

from features.asof import DAY_US
from models.arrays import FloatArray, IntArray
from training.dataset import Dataset

# With fewer matured disputes than this nobody knows how soon clients object.
FEWEST_DISPUTES = 20


@dataclass(frozen=True)
class KnownDisputes:
    """Rows with an outcome and what it counts.

    Attributes:
        rows: places in the dataset, (n,), growing.
        outcome: ``float64`` (n,), 1.0 disputed or credited by the moment, 0.0 not (yet).
        weight: ``float64`` (n,); 1 where the window had ended.
        seen: ``float64`` (n,), share of the disputes that are known so many days after the due day; 1 where it had.
    """

    rows: IntArray
    outcome: FloatArray
    weight: FloatArray
    seen: FloatArray


def known_disputes(dataset: Dataset, rows: IntArray, until: int, *, least_seen: float) -> KnownDisputes:
    """Outcomes of ``rows`` as known at ``until`` (microseconds).

    Most clients object long before the window ends. Of a row so old that a share F of all disputes would be known, a
    known dispute counts 1 / F times, and silence (1 - p) / (1 - p F) times, with p the firm's own rate: by inverse
    probability of censoring (Robins & Rotnitzky 1992) both outcomes then weigh on average what they will once the
    window has ended. F is what matured disputes took; rows with F below ``least_seen`` are left out.
    """
    matured = dataset.dispute_matured_at()[rows] < until
    labels = dataset.labels
    told = (labels.disputed[rows] == 1) & (labels.dispute_known_at[rows] < until)
    seen = np.where(matured, 1.0, _seen(dataset, rows, until, rows[matured & told]))
    base = float(told[matured].mean()) if matured.any() else 0.0
    weight = np.where(told, 1 / np.maximum(seen, 1e-9), (1 - base) / np.maximum(1 - base * seen, 1e-9))
    kept = matured | (seen >= least_seen)
    return KnownDisputes(rows[kept], told[kept].astype(np.float64), np.where(matured, 1.0, weight)[kept], seen[kept])


def _seen(dataset: Dataset, rows: IntArray, until: int, disputed: IntArray) -> FloatArray:
    """Share of the disputes that came no later than each row has been watched, ``float64`` (n,)."""
    if dataset.told_at_settlement or len(disputed) < FEWEST_DISPUTES:
        return np.zeros(len(rows))
    watched = dataset.watched_for(until)
    took = np.sort(watched[disputed] - (until - dataset.labels.dispute_known_at[disputed]) // DAY_US)
    # Before its due day, or on the day of its scoring moment, an invoice had hardly a chance to be objected to.
    begun = np.maximum(watched[rows] - (until - dataset.as_of[rows]) // DAY_US, 0)
    share = np.searchsorted(took, watched[rows], side="left") / len(took)
    return np.where(watched[rows] > begun, share, 0.0)
