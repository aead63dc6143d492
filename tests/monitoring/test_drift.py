"""Same distribution, no drift; shifted amounts, drift; and the same samples always give the same verdict."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.reference import prediction_column
from monitoring.drift import Drift, compute
from monitoring.plan import ABSENT_SUFFIX, Group
from monitoring.verdict import Status
from tests.monitoring.frames import FEW, PLAN, sample

NUMBERS = [feature.name for feature in FEW if feature.dtype == "number" and feature.family != "text"]
REFERENCE = sample(1_000, seed=1)


@cache
def quiet() -> Drift:
    """Another draw from the same distributions."""
    return compute(REFERENCE, sample(400, seed=2), PLAN)


def test_samples_of_one_distribution_have_not_drifted() -> None:
    verdict = quiet().verdict
    assert verdict.status is Status.OK
    assert verdict.drifted == ()
    assert verdict.next_steps()[0][0] == "nobody"


def test_shifted_amounts_are_a_drift_of_the_data() -> None:
    current = sample(400, seed=2)
    current[NUMBERS] = current[NUMBERS] * 3
    verdict = compute(REFERENCE, current, PLAN).verdict
    assert verdict.status is Status.DRIFT
    assert Group.DATA in verdict.drifted_groups()
    assert {check.column for check in verdict.drifted} >= set(NUMBERS)
    assert "finance operations" in verdict.next_steps()[0][0]


def test_one_shifted_prediction_is_enough() -> None:
    current = sample(400, seed=2)
    current[prediction_column("dispute")] = current[prediction_column("dispute")] + 0.2
    verdict = compute(REFERENCE, current, PLAN).verdict
    assert verdict.drifted_groups() == (Group.PREDICTIONS,)
    assert verdict.checks[0].column == "risk_dispute"


def test_values_that_stop_arriving_are_seen() -> None:
    current = sample(400, seed=2)
    current.loc[: len(current) // 2, NUMBERS] = np.nan
    drifted = {check.column for check in compute(REFERENCE, current, PLAN).verdict.drifted}
    assert {name + ABSENT_SUFFIX for name in NUMBERS} <= drifted


def test_the_same_samples_give_the_same_verdict() -> None:
    again = compute(REFERENCE, sample(400, seed=2), PLAN)
    assert again.verdict == quiet().verdict


@pytest.mark.parametrize(("reference", "current"), [(99, 400), (400, 99), (0, 0)])
def test_too_few_rows_are_said_to_be_too_few(reference: int, current: int) -> None:
    drift = compute(sample(reference, seed=1), sample(current, seed=2), PLAN)
    assert (drift.verdict.status, drift.distances, drift.snapshot) == (Status.TOO_FEW_ROWS, None, {})
    assert f"{current} recent, {reference} in the reference" in drift.verdict.sentence()


def test_columns_without_values_are_left_out_and_say_so() -> None:
    current = sample(400, seed=2).drop(columns=prediction_column("anomaly"))
    current[NUMBERS[0]] = np.nan
    checks = {check.column: check for check in compute(REFERENCE, current, PLAN).verdict.checks}
    for column in (prediction_column("anomaly"), NUMBERS[0]):
        assert (checks[column].score, checks[column].drifted) == (None, False)


def test_frames_without_a_common_column_allow_no_verdict() -> None:
    nothing = pd.DataFrame({"other": np.ones(200)})
    assert compute(nothing, nothing, PLAN).verdict.status is Status.TOO_FEW_ROWS


def test_the_report_is_a_page_and_the_snapshot_has_every_column(tmp_path: Path) -> None:
    drift = quiet()
    assert drift.distances is not None
    page = drift.distances.save_html(tmp_path / "new" / "report.html").read_text(encoding="utf-8")
    assert "<html" in page.lower()
    assert "risk_dispute" in page
    watched = {metric["config"]["column"] for metric in drift.snapshot["metrics"]}
    assert watched == {check.column for check in drift.verdict.checks if check.score is not None}
    assert all(metric["config"]["threshold"] for metric in drift.snapshot["metrics"])
