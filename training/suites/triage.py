"""Does triage triage? Simulated firms trained as shipped, beside plain models and the truth, and what is cleared."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from models.arrays import FloatArray, IntArray
from models.certificate import Certificate, Evidence, certify
from models.delay import DelayModel
from models.dispute import DisputeModel
from models.promise import Assurance, Division, Outcome, Tolerance
from training.attempts import Uncounted
from training.candidate import Candidate
from training.certification import (
    Chosen,
    certify_rows,
    chosen_rows,
    evidence_of,
    own_rate,
    promise_of,
    risk_under,
)
from training.config import TrainingConfig
from training.dataset import Dataset
from training.evaluation import Test
from training.fit_dispute import fit_dispute
from training.measured import Measured
from training.metrics import METRICS, measure
from training.report.rivals import known_at_cut
from training.rivals import binary_rivals
from training.suites.guarantee_trial import Population, held_to_truth
from training.suites.row import Row, Step
from training.suites.summary import Summary
from training.train import train

OURS, BAYES = "triage", "Bayes (the true risk)"
PROMISED, SEEDS = "promised", "seeds differ by at most"
JUDGED = ("roc_auc", "brier", "ece")
TO_TRUTH = "squared_error_to_truth"
# Forms of the promise by name, as changes of the shipped settings.
FORMS: Mapping[str, Mapping[str, Any]] = {
    "any dispute, pooled, 5 %": {},
    "any dispute, by billing method, 5 %": {"segments": Division.BY_BILLING_METHOD},
    "any dispute, half of the own rate": {"tolerance": Tolerance.HALF_OF_OWN_RATE},
    "any dispute, on average, 5 %": {"promise": Assurance.IN_EXPECTATION},
    "preventable, pooled, 3 %": {"outcome": Outcome.PREVENTABLE, "alpha": 0.03, "alpha_money": 0.05},
}
ORDINARY = "any dispute, pooled, 5 %"
# Training seeds whose certificates should agree, and by how much in coverage.
OTHER_SEEDS, AGREED = 2, 0.1
WORKERS = 2


class Firm(Protocol):
    """A firm with the truth about its invoices."""

    @property
    def dataset(self) -> Dataset:
        """Rows in order of time."""

    @property
    def risk(self) -> FloatArray:
        """True probability of a dispute, ``float64`` (n,)."""

    @property
    def preventable(self) -> FloatArray:
        """True probability of a preventable one, ``float64`` (n,)."""


# (number, seed) → name and firm.
Simulate = Callable[[int, int], tuple[str, Firm]]


def run(simulate: Simulate, *, firms: int, seed: int, step: Step) -> Iterator[Row]:
    """Rows of every firm: ours beside plain models and the truth, then what each form of the promise clears.

    Args:
        simulate: makes one firm; called in worker processes, so that it must be importable.
        firms: how many.
        seed: of the first firm; the others count up from it.
        step: told of progress.
    """
    workers = Parallel(n_jobs=min(WORKERS, firms), return_as="generator")
    jobs = (delayed(_firm)(simulate, number, seed) for number in range(firms))
    for place, found in enumerate(workers(jobs), start=1):
        step(f"Firm {place} of {firms}")
        yield from found


def _firm(simulate: Simulate, number: int, seed: int) -> list[Row]:
    name, firm = simulate(number, seed)
    return list(judge(name, firm, TrainingConfig()))


def judge(name: str, firm: Firm, config: TrainingConfig) -> Iterator[Row]:
    """Everything about one firm."""
    dataset = firm.dataset
    candidates = train(dataset, config).candidates
    for risk in ("dispute", "delay"):
        candidate = candidates.get(risk)
        for test in candidate.tests if candidate else ():
            if candidate and test.testable():
                yield from _beside_rivals(name, firm, candidate, test, config)
    if "dispute" in candidates and "delay" in candidates:
        model, clock = candidates["dispute"].model, candidates["delay"].model
        assert isinstance(model, DisputeModel)
        assert isinstance(clock, DelayModel)
        yield from _cleared(name, firm, model, clock, config)
        yield _seeds(name, dataset, model, clock, config, int(candidates["dispute"].facts["cut"]))


def _beside_rivals(name: str, firm: Firm, candidate: Candidate, test: Test, config: TrainingConfig) -> Iterator[Row]:
    known, rate = known_at_cut(firm.dataset, candidate, test, config)
    ours = measure(test.outcome, test.probability, metrics=JUDGED, resamples=config.bootstrap, seed=config.seed)
    predicted = {rival: predict() for rival, predict in binary_rivals(known, rate).items()}
    truth = firm.risk[test.rows] if test.task == "disputed" else None
    if truth is not None:
        predicted[BAYES] = truth
        ours[TO_TRUTH] = _mean_of((test.probability - truth) ** 2)
    size = (len(known.train), len(test.outcome))
    for rival, theirs in predicted.items():
        for metric, figure in ours.items():
            if metric == TO_TRUTH:
                assert truth is not None
                value = float(np.mean((theirs - truth) ** 2))
            else:
                value = METRICS[metric](test.outcome, theirs)
            yield Row(name, test.task, OURS, metric, figure.value, figure.low, figure.high, rival, value, *size)


def _mean_of(values: FloatArray) -> Measured:
    mean, margin = float(values.mean()), float(1.96 * values.std() / np.sqrt(len(values)))
    return Measured(mean, mean - margin, mean + margin)


def _cleared(name: str, firm: Firm, model: DisputeModel, clock: DelayModel, config: TrainingConfig) -> Iterator[Row]:
    """Each form of the promise: what is cleared of the rows that came after the certified ones, and how bad that is."""
    dataset = firm.dataset
    for form, changes in FORMS.items():
        asked = config.model_copy(update=dict(changes))
        chosen = chosen_rows(dataset, asked, model, clock)
        truth = firm.preventable if asked.outcome is Outcome.PREVENTABLE else firm.risk
        later = np.arange(int(chosen.certified.max()) + 1, len(dataset))
        risk = risk_under(model, dataset, chosen.certified, asked.outcome)
        found = certify_rows(dataset, chosen, risk, asked, Uncounted())
        certificate = found if isinstance(found, Certificate) else None
        population = _population(dataset, later, risk_under(model, dataset, later, asked.outcome), truth, asked)
        promise = promise_of(asked, own_rate(dataset, chosen.earlier, asked))
        tolerated = 1.0 if promise is None else promise.alpha
        ours = held_to_truth(form, OURS, tolerated, certificate, population, rows=len(chosen.certified))
        ideal = _bayes(dataset, chosen, later, truth, asked)
        size = (len(chosen.certified), len(later))
        yield Row(name, form, OURS, "cleared", ours.coverage, ours.coverage, ours.coverage, BAYES, ideal, *size)
        yield Row(name, form, OURS, "true_share", ours.share, ours.share, ours.share, PROMISED, tolerated, *size)


def _population(
    dataset: Dataset, rows: IntArray, scores: FloatArray, truth: FloatArray, config: TrainingConfig
) -> Population:
    return Population(evidence_of(dataset, rows, scores, outcome=config.outcome), truth[rows])


def _bayes(dataset: Dataset, chosen: Chosen, later: IntArray, truth: FloatArray, config: TrainingConfig) -> float:
    """What the same rule would clear, could it see the true risk."""
    promise = promise_of(config, own_rate(dataset, chosen.earlier, config))
    if promise is None:
        return 0.0
    evidence: Evidence = evidence_of(dataset, chosen.certified, truth[chosen.certified], outcome=config.outcome)
    certificate = certify(evidence, promise, valid_until="", data_digest="")
    population = _population(dataset, later, truth[later], truth, config)
    return held_to_truth("", BAYES, promise.alpha, certificate, population, rows=len(evidence)).coverage


def _seeds(
    name: str, dataset: Dataset, model: DisputeModel, clock: DelayModel, config: TrainingConfig, cut: int
) -> Row:
    """How far the coverage of the ordinary promise moves when nothing but the training seed does."""
    models = [model]
    for place in range(1, OTHER_SEEDS + 1):
        other = config.model_copy(update={"seed": config.seed + 100 * place})
        models.append(fit_dispute(dataset, cut, other))
    covered = []
    for one in models:
        chosen = chosen_rows(dataset, config, one, clock)
        risk = risk_under(one, dataset, chosen.certified, config.outcome)
        found = certify_rows(dataset, chosen, risk, config, Uncounted())
        covered.append(float(found.to_dict()["coverage"]) if isinstance(found, Certificate) else 0.0)
    spread = max(covered) - min(covered)
    size = (len(chosen.certified), len(models))
    return Row(name, ORDINARY, OURS, "seed_spread", spread, spread, spread, SEEDS, AGREED, *size)


def summary(rows: Sequence[Row]) -> Summary:
    """Means over the firms, and on how many of them a rival or a promise lies beyond ours."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.task, row.metric, row.baseline), []).append(row)
    lines = tuple(
        (
            task, metric, baseline, str(len(group)), f"{_mean([row.value for row in group]):.4f}",
            f"{_mean([row.baseline_value for row in group]):.4f}", str(sum(not row.holds for row in group)),
        )
        for (task, metric, baseline), group in groups.items()
    )  # fmt: skip
    headings = ("task", "metric", "beside", "firms", "ours", "theirs", "firms on which they are clearly ahead")
    return Summary("Means over the firms", headings, lines)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
