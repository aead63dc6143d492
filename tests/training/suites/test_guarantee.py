"""The guarantee study's own arithmetic: splits that do not overlap, truths without noise, exact intervals."""

import numpy as np
import pytest

from models.arrays import FloatArray
from models.certificate import Certificate, Evidence, Promise, Proof
from tests.training.firm import dataset, firm, true_dispute_probability
from training.suites.guarantee import exact, joined, rows_of, summary
from training.suites.guarantee_trial import (
    ALPHAS,
    BY_EYE,
    CERTIFIED,
    COUNT_ALONE,
    LATER,
    RANDOM,
    UPSET,
    Known,
    Outcome,
    Population,
    by_eye,
    held_to_truth,
    trial,
)


def _population(probability: list[float], risk: list[float], segment: str = "milestone") -> Population:
    n = len(risk)
    evidence = Evidence(np.array(probability), np.zeros(n), np.full(n, 1e9), np.full(n, segment))
    return Population(evidence, np.array(risk))


def _certificate(**proofs: float) -> Certificate:
    made = {name: Proof(threshold, 0.1, 9, 9, 0, 0.0, 1.0, 0.0, 0.0) for name, threshold in proofs.items()}
    apart = tuple(name for name in made if name not in ("all", "rest"))
    return Certificate(Promise(0.05, 0.05, 25_000.0, 0.1), made, apart, 9, "", "")


def test_one_firm_is_held_to_its_truth_at_every_alpha_by_every_rule() -> None:
    known = Known(dataset(), true_dispute_probability(dataset(), firm().truth))
    found, population = trial(known, known, seed=1)
    assert {outcome.setting for outcome in found} == {RANDOM, LATER, UPSET}
    assert len(found) == 3 * len(ALPHAS) * 3
    assert all(0 <= outcome.coverage <= 1 for outcome in found)
    assert all((outcome.share == 0) == (outcome.coverage == 0) for outcome in found)
    # The same world under another name changes nothing.
    later, upset = ([o for o in found if o.setting == setting] for setting in (LATER, UPSET))
    assert [o.share for o in later] == [o.share for o in upset]
    assert len(population.risk) < len(dataset())


def test_the_truth_is_the_mean_risk_of_what_is_cleared() -> None:
    population = _population([0.01, 0.02, 0.2], [0.1, 0.3, 0.9])
    outcome = held_to_truth("x", CERTIFIED, 0.05, _certificate(all=0.02), population, rows=9)
    assert (outcome.share, outcome.loss, outcome.coverage) == (pytest.approx(0.2), pytest.approx(0.2), 2 / 3)


def test_of_several_parts_the_worst_counts_and_the_uncertified_are_not_cleared() -> None:
    safe, risky = _population([0.01], [0.01], "milestone"), _population([0.04], [0.2], "fixed_fee")
    other = _population([0.0], [0.9], "time_and_materials")
    everyone = joined([safe, risky, other], 1.0)
    outcome = held_to_truth("x", CERTIFIED, 0.05, _certificate(milestone=0.02, fixed_fee=0.05), everyone, rows=9)
    assert (outcome.share, outcome.coverage) == (pytest.approx(0.2), pytest.approx(2 / 3))


def test_without_a_threshold_nothing_is_cleared_and_nothing_broken() -> None:
    outcome = held_to_truth("x", CERTIFIED, 0.05, None, _population([0.0], [1.0]), rows=9)
    assert (outcome.coverage, outcome.share, outcome.loss) == (0.0, 0.0, 0.0)


def test_by_eye_takes_the_largest_threshold_that_looked_good_enough() -> None:
    probability = np.repeat([0.01, 0.1, 0.4], 100)
    bad: FloatArray = np.concatenate([np.zeros(100), np.repeat([1.0, 0.0], [8, 92]), np.ones(100)])
    evidence = Evidence(probability, bad, np.ones(300), np.full(300, "milestone"))
    chosen = by_eye(evidence, 0.05)
    assert chosen is not None
    assert 0.1 <= chosen < 0.4
    assert by_eye(evidence, 0.001) is not None
    assert by_eye(Evidence(probability, np.ones(300), np.ones(300), evidence.segment), 0.05) is None


def test_shares_of_firms_carry_clopper_and_pearsons_interval() -> None:
    value, low, high = exact([True] * 2 + [False] * 18)
    assert value == 0.1
    assert (low, high) == (pytest.approx(0.0123, abs=1e-4), pytest.approx(0.3170, abs=1e-4))
    assert exact([False] * 200)[2] == pytest.approx(1 - 0.025 ** (1 / 200))


def test_the_table_has_a_line_per_setting_and_alpha_with_every_share() -> None:
    found = [
        Outcome("here", rule, 0.05, 500, coverage, share, 0.04)
        for rule in (CERTIFIED, COUNT_ALONE, BY_EYE)
        for coverage, share in ((0.5, 0.06), (0.0, 0.0))
    ]
    rows = list(rows_of(found))
    figures = {(row.model, row.metric): row.value for row in rows}
    assert figures[CERTIFIED, "broken_count"] == figures[CERTIFIED, "no_threshold"] == 0.5
    assert (figures[CERTIFIED, "broken_money"], figures[CERTIFIED, "cleared"]) == (0.0, 0.25)
    (line,) = summary(rows).lines
    assert line[:6] == ("here", "alpha=5%", "2", "50.0%", "0.0%", "50.0%")


def test_pooling_multiplies_risks_and_scores_alike() -> None:
    both = joined([_population([0.3], [0.6]), _population([0.1], [0.2])], 0.5)
    np.testing.assert_allclose(both.risk, [0.3, 0.1])
    np.testing.assert_allclose(both.evidence.probability, [0.15, 0.05])
