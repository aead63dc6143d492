"""The gates that a challenger passes before it may become champion."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import Artifact
from training.config import TrainingConfig
from training.metrics import LARGER_IS_BETTER
from training.report.rivals import Comparison, noted_comparisons

# The proper score and the ranking; calibration error and ROC are reported but do not gate.
GATED = ("brier", "average_precision")
TOO_FEW = "too few rows to tell"


@dataclass(frozen=True)
class Gate:
    """One gate's verdict.

    Attributes:
        name: what was asked.
        passed: whether it was shown.
        detail: the figures.
        told: whether the rows could tell at all; a gate that they could not tell is not passed.
    """

    name: str
    passed: bool
    detail: str
    told: bool = True


def gates(challenger: Artifact) -> list[Gate]:
    """Every gate for one challenger, from the paired differences that its training noted."""
    known = challenger.catalogue_digest == CATALOGUE_DIGEST
    definitions = Gate("same feature definitions", known, f"catalogue {challenger.catalogue_digest[:12]}")
    noted = [(task, one) for task, one in noted_comparisons(challenger.facts) if one.metric in GATED]
    if not noted:
        return [definitions, Gate("judged on later rows", False, f"{TOO_FEW}: no paired difference was noted", False)]
    margin = _margin(challenger.facts)
    return [definitions, *(_not_worse(task, one, margin) for task, one in noted)]


def _margin(facts: Mapping[str, Any]) -> float:
    return float(facts.get("config", {}).get("margin", TrainingConfig().margin))


def _not_worse(task: str, one: Comparison, margin: float) -> Gate:
    """Non-inferiority by the interval of the paired difference.

    Passed when even its worse end lies within the margin; failed when even its better end lies beyond.
    """
    name = f"{task}: not worse than {one.name if one.kind == 'rival' else f'the {one.kind}'}"
    sign, allowed = (-1 if LARGER_IS_BETTER[one.metric] else 1), margin * one.theirs
    best, worst = sorted((sign * one.difference.low, sign * one.difference.high))
    passed = worst <= allowed
    told = passed or best > allowed
    difference = f"{one.difference.value:+.3f} [{one.difference.low:+.3f}, {one.difference.high:+.3f}]"
    detail = f"{one.metric} differs by {difference} from {one.theirs:.3f}, margin {allowed:.3f}"
    return Gate(name, passed, detail if told else f"{TOO_FEW}: {detail}", told)
