"""Comparisons: paired, the same against oneself, and nobody is called better whom chance may have favoured."""

import numpy as np
import pytest

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import Artifact
from tests.training.firm import CONFIG, dataset, trained
from training.evaluation import Test as Task
from training.measured import Measured
from training.report.rivals import BETTER, EVEN, WORSE, Comparison, Contender, compare, contenders_of, known_at_cut
from training.resampling import Bootstrap, weighted_brier


@pytest.fixture
def task() -> Task:
    """Four hundred outcomes drawn as predicted."""
    rng = np.random.default_rng(5)
    said = rng.beta(1, 2, 400)
    outcome = (rng.random(400) < said).astype(float)
    return Task("disputed", np.arange(400), outcome, said, np.full(400, 0.3), "everybody alike")


def _compared(task: Task, predicted: np.ndarray) -> dict[str, Comparison]:
    found = compare(task, [Contender("other", "rival", predicted)], resamples=200, seed=1)
    return {one.metric: one for one in found}


def test_against_oneself_nothing_differs(task: Task) -> None:
    for one in _compared(task, task.probability).values():
        assert one.difference == Measured(0, 0, 0)
        assert one.verdict == EVEN


def test_knowing_more_is_better_in_every_metric_and_less_is_worse(task: Task) -> None:
    assert {one.verdict for one in _compared(task, task.baseline).values()} == {BETTER}
    assert {one.verdict for one in _compared(task, 0.5 * task.outcome + 0.5 * task.probability).values()} == {WORSE}


def test_pairs_tell_apart_what_two_overlapping_intervals_could_not(task: Task) -> None:
    noisy = np.clip(task.probability + np.random.default_rng(2).normal(0, 0.2, 400), 0, 1)
    drawn = Bootstrap(task.outcome, resamples=200, seed=1)
    ours, theirs = (drawn.measured(weighted_brier, said) for said in (task.probability, noisy))
    assert ours.high > theirs.low
    assert _compared(task, noisy)["brier"].verdict == BETTER


@pytest.mark.parametrize(
    ("metric", "low", "high", "verdict"),
    [
        ("roc_auc", 0.1, 0.2, BETTER),
        ("brier", 0.1, 0.2, WORSE),
        ("brier", -0.2, -0.1, BETTER),
        ("roc_auc", -1, 1, EVEN),
    ],
)
def test_better_is_the_larger_or_the_smaller_as_the_metric_has_it(
    metric: str, low: float, high: float, verdict: str
) -> None:
    assert Comparison("x", "rival", metric, 0.5, Measured((low + high) / 2, low, high)).verdict == verdict


def test_baseline_rivals_and_champion_answer_for_the_same_rows() -> None:
    candidate = trained().candidates["dispute"]
    champion = Artifact(candidate.model, "d", CATALOGUE_DIGEST, {})
    (test,) = candidate.tests
    found = list(contenders_of(dataset(), candidate, test, CONFIG, champion=champion, rivals=True))
    assert [one.kind for one in found] == ["baseline", "rival", "rival", "rival", "champion"]
    assert {one.predicted.shape for one in found} == {test.outcome.shape}
    np.testing.assert_array_equal(found[-1].predicted, test.probability)


def test_a_champion_of_other_features_is_not_asked() -> None:
    candidate = trained().candidates["dispute"]
    stale = Artifact(candidate.model, "d", "of another day", {})
    found = contenders_of(dataset(), candidate, candidate.tests[0], CONFIG, champion=stale, rivals=False)
    assert [one.kind for one in found] == ["baseline"]


@pytest.mark.parametrize("risk", ["delay", "dispute"])
def test_rivals_learn_from_what_was_known_at_the_cut(risk: str) -> None:
    data, candidate = dataset(), trained().candidates[risk]
    known, rate = known_at_cut(data, candidate, candidate.tests[0], CONFIG)
    assert rate == {"delay": "late_rate_0", "dispute": "dispute_rate"}[risk]
    assert np.isin(known.outcome, (0, 1)).all()
    assert 50 < len(known.train) <= (data.as_of < candidate.facts["cut"]).sum()
    assert len(known.test) == len(candidate.tests[0].rows)
