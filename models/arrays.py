"""Array types of the models' room, and the few shapes of numbers that all of them use."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Probabilities are kept this far from 0 and 1, so that one surprise costs a finite log loss.
EDGE = 1e-6


def to_logit(probability: FloatArray) -> FloatArray:
    """Log-odds of probabilities, clipped to [EDGE, 1 - EDGE]."""
    clipped: FloatArray = logit(np.clip(probability, EDGE, 1 - EDGE))
    return clipped


def to_probability(log_odds: FloatArray) -> FloatArray:
    """Probabilities of log-odds, in (0, 1)."""
    probability: FloatArray = expit(log_odds)
    return probability


def log_loss(outcome: FloatArray, probability: FloatArray, weight: FloatArray | None = None) -> float:
    """Mean negative log-likelihood in nats; ``outcome`` is 0.0 or 1.0."""
    kept = np.clip(probability, EDGE, 1 - EDGE)
    losses = -(outcome * np.log(kept) + (1 - outcome) * np.log1p(-kept))
    return float(np.average(losses, weights=weight))


def weighted_sums(rows: FloatArray, weights: FloatArray) -> FloatArray:
    """``rows`` (n, k) times ``weights`` (k,), ``float64`` (n,): the same bytes for a row alone as among many.

    A library's matrix product adds in an order that follows the number of rows; a score that is made again by itself
    must not differ from the one that was made in a billing run.
    """
    sums: FloatArray = np.einsum("ij,j->i", np.ascontiguousarray(rows), np.ascontiguousarray(weights))
    return sums
