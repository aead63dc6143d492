"""Training: three candidates with figures, reasons for what is skipped, and the same bytes from the same data."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest
from sqlalchemy import Engine

from features.catalogue import CATALOGUE_DIGEST as CATALOGUE
from features.history import load_history
from models.artifact import Artifact
from models.dispute import DisputeModel
from simulator.write import write_to_ledger
from tests.training.digests import digests
from tests.training.firm import CONFIG, dataset, dataset_of, simulated, trained
from training.config import TrainingConfig
from training.dataset import build_dataset
from training.metrics import METRICS
from training.train import train

ROOT = Path(__file__).parents[2]


def test_a_firm_with_history_gets_three_candidates() -> None:
    assert set(trained().candidates) == {"delay", "dispute", "anomaly"}
    assert trained().skipped == {}


@pytest.mark.parametrize(("risk", "tasks"), [("delay", {"late>0d", "late>15d", "late>30d"}), ("dispute", {"disputed"})])
def test_every_task_has_every_figure_beside_its_baseline(risk: str, tasks: set[str]) -> None:
    candidate = trained().candidates[risk]
    found = {(figure.task, figure.metric) for figure in candidate.figures}
    assert found == {(task, metric) for task in tasks for metric in METRICS}
    for figure in candidate.figures:
        assert figure.baseline_name == "client's own smoothed rate"
        assert min(figure.n_train, figure.n_test) > 100
        assert figure.model.low <= figure.model.value <= figure.model.high


@pytest.mark.parametrize("risk", ["delay", "dispute", "anomaly"])
def test_the_facts_name_the_data_the_settings_and_the_periods_in_order(risk: str) -> None:
    facts = trained().candidates[risk].facts
    assert facts["dataset_digest"] == dataset().digest
    assert facts["config"] == CONFIG.model_dump(mode="json")
    assert facts["trained_from"] < facts["trained_until"] < facts["tested_until"]
    assert facts["rows_trained"] > facts["rows_tested"] > 0


def test_a_certificate_is_what_the_model_carries_and_the_facts_repeat() -> None:
    candidate = trained().candidates["dispute"]
    assert isinstance(candidate.model, DisputeModel)
    assert candidate.facts["certificate"] == candidate.model.certificate


def test_a_loose_tolerance_is_certified_on_held_out_rows() -> None:
    loose = train(dataset(), CONFIG.model_copy(update={"alpha": 0.3, "alpha_money": 0.3, "delta": 0.2})).candidates[
        "dispute"
    ]
    assert isinstance(loose.model, DisputeModel)
    certificate = loose.model.certificate
    assert 0 < certificate["cleared"] <= loose.facts["rows_tested"]
    assert certificate["bad"] / certificate["cleared"] <= 0.3
    assert certificate["data_digest"] == dataset().digest
    assert certificate["valid_until"] > loose.facts["tested_until"]


def test_a_reigning_champion_is_measured_on_the_same_rows() -> None:
    first = trained().candidates["dispute"]
    same = Artifact(first.model, "d", CATALOGUE, {})
    other = replace(same, catalogue_digest="of another day")
    again = train(dataset(), CONFIG, champions={"dispute": same, "delay": other}).candidates
    assert again["dispute"].champion_figures == again["dispute"].figures == first.figures
    assert again["delay"].champion_figures == []


def test_a_tiny_ledger_trains_nothing_and_says_why() -> None:
    result = train(dataset_of(simulated(20, 3, 1).records), CONFIG)
    assert result.candidates == {}
    assert set(result.skipped) == {"delay", "dispute", "anomaly"}
    assert all("50 are needed" in reason for reason in result.skipped.values())


@pytest.mark.parametrize(("invoices", "months"), [(120, 4), (120, 14), (250, 7)])
def test_a_small_ledger_trains_what_it_can_and_says_why_not_the_rest(invoices: int, months: int) -> None:
    result = train(dataset_of(simulated(invoices, months, 2).records), CONFIG)
    assert set(result.candidates) | set(result.skipped) == {"delay", "dispute", "anomaly"}
    assert not set(result.candidates) & set(result.skipped)
    assert all("needed" in reason or "has" in reason for reason in result.skipped.values())


def test_each_step_is_announced() -> None:
    said: list[str] = []
    train(dataset_of(simulated(20, 3, 1).records), CONFIG, step=said.append)
    assert said == [f"Training the {risk} model" for risk in ("delay", "dispute", "anomaly")]


def test_the_same_data_and_seed_give_the_same_artifacts_in_another_process() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    command = [sys.executable, "-m", "tests.training.digests"]
    found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, timeout=300)
    assert orjson.loads(found.stdout) == digests()


def test_the_ledger_gives_the_same_training_set_as_its_records(engine: Engine) -> None:
    records = simulated(120, 8, 4).records
    write_to_ledger(engine, [records])
    with engine.begin() as connection:
        stored = build_dataset(load_history(connection), dispute_window_days=CONFIG.dispute_window_days)
    plain = dataset_of(records)
    np.testing.assert_array_equal(stored.matrix.values, plain.matrix.values)
    assert stored.digest == plain.digest


@pytest.mark.parametrize(("rows", "share"), [(300, 0.2), (1_500, 0.35), (6_000, 1 / 3), (8_000, 0.25), (20_000, 0.2)])
def test_small_firms_hold_out_more_for_the_certificate(rows: int, share: float) -> None:
    assert TrainingConfig().held_out(rows) == pytest.approx(share)
    assert TrainingConfig(holdout_share=0.5).held_out(rows) == 0.5
