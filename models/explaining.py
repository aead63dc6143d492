"""Which risks of which invoices are explained, and by what: reasons for what may not be cleared."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from features.matrix import FeatureMatrix
from models.arrays import BoolArray, IntArray
from models.artifact import Artifact
from models.assessment import AnomalyRisk, DelayRisk, DisputeRisk, Reason
from models.reasons import reasons_for

# Oddity is explained from here on; most bills are a little odd somewhere.
ODD_P_VALUE = 0.1


class Risks(NamedTuple):
    """The three risks of the rows of a matrix."""

    delay: Sequence[DelayRisk]
    dispute: Sequence[DisputeRisk]
    anomaly: Sequence[AnomalyRisk]


def explained(
    artifacts: Mapping[str, Artifact], matrix: FeatureMatrix, wanted: BoolArray, risks: Risks
) -> dict[int, tuple[Reason, ...]]:
    """Row → reasons, most weighty first within a risk, of the ``wanted`` rows (n,) whose risks are elevated."""
    found: dict[int, list[Reason]] = {}
    for risk, chosen in _elevated(artifacts, risks).items():
        rows: IntArray = np.flatnonzero(wanted & chosen)
        if not len(rows):
            continue
        model = artifacts[risk].model
        contributions = model.contributions(matrix.values[rows])
        for shares, row in zip(contributions, rows, strict=True):
            told = found.setdefault(int(row), [])
            already = {_meaning(reason) for reason in told}  # one fact is said once, with the first risk it raises
            made = reasons_for(risk, matrix.names, matrix.values[row], shares, model.medians)
            told += [reason for reason in made if _meaning(reason) not in already]
    return {row: tuple(reasons) for row, reasons in found.items()}


def _elevated(artifacts: Mapping[str, Artifact], risks: Risks) -> dict[str, BoolArray]:
    """Rows in which each risk is above the firm's ordinary level: only then is there something to explain."""
    models: dict[str, Any] = {risk: artifact.model for risk, artifact in artifacts.items()}
    late = models["delay"].base_rate() if "delay" in models else 1.0
    dispute = models["dispute"].base_rate() if "dispute" in models else 1.0
    return {
        "dispute": np.array([(risk.probability or 0.0) > dispute for risk in risks.dispute], dtype=bool),
        "delay": np.array([(risk.probability_late or 0.0) > late for risk in risks.delay], dtype=bool),
        "anomaly": np.array([(risk.p_value or 1.0) <= ODD_P_VALUE for risk in risks.anomaly], dtype=bool),
    }


def _meaning(reason: Reason) -> str:
    return reason.code.partition(".")[2]
