"""Everybody that a candidate is compared with on the very same test rows: baseline, plain rivals, reigning champion."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from features.catalogue import CATALOGUE_DIGEST
from models.anomaly import AnomalyModel
from models.arrays import FloatArray, IntArray
from models.artifact import Artifact, Model
from models.delay import DelayModel
from models.dispute import DisputeModel
from training.candidate import Candidate
from training.config import TrainingConfig
from training.dataset import Dataset, as_observed, late_outcome
from training.evaluation import Test, anomaly_tests, delay_tests, dispute_tests
from training.fit_delay import scorable
from training.measured import Measured
from training.metrics import LARGER_IS_BETTER
from training.priors import dispute_priors, late_priors
from training.resampling import WEIGHTED, Bootstrap, interval
from training.rivals import Known, binary_rivals

BETTER, WORSE, EVEN = "better", "worse", "no clear difference"
# What anybody would try first; every training is measured against them.
PLAIN = ("logistic regression", "LightGBM")
FEWEST_EACH = 5
# Kept of rivals' probabilities and of noted figures.
DIGITS = 6


@dataclass(frozen=True)
class Contender:
    """Somebody else's predictions for a test's rows, ``float64`` (n,)."""

    name: str
    kind: str
    predicted: FloatArray


@dataclass(frozen=True)
class Comparison:
    """The candidate against one contender in one metric.

    Attributes:
        name, kind: the contender; kind is ``baseline``, ``rival`` or ``champion``.
        metric: name of the metric.
        theirs: the contender's figure.
        difference: candidate less contender, with the 95 % interval of the paired differences.
    """

    name: str
    kind: str
    metric: str
    theirs: float
    difference: Measured

    @property
    def verdict(self) -> str:
        """Whether the interval of the difference lies on one side of zero."""
        sign = 1 if LARGER_IS_BETTER[self.metric] else -1
        low, high = sorted((sign * self.difference.low, sign * self.difference.high))
        return BETTER if low > 0 else WORSE if high < 0 else EVEN


def compare(test: Test, contenders: list[Contender], *, resamples: int, seed: int) -> list[Comparison]:
    """The candidate against everybody, each metric on the same resamples of the test rows.

    Comparing two intervals that overlap says little when both sides were measured on the same invoices; the interval
    of their difference does.
    """
    drawn = Bootstrap(test.outcome, resamples=resamples, seed=seed)
    found = []
    for metric, weighted in WEIGHTED.items():
        if test.ranks_only and metric == "brier":
            continue
        ours, our_draws = drawn.value(weighted, test.probability), drawn.values(weighted, test.probability)
        for one in contenders:
            theirs = drawn.value(weighted, one.predicted)
            difference = interval(ours - theirs, our_draws - drawn.values(weighted, one.predicted))
            found.append(Comparison(one.name, one.kind, metric, theirs, difference))
    return found


def contenders_of(
    dataset: Dataset,
    candidate: Candidate,
    test: Test,
    config: TrainingConfig,
    *,
    champion: Artifact | None,
    rivals: bool,
) -> Iterator[Contender]:
    """Baseline first, then plain rivals (fitted now, where asked for), then the reigning champion."""
    yield Contender(test.baseline_name, "baseline", test.baseline)
    if rivals:
        yield from rivals_of(dataset, candidate, test, config)
    if champion is not None and champion.catalogue_digest == CATALOGUE_DIGEST:
        rows = np.unique(np.concatenate([one.rows for one in candidate.tests]))
        for theirs in tests_of(dataset, rows, champion.model, config):
            if theirs.task == test.task:
                yield Contender("previous champion", "champion", theirs.probability)


def rivals_of(
    dataset: Dataset, candidate: Candidate, test: Test, config: TrainingConfig, *, names: Collection[str] | None = None
) -> Iterator[Contender]:
    """Plain rivals fitted now, all or the named; none where one outcome was known of fewer than five rows."""
    if test.ranks_only:
        return
    known, rate = known_at_cut(dataset, candidate, test, config)
    if min((known.outcome == 1).sum(), (known.outcome == 0).sum()) < FEWEST_EACH:
        return
    for name, predict in binary_rivals(known, rate).items():
        # The baseline is the client's own rate already.
        if name != "client's own rate" and (names is None or name in names):
            yield Contender(name, "rival", predict().round(DIGITS))


def note_comparisons(
    dataset: Dataset, candidate: Candidate, config: TrainingConfig, *, champion: Artifact | None
) -> list[dict[str, Any]]:
    """Paired differences to baseline, plain rivals and champion on every task, as the model file keeps them."""
    noted = []
    for test in candidate.tests:
        if test.testable():
            others = [
                *contenders_of(dataset, candidate, test, config, champion=champion, rivals=False),
                *rivals_of(dataset, candidate, test, config, names=PLAIN),
            ]
            found = compare(test, others, resamples=config.bootstrap, seed=config.seed)
            noted += [{"task": test.task, **asdict(_rounded(one))} for one in found]
    return noted


def _rounded(one: Comparison) -> Comparison:
    """Sums depend on memory and threads in their last digits; equal models must have equal files."""
    value, low, high = (round(part, DIGITS) for part in (one.difference.value, one.difference.low, one.difference.high))
    return replace(one, theirs=round(one.theirs, DIGITS), difference=Measured(value, low, high))


def noted_comparisons(facts: Mapping[str, Any]) -> list[tuple[str, Comparison]]:
    """(task, comparison) as a model's training noted them; none for models that were trained before there were any."""
    return [
        (
            one["task"],
            Comparison(one["name"], one["kind"], one["metric"], one["theirs"], Measured(**one["difference"])),
        )
        for one in facts.get("comparisons", [])
    ]


def tests_of(dataset: Dataset, rows: IntArray, model: Model, config: TrainingConfig) -> list[Test]:
    """A model's tests on given rows, whichever of the three it is."""
    if isinstance(model, DelayModel):
        return delay_tests(dataset, rows, model, config)
    if isinstance(model, DisputeModel):
        return dispute_tests(dataset, rows, model)
    assert isinstance(model, AnomalyModel)
    return anomaly_tests(dataset, rows, model)


def known_at_cut(dataset: Dataset, candidate: Candidate, test: Test, config: TrainingConfig) -> tuple[Known, str]:
    """A binary task with the labels known at the candidate's cut, and the catalogue's rate feature for it."""
    cut = int(candidate.facts["cut"])
    before = np.flatnonzero(dataset.as_of < cut)
    labels = as_observed(dataset.rows(before), cut)
    if isinstance(candidate.model, DelayModel):
        day = horizon_of(test)
        still_open = np.isin(before, scorable(dataset, before))
        outcome = np.where(still_open, late_outcome(dataset.rows(before), after_days=day, until=cut), np.nan)
        priors, rate = late_priors(labels.days_late), f"late_rate_{day}"
    else:
        outcome, rate = labels.disputed, "dispute_rate"
        priors = dispute_priors(outcome[np.isfinite(outcome)])
    decided, values = np.isfinite(outcome), dataset.matrix.values
    known = Known(priors(values[before[decided]]), outcome[decided], priors(values[test.rows]), config.seed)
    return known, rate


def horizon_of(test: Test) -> int:
    """Days of a lateness task such as ``late>15d``."""
    return int(test.task.removeprefix("late>").removesuffix("d"))
