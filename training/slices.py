"""The parts of the test rows that a model is judged on apart: where, what, how billed, how large and how new."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.arrays import BoolArray, FloatArray, IntArray
from models.artifact import Model
from models.delay import DelayModel
from training.certification import group_amounts
from training.dataset import Dataset
from training.evaluation import Test
from training.measured import Measured
from training.resampling import Bootstrap, weighted_auc, weighted_brier, weighted_gap

# Fewer of either outcome than this and a figure would say more about chance than about the model.
FEWEST = 10
LARGEST_SHOWN = 10
UNKNOWN = "not known"
DIMENSIONS = {
    "region": "Region",
    "client_country": "Client's country",
    "service_line": "Service line",
    "client_segment": "Client segment",
    "billing_method": "Billing method",
    "client_size": "Client size",
    "client_age": "New and known clients",
}
NEW, YOUNG, KNOWN = "new: none before", "young: 1 to 9 before", "known: 10 or more before"


@dataclass(frozen=True)
class Slice:
    """A part of the test rows and how the model does there.

    Attributes:
        dimension, label: e.g. ``Region`` and ``emea``.
        rows, positives: how many, and how many of them went bad.
        answered: share on which the model does not abstain.
        auc, brier, gap: figures; ``None`` where either outcome is rarer than ``FEWEST``, or for scores that only rank.
        baseline_auc, baseline_brier: the baseline's on the same rows.
    """

    dimension: str
    label: str
    rows: int
    positives: int
    answered: float
    auc: Measured | None = None
    brier: Measured | None = None
    gap: Measured | None = None
    baseline_auc: float | None = None
    baseline_brier: float | None = None

    @property
    def too_small(self) -> bool:
        """Whether there is too little to judge by."""
        return min(self.positives, self.rows - self.positives) < FEWEST


def slices(
    dataset: Dataset,
    test: Test,
    model: Model,
    *,
    resamples: int,
    seed: int,
    only_answered: bool = False,
    dimensions: Sequence[str] = tuple(DIMENSIONS),
) -> list[Slice]:
    """Every slice of a test's rows, dimension by dimension.

    Args:
        dataset: where the test's rows lie.
        test: predictions and outcomes.
        model: whose support says where it abstains.
        resamples, seed: of the intervals.
        only_answered: leave the figures to the rows on which the model does not abstain.
        dimensions: which of ``DIMENSIONS``.
    """
    supported = model.support.covers(dataset.matrix.values[test.rows])
    found = []
    for dimension, labels in labels_of(dataset, test.rows, clock=isinstance(model, DelayModel)).items():
        if dimension not in dimensions:
            continue
        for label in _labels(labels):
            rows = labels == label
            judged = rows & supported if only_answered else rows
            positives, answered = int(test.outcome[judged].sum()), float(supported[rows].mean())
            one = Slice(DIMENSIONS[dimension], label, int(judged.sum()), positives, answered)
            found.append(one if one.too_small else _judged(one, test, judged, resamples=resamples, seed=seed))
    return found


def _judged(one: Slice, test: Test, rows: BoolArray, *, resamples: int, seed: int) -> Slice:
    predicted, baseline = test.probability[rows], test.baseline[rows]
    drawn = Bootstrap(test.outcome[rows], resamples=resamples, seed=seed)
    ranked = replace(one, auc=drawn.measured(weighted_auc, predicted), baseline_auc=drawn.value(weighted_auc, baseline))
    if test.ranks_only:
        return ranked
    return replace(
        ranked,
        brier=drawn.measured(weighted_brier, predicted),
        gap=drawn.measured(weighted_gap, predicted),
        baseline_brier=drawn.value(weighted_brier, baseline),
    )


def labels_of(dataset: Dataset, rows: IntArray, *, clock: bool) -> dict[str, Any]:
    """Dimension → the label of each row, ``str`` (m,); dimensions in which all rows are alike are left out.

    Args:
        dataset: of the rows.
        rows: ``int64`` (m,).
        clock: count a client's earlier payments rather than its earlier invoices.
    """
    found = {
        name: np.array([UNKNOWN if value is None else str(value).replace("_", " ") for value in column[rows]])
        for name, column in dataset.attributes.items()
    }
    found["client_size"] = _thirds(billed_before(dataset)[rows])
    found["client_age"] = _ages(dataset.matrix.column("paid_count" if clock else "prior_invoices")[rows])
    return {name: found[name] for name in DIMENSIONS if name in found and len(np.unique(found[name])) > 1}


def billed_before(dataset: Dataset) -> FloatArray:
    """What each row's client had been billed before it, in group currency, ``float64`` (n,)."""
    amounts = np.nan_to_num(group_amounts(dataset.matrix))
    clients = np.unique(dataset.labels.client_id.astype(str), return_inverse=True)[1]
    order = np.argsort(clients, kind="stable")
    running = np.cumsum(amounts[order]) - amounts[order]
    starts = np.flatnonzero(np.append(True, np.diff(clients[order]) > 0))
    before = np.empty(len(dataset))
    before[order] = running - np.repeat(running[starts], np.diff(np.append(starts, len(order))))
    return np.maximum(before, 0.0)


def _thirds(billed: FloatArray) -> Any:
    names = np.array(["smallest third", "middle third", "largest third"])
    bounds = np.quantile(billed, [1 / 3, 2 / 3])
    return names[np.searchsorted(bounds, billed, side="left")]


def _ages(before: FloatArray) -> Any:
    count = np.nan_to_num(before)
    return np.where(count == 0, NEW, np.where(count < 10, YOUNG, KNOWN))


def _labels(labels: Any) -> list[str]:
    """The labels in order of size, at most ``LARGEST_SHOWN``; ties by name."""
    names, counts = np.unique(labels, return_counts=True)
    order = sorted(range(len(names)), key=lambda place: (-counts[place], names[place]))
    return [str(names[place]) for place in order[:LARGEST_SHOWN]]
