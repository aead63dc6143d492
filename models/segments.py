"""Kinds of invoices that are certified apart where there are rows enough, and which threshold speaks for which row."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from features.matrix import FeatureMatrix
from models.arrays import FloatArray
from models.assessment import Guarantee
from models.promise import form_of

POOLED = "all"
REST = "rest"
# Disputes have other causes when hours are billed than when a milestone is; the billing method is known on every draft.
METHODS = ("time_and_materials", "milestone", "fixed_fee")
OTHER = "other_method"
SEGMENTS = (*METHODS, OTHER)
_SHARED = ("alpha", "alpha_money", "money_cap", "delta", "valid_until", "data_digest")


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
    proofs = (proof_of(certificate, name) for name in parts_of(certificate, matrix))
    return np.array([proof.get("threshold", -np.inf) for proof in proofs], dtype=np.float64)


def parts_of(certificate: Mapping[str, Any], matrix: FeatureMatrix) -> list[str]:
    """The part of the certificate that each row belongs to: its segment, ``rest``, or ``all`` where undivided."""
    apart = set(certificate.get("certified_apart") or ())
    if not apart:
        return [POOLED] * len(matrix)
    return [name if name in apart else REST for name in segments_of(matrix).tolist()]


def proof_of(certificate: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    """What was proved for a part; empty when nothing was."""
    if part == POOLED:
        return certificate
    found: Mapping[str, Any] = certificate["segments"].get(part) or {}
    return found


def guarantees_of(certificate: Mapping[str, Any], matrix: FeatureMatrix) -> list[Guarantee | None]:
    """What is guaranteed to invoices like each row; ``None`` throughout when nothing was certified."""
    if not certificate:
        return [None] * len(matrix)
    parts = parts_of(certificate, matrix)
    made = {part: _guarantee(certificate, part) for part in set(parts)}
    return [made[part] for part in parts]


def _guarantee(certificate: Mapping[str, Any], part: str) -> Guarantee:
    proof = proof_of(certificate, part)
    p_values = [proof[name] for name in ("p_count", "p_money") if name in proof]
    return Guarantee(
        segment=part,
        threshold=proof.get("threshold"),
        p_value=max(p_values, default=None),
        rows=proof.get("rows", 0),
        form=form_of(certificate),
        **{name: certificate[name] for name in _SHARED},
    )
