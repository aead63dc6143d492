"""One simulated firm, certified twice: on a random split of its rows, and in order of time with its future apart."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from features.catalogue import FEATURE_NAMES
from models.arrays import BoolArray, FloatArray, IntArray, to_probability
from models.calibration import IDENTITY, choose_calibrator
from models.certificate import THRESHOLDS, Certificate, Evidence, Promise, capped_weight, certify
from models.learners.boosted import BoostedLearner
from models.learners.stack import Stack
from models.promise import Division, Form
from models.scorer import USUAL_DISPUTE
from models.segments import POOLED, REST
from training.certification import evidence_of
from training.config import TrainingConfig
from training.crossfit import cross_fit, fit_blend, recency, weigh
from training.dataset import Dataset
from training.disputes_known import KnownDisputes
from training.evaluation import matured
from training.fit_dispute import dispute_task
from training.members import candidates

ALPHAS = (0.01, 0.02, 0.05, 0.1)
DELTA = 0.1
MONEY_CAP = 25_000.0
CERTIFIED, COUNT_ALONE, BY_EYE = "certified", "count alone", "by eye"
RANDOM, LATER, UPSET = "random split", "later period", "upset world"
# Shares of the matured rows that are fitted on, and certified on; the rest is fresh.
FITTED, CERTIFYING = 1 / 3, 1 / 2
# Where a firm has fewer disputes than this in its fitting rows, nothing but the clients' own rates is learnt.
FEWEST_DISPUTES = 10
# Segments share δ: the form whose promise could break in more than one place.
BY_METHOD = Form(segments=Division.BY_BILLING_METHOD)

Scoring = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Known:
    """A firm whose true risks are known.

    Attributes:
        dataset: its rows in order of time.
        risk: ``float64`` (n,), true probability of a dispute at each row's scoring moment.
    """

    dataset: Dataset
    risk: FloatArray


@dataclass(frozen=True)
class Population:
    """Rows among which a promise is held to the truth: scores, amounts and segments as evidence, and true risks."""

    evidence: Evidence
    risk: FloatArray


@dataclass(frozen=True)
class Outcome:
    """What one rule did to one firm.

    Attributes:
        setting: ``random split``, ``later period``, ``upset world`` or the name of a resampled firm.
        rule: ``certified``, ``count alone`` or ``by eye``.
        alpha: tolerated share, of invoices and of money.
        rows: certification rows.
        coverage: share of the population that is cleared, 0 without a threshold.
        share, loss: largest true share of bad invoices (of capped money lost) among the cleared of any certified part;
            0 without a threshold.
    """

    setting: str
    rule: str
    alpha: float
    rows: int
    coverage: float
    share: float
    loss: float


def trial(firm: Known, upset: Known | None, *, seed: int) -> tuple[list[Outcome], Population]:
    """Every rule at every alpha on one firm, and the scored rows that were not fitted on.

    Args:
        firm: the firm.
        upset: the same firm in another world, whose later rows are scored by the model of the first.
        seed: of the random split and the fit.
    """
    rows = matured(firm.dataset, np.arange(len(firm.dataset)))
    shuffled = np.random.default_rng(seed).permutation(rows)
    fitted, certifying, fresh = _split(shuffled)
    scoring = fit_scoring(firm.dataset, fitted, seed=seed)
    # The certified rows are a random part of all unfitted ones: over these, a threshold's true risk is free of noise.
    population = _population(firm, np.concatenate([certifying, fresh]), scoring)
    found = list(outcomes(RANDOM, _population(firm, certifying, scoring).evidence, population))
    fitted, certifying, _ = _split(rows)
    scoring, cut = fit_scoring(firm.dataset, fitted, seed=seed), int(firm.dataset.as_of[certifying[-1]])
    evidence = _population(firm, certifying, scoring).evidence
    for setting, world in ((LATER, firm), (UPSET, upset)):
        if world is not None:
            later = np.flatnonzero(world.dataset.as_of > cut)
            found += outcomes(setting, evidence, _population(world, later, scoring))
    return found, population


def _split(rows: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    first, second = round(FITTED * len(rows)), round((FITTED + CERTIFYING) * len(rows))
    return rows[:first], rows[first:second], rows[second:]


def _population(firm: Known, rows: IntArray, scoring: Scoring) -> Population:
    probability = scoring(firm.dataset.matrix.values[rows])
    return Population(evidence_of(firm.dataset, rows, probability), firm.risk[rows])


def fit_scoring(dataset: Dataset, rows: IntArray, *, seed: int) -> Scoring:
    """The shipped stack and calibration, fitted on matured ``rows``; blocks follow their order in time."""
    rows = np.sort(rows)
    config, outcome = TrainingConfig(seed=seed), dataset.labels.disputed[rows]
    task = dispute_task(dataset, KnownDisputes(rows, outcome, np.ones(len(rows)), np.ones(len(rows))))
    members = candidates(len(rows), seed=seed, rate_column=FEATURE_NAMES.index(USUAL_DISPUTE))
    members["boosted"] = BoostedLearner(**(vars(members["boosted"]) | {"threads": 1}))  # firms run side by side
    stack, calibrator = Stack({"linear": 0.0, "boosted": 0.0, "rate": 1.0}, 0.0), IDENTITY
    if outcome.sum() >= FEWEST_DISPUTES:
        odds = cross_fit(members, task, config)
        stack = weigh(odds, task, config)
        calibrator = choose_calibrator(to_probability(stack(odds)), outcome, recency(task.as_of, config))
    blend, priors = fit_blend(members, stack, task)
    return lambda later: calibrator(to_probability(blend.decision_function(priors(later))))


def outcomes(setting: str, evidence: Evidence, population: Population) -> Iterator[Outcome]:
    """What each rule clears of the population at each alpha, and how bad that truly is."""
    for alpha in ALPHAS:
        for rule, certificate in _rules(evidence, alpha):
            yield held_to_truth(setting, rule, alpha, certificate, population, rows=len(evidence))


def _rules(evidence: Evidence, alpha: float) -> Iterator[tuple[str, Certificate | float | None]]:
    both = Promise(alpha, alpha, MONEY_CAP, DELTA, BY_METHOD)
    count = replace(both, alpha_money=1 - 1e-9)
    yield CERTIFIED, certify(evidence, both, valid_until="", data_digest="")
    yield COUNT_ALONE, certify(evidence, count, valid_until="", data_digest="")
    yield BY_EYE, by_eye(evidence, alpha)


def by_eye(evidence: Evidence, alpha: float, *, fewest: int = 30) -> float | None:
    """What is done without a certificate: the largest threshold below which no more than alpha went bad last time."""
    order = np.argsort(evidence.probability)
    counts = np.searchsorted(evidence.probability[order], THRESHOLDS, side="right")
    bad = np.append(0.0, np.cumsum(evidence.bad[order]))[counts]
    good = np.flatnonzero((counts >= fewest) & (bad <= alpha * counts))
    return float(THRESHOLDS[good[-1]]) if len(good) else None


def held_to_truth(
    setting: str, rule: str, alpha: float, certificate: Certificate | float | None, population: Population, *, rows: int
) -> Outcome:
    """The true risks of what is cleared, of the worst part where several were certified."""
    cleared = list(_cleared(certificate, population.evidence))
    weight = capped_weight(population.evidence.amount, MONEY_CAP)
    shares = [population.risk[part].mean() for part in cleared if part.any()]
    losses = [np.average(population.risk[part], weights=weight[part]) for part in cleared if weight[part].sum() > 0]
    count = sum(int(part.sum()) for part in cleared)
    coverage = count / max(1, len(population.risk))
    return Outcome(setting, rule, alpha, rows, coverage, float(max(shares, default=0)), float(max(losses, default=0)))


def _cleared(certificate: Certificate | float | None, evidence: Evidence) -> Iterator[BoolArray]:
    """Which rows each certified part clears, as masks."""
    if isinstance(certificate, float):
        yield evidence.probability <= certificate
    elif certificate is not None:
        for name, proof in certificate.proofs.items():
            apart = np.isin(evidence.segment, certificate.certified_apart)
            member: BoolArray = {POOLED: apart | ~apart, REST: ~apart}.get(name, evidence.segment == name)
            yield (evidence.probability <= proof.threshold) & member
