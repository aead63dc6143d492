"""The feature matrix: what crosses the border from features to models."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
TextArray = NDArray[np.object_]


@dataclass(frozen=True)
class FeatureMatrix:
    """Feature values of invoices at moments.

    Attributes:
        names: feature names, one per column, in catalogue order.
        invoice_ids: ``object`` (n,), one per row.
        as_of: ``int64`` (n,), scoring moments in microseconds since 1970-01-01 UTC.
        values: ``float64`` (n, len(names)); NaN means what the catalogue's ``null_means`` says.
    """

    names: tuple[str, ...]
    invoice_ids: TextArray
    as_of: IntArray
    values: FloatArray

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.invoice_ids), len(self.names)) or self.as_of.shape != self.invoice_ids.shape:
            raise ValueError(f"shapes do not agree: {self.values.shape}, {len(self.invoice_ids)} rows")

    def __len__(self) -> int:
        return len(self.invoice_ids)

    def column(self, name: str) -> FloatArray:
        """One feature's values, ``float64`` (n,)."""
        return self.values[:, self.names.index(name)]

    def rows(self, index: NDArray[np.bool_] | IntArray) -> "FeatureMatrix":
        """The same features of a selection of rows."""
        return FeatureMatrix(self.names, self.invoice_ids[index], self.as_of[index], self.values[index])
