"""A row bootstrap in matrix form: every predictor is asked about the same resamples, so that differences are paired."""

from collections.abc import Callable, Iterator

import numpy as np

from models.arrays import BoolArray, FloatArray, IntArray
from training.measured import Measured

# (outcome (n,), predicted (n,), weights (r, n)) → (r,); NaN where a resample holds one outcome only.
WeightedMetric = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
# Resamples that are worked on at once: bounds the memory, changes no figure.
BLOCK = 25


def weighted_auc(outcome: FloatArray, predicted: FloatArray, weights: FloatArray) -> FloatArray:
    """Chance that a random positive outranks a random negative, ties counting half, ``float64`` (r,)."""
    positive, negative = _groups(outcome, predicted, weights)
    below = np.cumsum(negative, axis=1) - negative
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    return _divide((positive * (below + negative / 2)).sum(axis=1), pairs)


def weighted_average_precision(outcome: FloatArray, predicted: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean precision over the positives, best first, ``float64`` (r,)."""
    positive, negative = (part[:, ::-1] for part in _groups(outcome, predicted, weights))
    found, looked = np.cumsum(positive, axis=1), np.cumsum(positive + negative, axis=1)
    precision = np.divide(found, looked, out=np.zeros_like(found), where=looked > 0)
    return _divide((positive * precision).sum(axis=1), positive.sum(axis=1))


def weighted_brier(outcome: FloatArray, predicted: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean squared error of the probabilities, ``float64`` (r,)."""
    return _divide(weights @ (predicted - outcome) ** 2, weights.sum(axis=1))


def weighted_gap(outcome: FloatArray, predicted: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean probability less observed share (calibration in the large): above zero too many are expected."""
    return _divide(weights @ (predicted - outcome), weights.sum(axis=1))


WEIGHTED: dict[str, WeightedMetric] = {
    "roc_auc": weighted_auc,
    "average_precision": weighted_average_precision,
    "brier": weighted_brier,
}


class Bootstrap:
    """Outcomes with fixed resamples of their rows.

    The draws are those of ``training.metrics.intervals`` with the same seed. Rows are drawn one by one; invoices of one
    client are not independent, so that intervals are on the narrow side where few clients dominate.

    Args:
        outcome: ``float64`` (n,), 0 or 1.
        resamples: number of draws.
        seed: of the draws.
    """

    def __init__(self, outcome: FloatArray, *, resamples: int = 300, seed: int = 7) -> None:
        rng, rows = np.random.default_rng(seed), len(outcome)
        self.outcome = outcome
        self._draws: list[IntArray] = [rng.integers(0, rows, rows) for _ in range(resamples)]

    def value(self, metric: WeightedMetric, predicted: FloatArray) -> float:
        """The figure itself, over every row once."""
        return float(metric(self.outcome, predicted, np.ones((1, len(self.outcome))))[0])

    def values(self, metric: WeightedMetric, predicted: FloatArray) -> FloatArray:
        """The figure on every resample, ``float64`` (resamples,)."""
        return np.concatenate([metric(self.outcome, predicted, block) for block in self._blocks()])

    def measured(self, metric: WeightedMetric, predicted: FloatArray) -> Measured:
        """The figure with its 95 % interval."""
        return interval(self.value(metric, predicted), self.values(metric, predicted))

    def _blocks(self) -> Iterator[FloatArray]:
        rows = len(self.outcome)
        for start in range(0, len(self._draws), BLOCK):
            chosen = self._draws[start : start + BLOCK]
            yield np.array([np.bincount(draw, minlength=rows) for draw in chosen], dtype=np.float64)


def interval(value: float, resampled: FloatArray) -> Measured:
    """A figure with the 95 % interval of its resamples, moved to have the figure as median."""
    kept = resampled[np.isfinite(resampled)]
    if not len(kept):
        return Measured(value, float("nan"), float("nan"))
    low, middle, high = np.quantile(kept, [0.025, 0.5, 0.975])
    return Measured(value, float(low + value - middle), float(high + value - middle))


def wilson(hits: float, rows: int, *, z: float = 1.959964) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927): never outside [0, 1], and wide where rows are few."""
    share = hits / rows
    middle, half = share + z * z / (2 * rows), z * np.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    scale = 1 + z * z / rows
    return max(float((middle - half) / scale), 0.0), min(float((middle + half) / scale), 1.0)


def _groups(outcome: FloatArray, predicted: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weight of positives and of negatives at each distinct prediction, growing, two (r, g)."""
    order = np.argsort(predicted, kind="stable")
    ranked = predicted[order]
    first: BoolArray = np.append(True, ranked[1:] != ranked[:-1])
    starts = np.flatnonzero(first)
    sorted_weights, told = weights[:, order], outcome[order]
    positive = np.add.reduceat(sorted_weights * told, starts, axis=1)
    return positive, np.add.reduceat(sorted_weights, starts, axis=1) - positive


def _divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    out = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=out, where=denominator > 0)
    return out
