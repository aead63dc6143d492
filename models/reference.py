"""The sample that a model carries of the rows it was tested on: what later scores are compared with."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from features.matrix import FeatureMatrix
from models.arrays import FloatArray
from models.artifact import Model
from models.delay import DelayModel
from models.dispute import DisputeModel

REFERENCE_FILE = "reference.parquet"
REFERENCE_ROWS = 2_000


def prediction_column(risk: str) -> str:
    """Name of a risk's prediction in samples."""
    return f"risk_{risk}"


def headline(model: Model, X: FloatArray) -> FloatArray:
    """The one number a score says of its risk, ``float64`` (n,): P(late), P(disputed), or the anomaly's p-value."""
    if isinstance(model, DelayModel):
        return model.probability_late(X)
    return model.probability(X) if isinstance(model, DisputeModel) else model.p_value(X)


def write_reference(folder: Path, matrix: FeatureMatrix, predictions: Mapping[str, FloatArray]) -> Path:
    """Keep up to ``REFERENCE_ROWS`` evenly spaced rows beside a model, as what later scores are compared with.

    Args:
        folder: the model's folder.
        matrix: features of rows that the model was tested on, in order of time.
        predictions: risk → the model's headline per row.
    """
    chosen = np.unique(np.linspace(0, len(matrix) - 1, min(len(matrix), REFERENCE_ROWS)).astype(np.int64))
    columns = {name: matrix.values[chosen, place] for place, name in enumerate(matrix.names)}
    columns |= {prediction_column(risk): values[chosen] for risk, values in predictions.items()}
    folder.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(pa.table(columns), folder / REFERENCE_FILE)
    return folder / REFERENCE_FILE
