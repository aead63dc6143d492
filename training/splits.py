"""Splits by time: train before and test after to judge, blocks to learn weights from."""

import itertools
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


def time_blocks(as_of: IntArray, *, blocks: int) -> list[IntArray]:
    """Rows in order of time cut into blocks of about equal size; rows of one moment stay together.

    Args:
        as_of: ``int64`` (n,), growing.
        blocks: number of blocks; there are fewer where moments are few.
    """
    asked = np.linspace(0, len(as_of), blocks + 1).astype(int)[1:-1]
    borders = np.unique(np.searchsorted(as_of, as_of[asked], side="left")) if len(as_of) else asked
    bounds = np.unique(np.concatenate([[0], borders, [len(as_of)]]))
    return [np.arange(start, end) for start, end in itertools.pairwise(bounds.tolist())]


def holdout(as_of: IntArray, *, share: float) -> Fold:
    """The latest ``share`` of the rows as test, all before as train."""
    start = min(round((1 - share) * len(as_of)), len(as_of) - 1)
    cut = int(as_of[start])
    return Fold(np.flatnonzero(as_of < cut), np.flatnonzero(as_of >= cut), cut)
