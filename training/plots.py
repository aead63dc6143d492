"""Pictures of a candidate for the registry: reliability and lift, model beside baseline."""

from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from models.arrays import FloatArray
from training.evaluation import Test


def reliability(test: Test, path: Path) -> None:
    """Observed share against predicted probability in ten bins of equal mass, saved to ``path``."""
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, predicted in (("model", test.probability), ("baseline", test.baseline)):
        points = _bins(test.outcome, predicted)
        axes.plot(points[:, 0], points[:, 1], marker="o", markersize=4, label=name)
    _finish(axes, title=f"{test.task}: reliability", x="predicted probability", y="observed share")
    figure.savefig(path)
    plt.close(figure)


def lift(test: Test, path: Path) -> None:
    """Share of the positives found against the share of invoices looked at, most risky first."""
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    looked = np.arange(1, len(test.outcome) + 1) / len(test.outcome)
    for name, predicted in (("model", test.probability), ("baseline", test.baseline)):
        found = np.cumsum(test.outcome[np.argsort(-predicted, kind="stable")]) / test.outcome.sum()
        axes.plot(looked, found, label=name)
    _finish(axes, title=f"{test.task}: lift", x="share of invoices reviewed", y="share of cases found")
    figure.savefig(path)
    plt.close(figure)


def _bins(outcome: FloatArray, predicted: FloatArray) -> FloatArray:
    parts = [part for part in np.array_split(np.argsort(predicted, kind="stable"), 10) if len(part)]
    return np.array([[predicted[part].mean(), outcome[part].mean()] for part in parts])


def _finish(axes: Axes, *, title: str, x: str, y: str) -> None:
    axes.set(title=title, xlabel=x, ylabel=y, xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
