"""Evidently in one place: distances between two samples, a JSON snapshot and an HTML report."""

import json
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from monitoring.plan import Method, Watched


@dataclass(frozen=True)
class Distances:
    """What Evidently measured.

    Attributes:
        scores: column → distance.
        snapshot: the metrics as Evidently reports them.
        snapshot_object: Evidently's own result, for the HTML report.
    """

    scores: dict[str, float]
    snapshot: dict[str, Any]
    snapshot_object: Any

    def save_html(self, path: Path) -> Path:
        """Write the report, making its folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.snapshot_object.save_html(str(path))
        return path


def measure(reference: pd.DataFrame, current: pd.DataFrame, columns: Sequence[Watched]) -> Distances:
    """The pinned distance of each column; both frames hold all of them.

    Args:
        reference: numbers as ``float64``, shares (Jensen-Shannon) as text.
        current: the same columns.
        columns: at least one.
    """
    evidently = _evidently()
    definition = evidently.DataDefinition(
        numerical_columns=[watched.column for watched in columns if watched.method is Method.WASSERSTEIN],
        categorical_columns=[watched.column for watched in columns if watched.method is Method.JENSEN_SHANNON],
    )
    report = evidently.Report(
        [
            evidently.ValueDrift(column=watched.column, method=watched.method.value, threshold=watched.threshold)
            for watched in columns
        ]
    )
    samples = [evidently.Dataset.from_pandas(frame, definition) for frame in (current, reference)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's own arithmetic, e.g. on columns that never vary
        result = report.run(*samples)
    snapshot: dict[str, Any] = json.loads(result.json())
    scores = {metric["config"]["column"]: float(metric["value"]) for metric in snapshot["metrics"]}
    return Distances(scores, snapshot, result)


def _evidently() -> SimpleNamespace:
    """What we use of Evidently; imported on first use, since it takes seconds and a quiet firm needs none of it."""
    # Evidently decides on import whether it reports its use.
    os.environ.setdefault("DO_NOT_TRACK", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import touches names that numpy has deprecated
        from evidently import DataDefinition, Dataset, Report
        from evidently.metrics import ValueDrift
    return SimpleNamespace(DataDefinition=DataDefinition, Dataset=Dataset, Report=Report, ValueDrift=ValueDrift)
