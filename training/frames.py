"""Feature rows as pandas frames, for MLflow signatures and for data scientists' notebooks."""

import pandas as pd

from features.matrix import FeatureMatrix
from training.dataset import Dataset


def to_frame(matrix: FeatureMatrix) -> pd.DataFrame:
    """Features as columns, ``float64``, indexed by invoice id."""
    return pd.DataFrame(
        matrix.values, columns=list(matrix.names), index=pd.Index(matrix.invoice_ids, name="invoice_id")
    )


def example_rows(dataset: Dataset, *, rows: int = 5) -> pd.DataFrame:
    """A few of the newest rows, without their ids: an example input."""
    return to_frame(dataset.matrix).tail(rows).reset_index(drop=True)
