"""The gates: what a challenger may be worse by, and what keeps it from becoming champion."""

from dataclasses import replace
from typing import Any

import pytest

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import Artifact
from tests.training.firm import trained
from training.gates import gates


def challenger(catalogue: str = CATALOGUE_DIGEST) -> Artifact:
    return Artifact(trained().candidates["dispute"].model, "d" * 64, catalogue, {})


def figure(metric: str, model: tuple[float, float, float], baseline: float, task: str = "disputed") -> dict[str, Any]:
    """A metric as stored: value and interval of the model, and the baseline's value."""
    value, low, high = model
    return {
        "task": task,
        "metric": metric,
        "model": {"value": value, "low": low, "high": high},
        "baseline": {"value": baseline, "low": baseline, "high": baseline},
    }


@pytest.mark.parametrize(
    ("metric", "rival", "passed"),
    [
        ("brier", 0.13, True),
        ("brier", 0.10, True),
        ("brier", 0.09, True),
        ("brier", 0.0899, False),
        ("average_precision", 0.05, True),
        ("average_precision", 0.11, True),
        ("average_precision", 0.1101, False),
    ],
)
def test_a_challenger_may_be_worse_than_the_baseline_only_within_its_interval(
    metric: str, rival: float, passed: bool
) -> None:
    _, gate = gates(challenger(), [figure(metric, (0.10, 0.09, 0.11), rival)], [])
    assert gate.name == "disputed: not worse than the baseline"
    assert gate.passed is passed
    assert gate.detail == f"{metric} 0.100 [0.090, 0.110] against {rival:.3f}"


def test_a_champion_on_the_same_task_and_metric_is_a_second_rival() -> None:
    ours = [figure("brier", (0.10, 0.09, 0.11), 0.2), figure("average_precision", (0.5, 0.4, 0.6), 0.2)]
    better = figure("brier", (0.05, 0.04, 0.06), 0.2)
    elsewhere = figure("average_precision", (0.9, 0.8, 1.0), 0.2, task="late>15d")
    verdicts = {gate.name: gate for gate in gates(challenger(), ours, [better, elsewhere])}
    assert verdicts["disputed: not worse than the champion"].passed is False
    assert sum("champion" in gate.name for gate in gates(challenger(), ours, [better, elsewhere])) == 1


@pytest.mark.parametrize("metric", ["ece", "roc_auc"])
def test_calibration_error_and_roc_are_reported_but_keep_nobody_out(metric: str) -> None:
    assert len(gates(challenger(), [figure(metric, (0.5, 0.5, 0.5), 0.5)], [])) == 1


def test_other_feature_definitions_keep_a_model_out() -> None:
    (gate,) = gates(challenger("of another day"), [], [])
    assert (gate.passed, gate.detail) == (False, "catalogue of another d")
    (same,) = gates(replace(challenger()), [], [])
    assert same.passed
