"""Inductive Venn-Abers calibration as a small table: two isotonic fits, one for each outcome a new row may have."""

import numpy as np
from sklearn.isotonic import isotonic_regression

from models.arrays import FloatArray, IntArray, to_logit

# More distinct scores than this are joined to as many groups of equal size, each at its mean log-odds.
MOST_KNOTS = 256


def venn_abers_table(probability: FloatArray, outcome: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log-odds in and out of p = p1 / (1 - p0 + p1), as steps (Vovk, Petej & Fedorova 2015; inductive).

    p0 and p1 are the values at the new score of the isotonic regressions through the calibration rows and the new row
    with outcome 0 and with outcome 1: one of the two is calibrated whatever the data, and their merger is what log loss
    recommends between them. Between neighbouring scores of the calibration rows both are constant, hence three points
    a knot: just before, at, and just after it.

    Args:
        probability: ``float64`` (n,), scores of the calibration rows.
        outcome: ``float64`` (n,), 0.0 or 1.0.
    """
    knots, mean, weight = _grouped(to_logit(probability), outcome)
    lower, upper = venn_abers_bounds(mean, weight)
    # lower[i], upper[i] hold just before knot i; at the knot the lower bound has already risen.
    before, at, after = (
        _merged(lower[:-1], upper[:-1]), _merged(lower[1:], upper[:-1]), _merged(lower[1:], upper[1:])
    )  # fmt: skip
    places = np.column_stack([np.nextafter(knots, -np.inf), knots, np.nextafter(knots, np.inf)]).ravel()
    return places, to_logit(np.column_stack([before, at, after]).ravel())


def venn_abers_bounds(mean: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """p0 and p1, ``float64`` (m + 1,) each: entry i for a score between knots i - 1 and i.

    Args:
        mean: ``float64`` (m,), share of positives at each knot, in order of the score.
        weight: ``float64`` (m,), calibration rows at each knot.
    """
    places: IntArray = np.arange(len(mean))
    lower = [_with(mean, weight, place, 0.0) for place in places.tolist()]
    upper = [_with(mean, weight, place, 1.0) for place in places.tolist()]
    return np.array([0.0, *lower]), np.array([*upper, 1.0])


def _with(mean: FloatArray, weight: FloatArray, place: int, outcome: float) -> float:
    """The isotonic fit's value at a knot to which a row with ``outcome`` has been added."""
    means, weights = mean.copy(), weight.copy()
    weights[place] += 1.0
    means[place] += (outcome - mean[place]) / weights[place]
    return float(isotonic_regression(means, sample_weight=weights)[place])


def _grouped(log_odds: FloatArray, outcome: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Distinct scores in order, the mean outcome and the number of rows of each."""
    knots, group = np.unique(log_odds, return_inverse=True)
    if len(knots) > MOST_KNOTS:
        rank = np.argsort(np.argsort(log_odds, kind="stable"), kind="stable")
        # Rows of one score stay together: a group begins where its first row would.
        first = np.full(len(knots), len(rank))
        np.minimum.at(first, group, rank)
        _, group = np.unique(first[group] * MOST_KNOTS // len(rank), return_inverse=True)
        knots = np.bincount(group, weights=log_odds) / np.bincount(group)
    weight = np.bincount(group).astype(np.float64)
    return knots, np.bincount(group, weights=outcome) / weight, weight


def _merged(lower: FloatArray, upper: FloatArray) -> FloatArray:
    return upper / (1.0 - lower + upper)
