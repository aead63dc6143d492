"""What serving asks of the models, and what it says when there are none."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import structlog

from features.matrix import FeatureMatrix
from models.assessment import AnomalyRisk, Assessment, DelayRisk, DisputeRisk, RiskStatus
from models.scorer import MODEL_FAILURES

log = structlog.get_logger(__name__)


class Scorer(Protocol):
    """The loaded models."""

    def assess(self, matrix: FeatureMatrix, context: Any) -> list[Assessment]:
        """One assessment per row, in row order."""


class ModelSource(Protocol):
    """Where the current models come from; asked once per score or block, so that a reload needs no restart."""

    def current(self) -> Scorer | None:
        """The models to use now; ``None`` when none could be loaded."""

    def describe(self) -> list[dict[str, Any]]:
        """One document per loaded model, for ``GET /v1/models``."""

    @property
    def problems(self) -> Mapping[str, str]:
        """Risk → why its champion could not be loaded; the last good model speaks for it, if there is one."""


class NoModels:
    """No models: every risk is unavailable."""

    problems: Mapping[str, str] = MappingProxyType({})

    def current(self) -> Scorer | None:
        """Nothing to use."""
        return None

    def describe(self) -> list[dict[str, Any]]:
        """Nothing to tell."""
        return []


class FixedModels:
    """Models that were loaded once."""

    problems: Mapping[str, str] = MappingProxyType({})

    def __init__(self, scorer: Scorer, described: list[dict[str, Any]] | None = None) -> None:
        self._scorer = scorer
        self._described = described or []

    def current(self) -> Scorer | None:
        """The models given."""
        return self._scorer

    def describe(self) -> list[dict[str, Any]]:
        """What was said of them."""
        return self._described


UNAVAILABLE = Assessment(
    delay=DelayRisk(RiskStatus.UNAVAILABLE),
    dispute=DisputeRisk(RiskStatus.UNAVAILABLE),
    anomaly=AnomalyRisk(RiskStatus.UNAVAILABLE),
)


@dataclass(frozen=True)
class Assessed:
    """Assessments of a block, and what was missing."""

    assessments: list[Assessment]
    degraded: tuple[str, ...] = ()


def assess(models: ModelSource, matrix: FeatureMatrix, context: Any) -> Assessed:
    """Ask the models; when they are missing or fail, say so instead of failing."""
    scorer = models.current()
    if scorer is None:
        return Assessed([UNAVAILABLE] * len(matrix), ("models_unavailable",))
    try:
        assessments = scorer.assess(matrix, context)
    except MODEL_FAILURES as error:
        log.exception("models failed", error=repr(error))
        return Assessed([UNAVAILABLE] * len(matrix), ("models_failed",))
    if len(assessments) != len(matrix):
        log.error("models gave another number of answers", rows=len(matrix), answers=len(assessments))
        return Assessed([UNAVAILABLE] * len(matrix), ("models_failed",))
    return Assessed(assessments, _missing(assessments, models.problems))


def _missing(assessments: list[Assessment], problems: Mapping[str, str]) -> tuple[str, ...]:
    """Codes of what the models lack: ``<risk>_unavailable``, ``<risk>_failed`` or ``<risk>_outdated``, sorted."""
    codes = {_lack(risk, one, problems) for one in assessments for risk in ("delay", "dispute", "anomaly")}
    return tuple(sorted(code for code in codes if code is not None))


def _lack(risk: str, assessment: Assessment, problems: Mapping[str, str]) -> str | None:
    if getattr(assessment, risk).status is RiskStatus.UNAVAILABLE:
        return f"{risk}_failed" if risk in assessment.model_digests else f"{risk}_unavailable"
    return f"{risk}_outdated" if risk in problems else None
