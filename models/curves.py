"""Curves P(days > edge): read off at a day, conditioned on what has passed, averaged, inverted."""

import numpy as np

from models.arrays import FloatArray, weighted_sums
from models.hazards import EDGES


def at_day(curve: FloatArray, day: float, edges: FloatArray = EDGES) -> FloatArray:
    """P(days > ``day``) read off curves (n, J), linear between edges, flat beyond them."""
    right = int(np.searchsorted(edges, day))
    if right == len(edges) or edges[right] == day or right == 0:
        return curve[:, min(right, len(edges) - 1)]
    share = float((day - edges[right - 1]) / (edges[right] - edges[right - 1]))
    return (1 - share) * curve[:, right - 1] + share * curve[:, right]


def given_open(curve: FloatArray, open_for: FloatArray, edges: FloatArray = EDGES) -> FloatArray:
    """Curves given that the wait has not ended after ``open_for`` days.

    P(T > k | T > c) = P(T > k) / P(T > c), and 1 for every k up to c: what has passed is no longer a chance.

    Args:
        curve: ``float64`` (n, J).
        open_for: ``float64`` (n,), days; below the first edge, or NaN, nothing has passed yet.
        edges: ``float64`` (J,), days.
    """
    place = np.clip(np.searchsorted(edges, np.nan_to_num(open_for, nan=-np.inf), side="right"), 1, len(edges) - 1)
    left, right = edges[place - 1], edges[place]
    rows = np.arange(len(curve))
    share = np.clip((open_for - left) / (right - left), 0.0, 1.0)
    between = curve[rows, place - 1] + share * (curve[rows, place] - curve[rows, place - 1])
    reached = np.where(np.isnan(open_for) | (open_for < edges[0]), 1.0, between)
    conditioned = np.minimum(curve / np.maximum(reached, 1e-9)[:, None], 1.0)
    passed = edges[None, :] <= np.where(np.isnan(open_for), -np.inf, open_for)[:, None]
    return np.where(passed, 1.0, conditioned)


def mean_days(curve: FloatArray, centers: FloatArray) -> FloatArray:
    """Mean days of curves (n, J), each interval counted at its center (J + 1,), ``float64`` (n,)."""
    full = np.hstack([np.ones((len(curve), 1)), curve, np.zeros((len(curve), 1))])
    return weighted_sums(full[:, :-1] - full[:, 1:], centers)


def quantile_days(curve: FloatArray, level: float, edges: FloatArray = EDGES) -> FloatArray:
    """Days by which the wait of a share ``level`` of such invoices has ended, ``float64`` (n,), between outer edges."""
    return np.array([np.interp(-(1 - level), -row, edges) for row in curve])
