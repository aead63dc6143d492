"""The pictures of a candidate: their points are the ones computed by hand, and the files are small SVGs."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib import pyplot as plt

from training.evaluation import Test as Task
from training.plots import _bins, lift, reliability


@pytest.fixture
def task() -> Task:
    """Two hundred outcomes, drawn as predicted, beside a baseline that says the same of everybody."""
    rng = np.random.default_rng(5)
    probability = rng.beta(1, 4, 200)
    outcome = (rng.random(200) < probability).astype(float)
    return Task("late>15d", np.arange(200), outcome, probability, np.full(200, 0.2), "everybody alike")


@pytest.mark.parametrize("draw", [reliability, lift])
def test_a_picture_is_an_svg_that_leaves_no_figure_open(
    draw: Callable[[Task, Path], None], task: Task, tmp_path: Path
) -> None:
    draw(task, tmp_path / "one.svg")
    assert ET.parse(tmp_path / "one.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert (tmp_path / "one.svg").stat().st_size < 60_000
    assert plt.get_fignums() == []


def test_reliability_compares_means_within_ten_bins_of_equal_mass() -> None:
    predicted = np.arange(20) / 20
    outcome = (np.arange(20) % 2).astype(float)
    points = _bins(outcome, predicted)
    np.testing.assert_allclose(points[:, 0], (np.arange(0, 20, 2) + 0.5) / 20)
    np.testing.assert_allclose(points[:, 1], 0.5)


@pytest.mark.parametrize("rows", [1, 7])
def test_fewer_rows_than_bins_give_a_point_each(rows: int) -> None:
    predicted = np.linspace(0, 1, rows)
    np.testing.assert_array_equal(_bins(np.ones(rows), predicted), np.column_stack([predicted, np.ones(rows)]))
