"""The study of approval and rejection on a public log: the release clock and the dispute model beside plain models."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from features.history import History, with_records
from models.arrays import FloatArray, IntArray
from models.curves import at_day
from models.hazards import RELEASE_EDGES
from training.config import TrainingConfig
from training.dataset import Dataset, as_observed, build_dataset
from training.errors import TooFewOutcomesError
from training.evaluation import matured
from training.fit_dispute import fit_dispute
from training.fit_release import drafts, fit_release, release_clock
from training.metrics import METRICS, measure
from training.priors import dispute_priors
from training.rivals import Known, binary_rivals
from training.splits import Fold, holdout
from training.suites.approval_log import read_log
from training.suites.row import Row, Step

FILE = "bpi2020_requests_for_payment.csv.gz"
METRICS_ASKED = ("roc_auc", "average_precision", "brier")
PAID_WITHIN_DAYS = 14
# A request is answered within weeks; one without a rejection after so long was not rejected.
REJECTION_WINDOW_DAYS = 60
TEST_SHARE = 0.3


@dataclass(frozen=True)
class _Task:
    """One task: what came on the test rows, what ours says of them, the training rows as known at the cut, and the
    feature that is the plain rate.
    """

    name: str
    outcome: FloatArray
    ours: FloatArray
    known: Known
    rate: str


def run(data: Path, *, seed: int, step: Step) -> Iterator[Row]:
    """Rows for two chances asked when a request is submitted: not paid within 14 days, and rejected."""
    path = data / FILE
    if not path.exists():
        return
    name, config = path.name.split(".")[0], TrainingConfig(seed=seed, dispute_window_days=REJECTION_WINDOW_DAYS)
    step(f"{name}: reading and building features")
    history = with_records(History({}), read_log(path))
    dataset = build_dataset(history, dispute_window_days=REJECTION_WINDOW_DAYS)
    for said, make in (("time to payment", _unpaid), ("rejections", _rejected)):
        step(f"{name}: {said}")
        task = make(dataset, config)
        if task is not None:
            yield from _rows(name, task, config)


def _unpaid(dataset: Dataset, config: TrainingConfig) -> _Task | None:
    rows = drafts(dataset, np.arange(len(dataset)))
    outcome = _unpaid_outcome(dataset, rows, dataset.observed_until, config)
    fold = _split(dataset, rows[np.isfinite(outcome)])
    clock = fit_release(dataset, fold.cut, config)
    if clock is None:
        return None
    before = _unpaid_outcome(dataset, fold.before, fold.cut, config)
    X = dataset.matrix.values
    told = np.isfinite(before)
    waits = release_clock(dataset, len(rows), config).known_at(fold.after, dataset.observed_until)
    return _Task(
        f"not paid within {PAID_WITHIN_DAYS}d",
        _unpaid_outcome(dataset, fold.after, dataset.observed_until, config),
        at_day(clock.curve(X[fold.after], waits.entered), PAID_WITHIN_DAYS, RELEASE_EDGES),
        Known(X[fold.before[told]], before[told], X[fold.after], config.seed),
        f"slow_release_rate_{PAID_WITHIN_DAYS}",
    )


def _unpaid_outcome(dataset: Dataset, rows: IntArray, until: int, config: TrainingConfig) -> FloatArray:
    return release_clock(dataset, len(rows), config).outcome(rows, until, PAID_WITHIN_DAYS)


def _rejected(dataset: Dataset, config: TrainingConfig) -> _Task | None:
    fold = _split(dataset, matured(dataset, np.arange(len(dataset))))
    try:
        model = fit_dispute(dataset, fold.cut, config)
    except TooFewOutcomesError:
        return None
    before = fold.before[dataset.dispute_matured_at()[fold.before] < fold.cut]
    outcome = as_observed(dataset.rows(before), fold.cut).disputed
    priors, X = dispute_priors(outcome), dataset.matrix.values
    return _Task(
        "rejected",
        dataset.labels.disputed[fold.after],
        model.probability(X[fold.after]),
        Known(priors(X[before]), outcome, priors(X[fold.after]), config.seed),
        "dispute_rate",
    )


def _split(dataset: Dataset, rows: IntArray) -> Fold:
    fold = holdout(dataset.as_of[rows], share=TEST_SHARE)
    return Fold(rows[fold.before], rows[fold.after], fold.cut)


def _rows(name: str, task: _Task, config: TrainingConfig) -> Iterator[Row]:
    ours = measure(task.outcome, task.ours, metrics=METRICS_ASKED, resamples=config.bootstrap, seed=config.seed)
    rivals = binary_rivals(task.known, task.rate)
    rivals["constant"] = lambda: np.full(len(task.outcome), task.known.outcome.mean())
    for rival, predict in rivals.items():
        predicted = predict()
        for metric, figure in ours.items():
            yield Row(
                name, task.name, "triage", metric, figure.value, figure.low, figure.high, rival,
                METRICS[metric](task.outcome, predicted), len(task.known.train), len(task.outcome),
            )  # fmt: skip
