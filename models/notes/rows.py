"""Training texts in an order of their own, with groups as numbers, and thinned where there are too many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.arrays import IntArray
from models.notes.packed import Packed


@dataclass(frozen=True)
class Training:
    """Rows in canonical order.

    Attributes:
        texts: n texts.
        labels: their classes.
        groups: ``int64`` (n,), rows with the same number belong together.
        vectors: ``float32`` (n, dimensions) or ``None``.
    """

    texts: list[str]
    labels: NDArray[np.str_]
    groups: IntArray
    vectors: Packed | None

    def take(self, index: IntArray) -> "Training":
        """A selection of the rows."""
        vectors = None if self.vectors is None else self.vectors[index]
        return Training([self.texts[row] for row in index], self.labels[index], self.groups[index], vectors)

    def trial(self, most: int, *, seed: int) -> IntArray:
        """Rows of whole groups, drawn until about ``most`` are reached; all rows where there are no more."""
        if len(self.texts) <= most:
            return np.arange(len(self.texts))
        order = np.random.default_rng(seed).permutation(np.unique(self.groups))
        sizes = np.bincount(self.groups)[order]
        drawn = order[: max(2, int(np.searchsorted(np.cumsum(sizes), most)))]
        return np.flatnonzero(np.isin(self.groups, drawn))


def arrange(
    texts: Sequence[str],
    labels: Sequence[str],
    vectors: Packed | None,
    groups: Sequence[str] | None,
    *,
    most: int,
    seed: int,
) -> Training:
    """Rows sorted by text, label and group; without groups, equal texts belong together.

    Raises ``ValueError`` when the lengths differ.
    """
    belongs = list(texts) if groups is None else list(groups)
    lengths = {len(texts), len(labels), len(belongs), *(() if vectors is None else (len(vectors),))}
    if len(lengths) > 1:
        raise ValueError(f"texts, labels, vectors and groups differ in length: {sorted(lengths)}")
    order = np.array(sorted(range(len(texts)), key=lambda row: (texts[row], labels[row], belongs[row])), dtype=np.int64)
    numbers = np.unique(np.array(belongs, dtype=str), return_inverse=True)[1].astype(np.int64)
    single = None if vectors is None else np.asarray(vectors, dtype=np.float32)
    plain = Training(list(texts), np.array(labels, dtype=str), numbers, single)
    sorted_rows = plain.take(order)
    return sorted_rows.take(sorted_rows.trial(most, seed=seed))
