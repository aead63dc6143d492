"""Time-ordered splits: train before, test after, and nothing in between that knows the other side."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.arrays import IntArray


@dataclass(frozen=True)
class Fold:
    """Rows to fit on, rows to predict, and the moment between them.

    Attributes:
        before, after: row indices; every row of ``before`` has its moment before ``cut``.
        cut: microseconds; labels of ``before`` may be used only as far as they were known then.
    """

    before: IntArray
    after: IntArray
    cut: int


def forward_folds(as_of: IntArray, *, folds: int, first: float) -> Iterator[Fold]:
    """Expanding-window folds over rows in order of time.

    Args:
        as_of: ``int64`` (n,), growing.
        folds: number of folds.
        first: share of the rows before the first fold.
    """
    bounds = np.unique(np.linspace(first * len(as_of), len(as_of), folds + 1).astype(int))
    for start, end in itertools.pairwise(bounds):
        cut = int(as_of[start])
        # Rows that share the very moment of the cut belong after it.
        before = np.flatnonzero(as_of < cut)
        if len(before) and end > start:
            yield Fold(before, np.arange(start, end), cut)


def holdout(as_of: IntArray, *, share: float) -> Fold:
    """The latest ``share`` of the rows as test, all before as train."""
    start = min(round((1 - share) * len(as_of)), len(as_of) - 1)
    cut = int(as_of[start])
    return Fold(np.flatnonzero(as_of < cut), np.flatnonzero(as_of >= cut), cut)
