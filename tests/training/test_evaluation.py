"""Out-of-time figures: each task's rows are certain, its rivals see the same rows, and rare outcomes are not judged."""

from dataclasses import replace

import numpy as np
import pytest

from features.catalogue import FEATURE_NAMES
from models.anomaly import AnomalyModel
from models.arrays import IntArray
from models.delay import DelayModel
from models.dispute import DisputeModel
from tests.training.firm import CONFIG, dataset, trained
from training.evaluation import BILLING_CAUSES, anomaly_tests, delay_tests, dispute_tests, figures, matured
from training.evaluation import Test as Task


@pytest.fixture
def later() -> IntArray:
    """The later half of the firm's rows."""
    return np.arange(len(dataset()) // 2, len(dataset()))


def test_only_rows_whose_dispute_window_closed_under_observation_are_matured(later: IntArray) -> None:
    data = dataset()
    kept = set(matured(data, later).tolist())
    closed = data.dispute_matured_at() < data.observed_until
    assert kept == {row for row in later.tolist() if closed[row] and np.isfinite(data.labels.disputed[row])}
    assert 0 < len(kept) < len(later)


def test_each_horizon_is_tested_on_the_rows_that_were_decided_by_then(later: IntArray) -> None:
    model = trained().candidates["delay"].model
    assert isinstance(model, DelayModel)
    tests = delay_tests(dataset(), later, model, CONFIG)
    assert [test.task for test in tests] == ["late>0d", "late>15d", "late>30d"]
    assert [len(test.outcome) for test in tests] == sorted((len(test.outcome) for test in tests), reverse=True)
    assert all(np.isin(test.outcome, (0, 1)).all() for test in tests)
    late = [test.probability.mean() for test in tests]
    assert late[0] > late[1] > late[2]


def test_model_and_baseline_answer_for_the_same_disputes(later: IntArray) -> None:
    data, model = dataset(), trained().candidates["dispute"].model
    assert isinstance(model, DisputeModel)
    (test,) = dispute_tests(data, later, model)
    rows = matured(data, later)
    np.testing.assert_array_equal(test.outcome, data.labels.disputed[rows])
    np.testing.assert_array_equal(test.probability, model.probability(data.matrix.values[rows]))
    moved = model.priors(data.matrix.values[rows])
    np.testing.assert_array_equal(test.baseline, moved[:, FEATURE_NAMES.index("dispute_rate")])


def test_oddity_is_tested_on_disputes_that_show_in_the_bill(later: IntArray) -> None:
    data, model = dataset(), trained().candidates["anomaly"].model
    assert isinstance(model, AnomalyModel)
    (test,) = anomaly_tests(data, later, model)
    rows = matured(data, later)
    shows = np.isin(data.labels.dispute_cause[rows].astype(str), BILLING_CAUSES)
    np.testing.assert_array_equal(test.outcome == 1, (data.labels.disputed[rows] == 1) & shows)
    assert test.outcome.sum() < data.labels.disputed[rows].sum()
    assert (test.baseline.min(), test.baseline.max()) == (0, 1)
    assert {figure.metric for figure in figures([test], n_train=1, config=CONFIG)} == {"roc_auc", "average_precision"}


@pytest.mark.parametrize(("positives", "testable"), [(4, False), (5, True), (95, True), (96, False)])
def test_a_task_with_fewer_than_five_of_either_outcome_is_not_judged(positives: int, testable: bool) -> None:
    outcome = (np.arange(100) < positives).astype(float)
    test = Task("t", np.arange(100), outcome, np.linspace(0.9, 0.1, 100), np.full(100, 0.5), "b")
    assert test.testable() is testable
    assert bool(figures([test], n_train=10, config=CONFIG)) is testable


def test_figures_say_the_rows_and_stand_beside_the_baselines() -> None:
    outcome = (np.arange(100) < 30).astype(float)
    test = Task("t", np.arange(100), outcome, np.linspace(0.9, 0.1, 100), np.full(100, 0.5), "b")
    found = {figure.metric: figure for figure in figures([test], n_train=12, config=CONFIG)}
    assert {(figure.n_train, figure.n_test, figure.baseline_name) for figure in found.values()} == {(12, 100, "b")}
    assert (found["roc_auc"].model.value, found["roc_auc"].baseline.value) == (1.0, 0.5)
    swapped = figures([replace(test, probability=test.baseline, baseline=test.probability)], n_train=12, config=CONFIG)
    assert {figure.metric: figure.baseline for figure in swapped} == {name: one.model for name, one in found.items()}
