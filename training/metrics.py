"""Metrics of probabilities, each with a bootstrap interval."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from models.arrays import FloatArray, IntArray
from training.measured import Measured
from training.resampling import WEIGHTED, Bootstrap

Metric = Callable[[FloatArray, FloatArray], float]


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
    "time_dependent_auc": True,
    "integrated_brier": False,
    "mean_absolute_error": False,
    "pinball": False,
    "span_gap": False,
    "weekly_cash_error": False,
    # Of the guarantee study: shares of firms, of invoices cleared, and the true share of bad ones among those.
    "broken_count": False,
    "broken_money": False,
    "broken_either": False,
    "no_threshold": False,
    "cleared": True,
    "true_share": False,
    "squared_error_to_truth": False,
    "seed_spread": False,
}


def intervals(
    figures: Mapping[str, Callable[[IntArray], float]], rows: int, *, resamples: int = 300, seed: int = 7
) -> dict[str, Measured]:
    """Any figures over chosen rows, each with a row bootstrap's interval, moved to have the figure as median.

    Resampling adds noise of its own to a calibration error, which only ever raises it; the move takes that away.
    Rows are drawn one by one; invoices of one client are not independent, so that the intervals are on the narrow side
    where few clients dominate.

    Args:
        figures: name → figure over row indices, ``int64`` (m,); NaN where the rows do not allow it.
        rows: how many rows there are.
        resamples: number of draws.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    draws = [rng.integers(0, rows, rows) for _ in range(resamples)]
    everything = np.arange(rows)
    measured = {}
    for name, figure in figures.items():
        values = np.array([figure(draw) for draw in draws])
        value, (low, middle, high) = figure(everything), np.nanquantile(values, [0.025, 0.5, 0.975])
        measured[name] = Measured(value, float(low + value - middle), float(high + value - middle))
    return measured


def measure(
    outcome: FloatArray,
    probability: FloatArray,
    *,
    metrics: Sequence[str] = tuple(METRICS),
    resamples: int = 300,
    seed: int = 7,
) -> dict[str, Measured]:
    """The named metrics (all unless told) with their intervals, each within [0, 1].

    Raises ``ValueError`` when the outcomes are all alike.
    """
    if len(np.unique(outcome)) < 2:
        raise ValueError("metrics need both outcomes among the test rows")

    weighted = Bootstrap(outcome, resamples=resamples, seed=seed)

    def over(name: str) -> Callable[[IntArray], float]:
        metric = METRICS[name]

        def figure(rows: IntArray) -> float:
            told = outcome[rows]
            return metric(told, probability[rows]) if 0 < told.sum() < len(told) else np.nan

        return figure

    slow = {name: over(name) for name in metrics if name not in WEIGHTED}
    found = intervals(slow, len(outcome), resamples=resamples, seed=seed) if slow else {}
    for name in metrics:
        if name in WEIGHTED:
            figure = weighted.measured(WEIGHTED[name], probability)
            # The figure itself as scikit-learn has it, to the last bit.
            found[name] = Measured(METRICS[name](outcome, probability), figure.low, figure.high)
    return {
        name: Measured(found[name].value, max(found[name].low, 0.0), min(found[name].high, 1.0)) for name in metrics
    }
