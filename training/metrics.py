"""Metrics of probabilities, each with a bootstrap interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from models.arrays import FloatArray

Metric = Callable[[FloatArray, FloatArray], float]


@dataclass(frozen=True)
class Measured:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def roc_auc(outcome: FloatArray, probability: FloatArray) -> float:
    """Chance that a random positive outranks a random negative."""
    return float(roc_auc_score(outcome, probability))


def average_precision(outcome: FloatArray, probability: FloatArray) -> float:
    """Mean precision over the positives, best first."""
    return float(average_precision_score(outcome, probability))


def brier(outcome: FloatArray, probability: FloatArray) -> float:
    """Mean squared error of the probabilities (Brier 1950)."""
    return float(np.mean((probability - outcome) ** 2))


def expected_calibration_error(outcome: FloatArray, probability: FloatArray, *, bins: int = 10) -> float:
    """Mean gap between predicted and observed share over bins of equal mass (Naeini et al. 2015)."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(float(probability[part].mean() - outcome[part].mean())) * len(part) for part in parts]
    return float(sum(gaps) / len(outcome))


METRICS: dict[str, Metric] = {
    "roc_auc": roc_auc,
    "average_precision": average_precision,
    "brier": brier,
    "ece": expected_calibration_error,
}
# What can be asked of scores that order invoices but are no probabilities.
RANKING = ("roc_auc", "average_precision")
LARGER_IS_BETTER = {
    "roc_auc": True,
    "average_precision": True,
    "accuracy": True,
    "macro_f1": True,
    "brier": False,
    "ece": False,
}


def measure(
    outcome: FloatArray,
    probability: FloatArray,
    *,
    metrics: Sequence[str] = tuple(METRICS),
    resamples: int = 300,
    seed: int = 7,
) -> dict[str, Measured]:
    """The named metrics (all unless told), each with a row bootstrap's interval, moved to have the figure as median.

    Resampling adds noise of its own to a calibration error, which only ever raises it; the move takes that away.
    Rows are drawn one by one; invoices of one client are not independent, so that the intervals are on the narrow side
    where few clients dominate.

    Raises ``ValueError`` when the outcomes are all alike.
    """
    if len(np.unique(outcome)) < 2:
        raise ValueError("metrics need both outcomes among the test rows")
    rng = np.random.default_rng(seed)
    draws = [draw for draw in _draws(rng, len(outcome), resamples) if 0 < outcome[draw].sum() < len(outcome)]
    measured = {}
    for name in metrics:
        metric = METRICS[name]
        values = [metric(outcome[draw], probability[draw]) for draw in draws]
        value, (low, middle, high) = metric(outcome, probability), np.quantile(values, [0.025, 0.5, 0.975])
        low, high = np.clip([low + value - middle, high + value - middle], 0.0, 1.0)
        measured[name] = Measured(value, float(low), float(high))
    return measured


def _draws(rng: np.random.Generator, n: int, resamples: int) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    return [rng.integers(0, n, n) for _ in range(resamples)]
