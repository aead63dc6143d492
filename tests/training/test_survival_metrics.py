"""Figures of whole curves on cases that can be worked out by hand."""

import numpy as np
import pytest

from models.hazards import EDGES
from training.survival_metrics import LEVELS, curve_figures, dynamic_auc, inside, pinball


def certain(days: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Curves of someone who knows."""
    return (days[:, None] > EDGES[None, :]).astype(np.float64)


def test_somebody_who_knows_has_no_error_over_the_edges() -> None:
    days = np.array([-20.0, -5.0, 2.0, 10.0, 40.0, 80.0] * 5)
    found = curve_figures(certain(days), days, resamples=20)
    assert found["integrated_brier"].value == 0
    assert found["time_dependent_auc"].value == 1
    assert found["mean_absolute_error"].value < 8  # a curve says the interval, not the day in it


def test_everybodys_curve_ranks_nobody() -> None:
    days = np.array([-20.0, -5.0, 2.0, 10.0, 40.0, 80.0] * 5)
    flat = np.tile(certain(days).mean(axis=0), (len(days), 1))
    assert dynamic_auc(flat, certain(days)) == 0.5


def test_the_quantile_loss_is_weighed_by_its_level() -> None:
    quantiles = np.array([[0.0, 0.0, 0.0]])
    above, below = pinball(quantiles, np.array([10.0])), pinball(quantiles, np.array([-10.0]))
    assert above == pytest.approx(10 * np.mean(LEVELS))
    assert below == pytest.approx(10 * (1 - np.mean(LEVELS)))


def test_days_on_the_edge_of_their_span_lie_inside_it() -> None:
    quantiles = np.array([[0.0, 5.0, 10.0]] * 4)
    assert inside(quantiles, np.array([0.0, 10.0, -1.0, 11.0])) == 0.5


def test_the_gap_of_the_span_is_the_distance_from_eight_in_ten() -> None:
    days = np.linspace(-29, 90, 500)
    everybodys = np.tile(certain(days).mean(axis=0), (len(days), 1))
    assert curve_figures(everybodys, days, resamples=20)["span_gap"].value == pytest.approx(0, abs=0.01)
    outside = np.where(days > 30, 900.0, -900.0)
    assert curve_figures(everybodys, outside, resamples=20)["span_gap"].value == pytest.approx(0.8)
