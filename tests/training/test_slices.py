"""Slices: every row in one slice of a dimension, too small ones are not judged, and clients are new only at first."""

from dataclasses import replace

import numpy as np
import pytest

from models.artifact import Model
from tests.training.firm import dataset, trained
from training.evaluation import Test as Task
from training.slices import DIMENSIONS, FEWEST, KNOWN, NEW, YOUNG, Slice, billed_before, labels_of, slices


@pytest.fixture
def model() -> Model:
    """The firm's dispute model."""
    return trained().candidates["dispute"].model


@pytest.fixture
def task() -> Task:
    """Outcomes drawn as predicted, for all rows of the firm."""
    rng, rows = np.random.default_rng(3), np.arange(len(dataset()))
    probability = rng.beta(1, 3, len(rows))
    outcome = (rng.random(len(rows)) < probability).astype(float)
    return Task("disputed", rows, outcome, probability, np.full(len(rows), 0.25), "everybody alike")


def _found(task: Task, model: Model, **more: bool) -> list[Slice]:
    return slices(dataset(), task, model, resamples=50, seed=1, **more)


def test_the_slices_of_a_dimension_share_out_the_rows(task: Task, model: Model) -> None:
    found = _found(task, model)
    for dimension in {one.dimension for one in found}:
        of_it = [one for one in found if one.dimension == dimension]
        assert sum(one.rows for one in of_it) == len(dataset())
        assert sum(one.positives for one in of_it) == task.outcome.sum()
        assert len({one.label for one in of_it}) == len(of_it) > 1


def test_figures_of_a_slice_are_measured_on_its_rows_alone(task: Task, model: Model) -> None:
    chosen = labels_of(dataset(), task.rows, clock=False)["billing_method"] == "milestone"
    (one,) = (one for one in _found(task, model) if one.label == "milestone")
    assert one.rows == chosen.sum()
    assert one.brier is not None
    assert one.brier.value == pytest.approx(np.mean((task.probability - task.outcome)[chosen] ** 2))
    assert one.gap is not None
    assert one.gap.value == pytest.approx(np.mean((task.probability - task.outcome)[chosen]))
    assert one.baseline_auc == 0.5


def test_a_slice_with_few_of_either_outcome_says_so_instead_of_a_figure(task: Task, model: Model) -> None:
    for rare in (np.where(np.arange(len(task.rows)) < FEWEST - 1, 1.0, 0.0), np.ones(len(task.rows))):
        found = _found(replace(task, outcome=rare), model)
        assert all(one.too_small and one.auc is None and one.brier is None for one in found)


def test_scores_that_only_rank_have_no_error_of_probabilities(task: Task, model: Model) -> None:
    judged = [one for one in _found(replace(task, ranks_only=True), model) if not one.too_small]
    assert judged
    assert all(one.auc is not None and one.brier is None and one.gap is None for one in judged)


def test_figures_of_the_answered_leave_out_where_the_model_abstains(task: Task, model: Model) -> None:
    covered = model.support.covers(dataset().matrix.values)
    found = [one for one in _found(task, model, only_answered=True) if one.dimension == DIMENSIONS["client_age"]]
    assert sum(one.rows for one in found) == covered.sum()
    everybody = [one for one in _found(task, model) if one.dimension == DIMENSIONS["client_age"]]
    assert sum(one.answered * one.rows for one in everybody) == pytest.approx(covered.sum())


def test_a_client_is_new_at_its_first_invoice_and_known_from_the_eleventh() -> None:
    data = dataset()
    labels = labels_of(data, np.arange(len(data)), clock=False)["client_age"]
    before = data.matrix.column("prior_invoices")
    assert set(before[labels == NEW]) == {0}
    assert (before[labels == YOUNG].min(), before[labels == YOUNG].max()) == (1, 9)
    assert before[labels == KNOWN].min() == 10


def test_what_a_client_was_billed_before_grows_by_its_invoices_and_starts_at_nothing() -> None:
    data, before = dataset(), billed_before(dataset())
    for client in np.unique(data.labels.client_id.astype(str))[:5]:
        of_it = before[data.labels.client_id == client]
        assert of_it[0] == 0
        assert (np.diff(of_it) >= -1e-6).all()
        assert of_it[-1] > 0 or len(of_it) == 1
