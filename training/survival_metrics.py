"""Figures of whole delay curves: ranking and squared error over all horizons, and the error of the predicted day."""

import numpy as np
from sklearn.metrics import roc_auc_score

from models.arrays import FloatArray, IntArray
from models.curves import quantile_days
from models.hazards import EDGES
from training.measured import Measured
from training.metrics import intervals

LEVELS = (0.1, 0.5, 0.9)


def curve_figures(curve: FloatArray, days: FloatArray, *, resamples: int = 300, seed: int = 7) -> dict[str, Measured]:
    """Time-dependent AUC, integrated Brier score, and errors of the quantiles, over invoices that were all settled.

    Args:
        curve: ``float64`` (n, len(EDGES)), P(days late > edge).
        days: ``float64`` (n,), what came.
        resamples, seed: of the bootstrap.

    Returns:
        ``time_dependent_auc`` (mean over the edges of the cumulative/dynamic AUC, Heagerty & Zheng 2005),
        ``integrated_brier`` (mean over the edges, Graf et al. 1999), ``mean_absolute_error`` of the median in days,
        ``pinball``, the mean quantile loss at 10, 50 and 90 %, in days (Koenker & Bassett 1978), and ``span_gap``, how
        far the share of days between the 10 and the 90 % day lies from eight in ten.
    """
    longer = (days[:, None] > EDGES[None, :]).astype(np.float64)
    quantiles = np.column_stack([quantile_days(curve, level) for level in LEVELS])
    return intervals(
        {
            "time_dependent_auc": lambda rows: dynamic_auc(curve[rows], longer[rows]),
            "integrated_brier": lambda rows: float(np.mean((curve[rows] - longer[rows]) ** 2)),
            "mean_absolute_error": lambda rows: float(np.mean(np.abs(days[rows] - quantiles[rows, 1]))),
            "pinball": lambda rows: pinball(quantiles[rows], days[rows]),
            "span_gap": lambda rows: abs(inside(quantiles[rows], days[rows]) - (LEVELS[-1] - LEVELS[0])),
        },
        len(days),
        resamples=resamples,
        seed=seed,
    )


def dynamic_auc(curve: FloatArray, longer: FloatArray) -> float:
    """Mean over the edges of the AUC of waiting longer than the edge; edges with one outcome only are left out."""
    found = [
        roc_auc_score(longer[:, j], curve[:, j]) for j in range(curve.shape[1]) if 0.02 <= longer[:, j].mean() <= 0.98
    ]
    return float(np.mean(found)) if found else float("nan")


def pinball(quantiles: FloatArray, days: FloatArray) -> float:
    """Mean quantile loss over ``LEVELS``: (n, len(LEVELS)) predicted days, (n,) what came."""
    over = days[:, None] - quantiles
    levels = np.array(LEVELS)
    return float(np.mean(np.maximum(levels * over, (levels - 1) * over)))


def inside(quantiles: FloatArray, days: FloatArray) -> float:
    """Share of days between the lowest and the highest of their predicted days: (n, len(LEVELS)), (n,)."""
    return float(np.mean((quantiles[:, 0] <= days) & (days <= quantiles[:, -1])))


def settled(days_late: FloatArray) -> IntArray:
    """Rows whose payment is known."""
    return np.flatnonzero(np.isfinite(days_late))
