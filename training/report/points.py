"""The numbers behind the report's pictures, each a short table of points."""

from dataclasses import dataclass

import numpy as np

from models.arrays import FloatArray
from training.resampling import wilson

GRID: FloatArray = np.linspace(0.0, 1.0, 101)
BINS = 10


@dataclass(frozen=True)
class Bin:
    """Invoices of similar probability: what was said, and what came with its 95 % interval."""

    predicted: float
    observed: float
    low: float
    high: float
    rows: int


def reliability(outcome: FloatArray, predicted: FloatArray) -> list[Bin]:
    """Observed shares in at most ten bins of equal mass (intervals of Wilson 1927)."""
    parts = [part for part in np.array_split(np.argsort(predicted, kind="stable"), BINS) if len(part)]
    return [
        Bin(
            float(predicted[part].mean()),
            float(outcome[part].mean()),
            *wilson(float(outcome[part].sum()), len(part)),
            len(part),
        )
        for part in parts
    ]


def found_by(priority: FloatArray, worth: FloatArray) -> FloatArray:
    """Share of all ``worth`` found when the given share of invoices is looked at, highest priority first.

    Args:
        priority: ``float64`` (n,).
        worth: ``float64`` (n,), 1 or money for what is sought, 0 for the rest.

    Returns:
        ``float64`` (101, 2), (share looked at, share found); invoices of equal priority come in their order of time.
    """
    total = float(worth.sum())
    found = np.append(0.0, np.cumsum(worth[np.argsort(-priority, kind="stable")])) / max(total, 1e-12)
    looked = np.arange(len(found)) / len(worth)
    return np.column_stack([GRID, np.interp(GRID, looked, found)])


def share_at(points: FloatArray, looked: float) -> float:
    """The share found at one share looked at."""
    return float(np.interp(looked, points[:, 0], points[:, 1]))


def receiver(outcome: FloatArray, predicted: FloatArray) -> FloatArray:
    """ROC curve: (share of false alarms, share found), growing, at most 101 points."""
    order = np.argsort(-predicted, kind="stable")
    hits, misses = np.cumsum(outcome[order]), np.cumsum(1 - outcome[order])
    ends = np.append(np.flatnonzero(np.diff(predicted[order])), len(order) - 1)
    false, true = np.append(0.0, misses[ends] / misses[-1]), np.append(0.0, hits[ends] / hits[-1])
    return _thinned(np.column_stack([false, true]))


def precision_recall(outcome: FloatArray, predicted: FloatArray) -> FloatArray:
    """(share found, share of right alarms) as more and more is flagged, at most 101 points."""
    order = np.argsort(-predicted, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(predicted[order])), len(order) - 1)
    hits = np.cumsum(outcome[order])[ends]
    found = hits > 0
    return _thinned(np.column_stack([hits / outcome.sum(), hits / (ends + 1)])[found])


def risk_coverage(outcome: FloatArray, predicted: FloatArray) -> FloatArray:
    """(share answered, share of wrong answers among them), the surest invoices answered first.

    An answer is the likelier outcome; its sureness is that outcome's probability (El-Yaniv & Wiener 2010).
    """
    order = np.argsort(-np.maximum(predicted, 1 - predicted), kind="stable")
    wrong = (predicted[order] >= 0.5) != (outcome[order] == 1)
    answered = np.arange(1, len(wrong) + 1)
    error = np.cumsum(wrong) / answered
    fewest = min(max(20 / len(wrong), 0.05), 1.0)
    shares = GRID[np.flatnonzero(np.greater_equal(GRID, fewest))]
    return np.column_stack([shares, np.interp(shares, answered / len(wrong), error)])


def _thinned(points: FloatArray) -> FloatArray:
    kept = np.unique(np.linspace(0, len(points) - 1, min(len(points), len(GRID))).round().astype(int))
    thinned: FloatArray = points[kept]
    return thinned
