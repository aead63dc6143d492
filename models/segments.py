"""Kinds of invoices that are certified apart where there are rows enough, and which threshold speaks for which row."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from features.matrix import FeatureMatrix
from models.arrays import FloatArray

POOLED = "all"
REST = "rest"
# Disputes have other causes when hours are billed than when a milestone is; the billing method is known on every draft.
METHODS = ("time_and_materials", "milestone", "fixed_fee")
OTHER = "other_method"
SEGMENTS = (*METHODS, OTHER)


def segments_of(matrix: FeatureMatrix) -> Any:
    """The segment of each row, ``str`` array (n,): its billing method, as far as the features tell."""
    found = np.full(len(matrix), OTHER, dtype=f"<U{max(map(len, SEGMENTS))}")
    for method in METHODS:
        column = f"method_{method}"
        if column in matrix.names:
            found[matrix.column(column) == 1.0] = method
    return found


def certified_thresholds(certificate: Mapping[str, Any], matrix: FeatureMatrix) -> FloatArray:
    """The threshold that speaks for each row, ``float64`` (n,); minus infinity where none was certified.

    Args:
        certificate: ``Certificate.to_dict()``, empty when nothing qualified.
        matrix: the rows to clear or not.
    """
    parts: Mapping[str, Mapping[str, Any]] = certificate.get("segments") or {}
    if not parts:
        return np.full(len(matrix), certificate.get("threshold", -np.inf), dtype=np.float64)
    apart = set(certificate["certified_apart"])
    names = (name if name in apart else REST for name in segments_of(matrix).tolist())
    return np.array([parts[name]["threshold"] if name in parts else -np.inf for name in names], dtype=np.float64)
