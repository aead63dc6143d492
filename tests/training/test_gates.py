"""The gates: what a challenger may be worse by, what too few rows cannot tell, and what keeps it from the top."""

from typing import Any

import pytest

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import Artifact
from tests.training.firm import CONFIG, trained
from training.gates import TOO_FEW, gates
from training.report.rivals import PLAIN


def challenger(*noted: dict[str, Any], catalogue: str = CATALOGUE_DIGEST, margin: float = 0.02) -> Artifact:
    facts = {"comparisons": list(noted), "config": {"margin": margin}}
    return Artifact(trained().candidates["dispute"].model, "d" * 64, catalogue, facts)


def difference(
    metric: str, low: float, high: float, *, name: str = "client's own smoothed rate", kind: str = "baseline"
) -> dict[str, Any]:
    """A paired difference to somebody whose figure is 0.1, as training notes it."""
    measured = {"value": (low + high) / 2, "low": low, "high": high}
    return {"task": "disputed", "name": name, "kind": kind, "metric": metric, "theirs": 0.1, "difference": measured}


@pytest.mark.parametrize(
    ("metric", "low", "high", "passed", "told"),
    [
        ("brier", -0.02, -0.01, True, True),
        ("brier", -0.02, 0.002, True, True),
        ("brier", 0.001, 0.002, True, True),
        ("brier", -0.02, 0.0021, False, False),
        ("brier", 0.002, 0.02, False, False),
        ("brier", 0.0021, 0.02, False, True),
        ("average_precision", 0.01, 0.02, True, True),
        ("average_precision", -0.002, 0.02, True, True),
        ("average_precision", -0.0021, 0.02, False, False),
        ("average_precision", -0.02, -0.0021, False, True),
    ],
)
def test_a_gate_asks_the_interval_of_the_paired_difference_for_the_margin(
    metric: str, low: float, high: float, passed: bool, told: bool
) -> None:
    _, gate = gates(challenger(difference(metric, low, high)))
    assert gate.name == "disputed: not worse than the baseline"
    assert (gate.passed, gate.told) == (passed, told)
    assert gate.detail.startswith(TOO_FEW) is not told
    assert f"[{low:+.3f}, {high:+.3f}] from 0.100, margin 0.002" in gate.detail


def test_the_margin_is_the_one_that_training_was_told() -> None:
    worse = difference("brier", 0.001, 0.004)
    assert [gates(challenger(worse, margin=margin))[1].passed for margin in (0.0, 0.039, 0.041)] == [False, False, True]


def test_plain_rivals_and_the_champion_are_asked_beside_the_baseline() -> None:
    found = gates(
        challenger(
            difference("brier", -0.02, -0.01),
            difference("brier", 0.01, 0.02, name="LightGBM", kind="rival"),
            difference("brier", -0.02, -0.01, name="previous champion", kind="champion"),
        )
    )
    assert {gate.name: gate.passed for gate in found[1:]} == {
        "disputed: not worse than the baseline": True,
        "disputed: not worse than LightGBM": False,
        "disputed: not worse than the champion": True,
    }


def test_roc_is_compared_but_keeps_nobody_out() -> None:
    _, judged = gates(challenger(difference("roc_auc", -0.5, -0.4)))
    assert (judged.name, judged.told) == ("judged on later rows", False)


def test_a_model_that_nothing_was_noted_of_has_passed_nothing() -> None:
    _, judged = gates(challenger())
    assert (judged.passed, judged.told) == (False, False)
    assert judged.detail.startswith(TOO_FEW)


def test_other_feature_definitions_keep_a_model_out() -> None:
    gate, _ = gates(challenger(catalogue="of another day"))
    assert (gate.passed, gate.told, gate.detail) == (False, True, "catalogue of another d")
    same, _ = gates(challenger())
    assert same.passed


@pytest.mark.parametrize(("risk", "others"), [("delay", 3), ("dispute", 3), ("anomaly", 1)])
def test_training_notes_the_differences_that_gates_ask_for(risk: str, others: int) -> None:
    candidate = trained().candidates[risk]
    found = gates(Artifact(candidate.model, "d", CATALOGUE_DIGEST, candidate.facts))
    tasks = {figure.task for figure in candidate.figures}
    per_task = 1 if risk == "anomaly" else 2
    assert len(found) == 1 + len(tasks) * per_task * others
    assert candidate.facts["config"]["margin"] == CONFIG.margin
    rivals = {one["name"] for one in candidate.facts["comparisons"] if one["kind"] == "rival"}
    assert rivals == (set() if risk == "anomaly" else set(PLAIN))
