"""How much each member of a text classifier counts: chosen on left-out scores, blend and calibration in one."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp

from models.arrays import FloatArray, IntArray

# A weak pull to zero keeps the weights finite where left-out scores separate a handful of rows perfectly.
_PULL = 1e-3


def stack(scores: Sequence[FloatArray], classes: IntArray) -> tuple[FloatArray, float]:
    """Non-negative weights w with the least log loss of softmax(sum of w_m * scores_m).

    Convex, so that there is one answer; with one member it is temperature scaling (Guo et al. 2017), with several it
    is stacking (Wolpert 1992; Breiman 1996 on why the weights must not be negative).

    Args:
        scores: per member ``float64`` (n, classes), of rows that the member was not fitted on.
        classes: ``int64`` (n,), the true class of each row.

    Returns:
        weights ``float64`` (members,), and the mean log loss in nats.
    """
    # Scores that do not vary tell nothing and get no weight.
    spreads = np.array([spread if (spread := float(part.std())) > 1e-6 else np.inf for part in scores])
    parts = np.stack([part / spread for part, spread in zip(scores, spreads, strict=True)])
    rows = np.arange(len(classes))
    true_scores = parts[:, rows, classes].mean(axis=1)

    def objective(weights: FloatArray) -> tuple[float, FloatArray]:
        blended = np.tensordot(weights, parts, 1)
        total = logsumexp(blended, axis=1)
        expected = np.einsum("nc,mnc->m", np.exp(blended - total[:, None]), parts) / len(rows)
        loss = float(total.mean() - weights @ true_scores + _PULL / 2 * (weights @ weights))
        return loss, expected - true_scores + _PULL * weights

    bounds = [(0.0, 100.0)] * len(parts)
    found = minimize(objective, np.ones(len(parts)), jac=True, bounds=bounds, method="L-BFGS-B")
    weights: FloatArray = found.x / spreads
    blended = np.tensordot(found.x, parts, 1)
    return weights, -float(log_softmax(blended, axis=1)[rows, classes].mean())
