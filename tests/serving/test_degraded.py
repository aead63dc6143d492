"""Models that are missing, fail or are not the newest: controls decide, nothing is cleared, and the answer says so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Engine

from features.matrix import FeatureMatrix
from models.assessment import AnomalyRisk, Assessment, DelayRisk, DisputeRisk, RiskStatus
from serving.scoring.readiness import Readiness
from serving.scoring.scorer import FixedModels
from serving.scoring.service import Asker, score_invoice
from serving.state import ServingState
from tests.serving.kit import FakeScorer

ASKER = Asker("test")
UNAVAILABLE = {
    "delay": DelayRisk(RiskStatus.UNAVAILABLE),
    "dispute": DisputeRisk(RiskStatus.UNAVAILABLE),
    "anomaly": AnomalyRisk(RiskStatus.UNAVAILABLE),
}


@dataclass(frozen=True)
class Lacking:
    """Says what the fake scorer says, but for one risk."""

    risk: str
    failed: bool

    def assess(self, matrix: FeatureMatrix, context: Any) -> list[Assessment]:
        """Assessments in which one risk is unavailable."""
        return [self._without(one) for one in FakeScorer().assess(matrix, context)]

    def _without(self, one: Assessment) -> Assessment:
        lacking: Any = {self.risk: UNAVAILABLE[self.risk], "clearable": False}
        digests = {risk: digest for risk, digest in one.model_digests.items() if self.failed or risk != self.risk}
        return replace(one, **lacking, model_digests=digests)


class Outdated(FixedModels):
    """Models of which one is not the newest."""

    problems: Mapping[str, str] = {"dispute": "the disk is full"}


def scored(state: ServingState) -> dict[str, Any]:
    """INV-1, scored now."""
    with state.engine.begin() as connection:
        return score_invoice(connection, state, "INV-1", as_of=None, asker=ASKER)


@pytest.mark.parametrize("failed", [True, False], ids=["failed", "missing"])
@pytest.mark.parametrize("risk", UNAVAILABLE)
def test_a_lacking_model_is_told_and_nothing_is_cleared(
    firm: Engine, clearing: ServingState, risk: str, failed: bool
) -> None:
    row = scored(replace(clearing, models=FixedModels(Lacking(risk, failed))))
    assert row["degraded"] == [f"{risk}_failed" if failed else f"{risk}_unavailable"]
    assert (row["route"], row["decided_by"]) == ("review", "policy")
    assert row["because"] == f"the {risk} model is not available"


def test_the_last_good_model_goes_on_and_the_answer_says_so(firm: Engine, clearing: ServingState) -> None:
    row = scored(replace(clearing, models=Outdated(FakeScorer())))
    assert row["degraded"] == ["dispute_outdated"]
    assert row["route"] == "auto_clear"


def test_what_a_failing_model_leaves_is_not_kept_ready(firm: Engine, clearing: ServingState) -> None:
    assert Readiness()(replace(clearing, models=FixedModels(Lacking("delay", failed=True)))) == 0
    assert Readiness()(replace(clearing, models=FixedModels(Lacking("delay", failed=False)))) == 1
