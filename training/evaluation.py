"""Out-of-time figures of a model beside its baseline, on rows that no fit has seen."""

from dataclasses import dataclass

import numpy as np

from features.catalogue import FEATURE_NAMES
from models.anomaly import AnomalyModel
from models.arrays import FloatArray, IntArray
from models.delay import DelayModel
from models.dispute import DisputeModel
from training.config import TrainingConfig
from training.dataset import Dataset, late_outcome
from training.fit_delay import scorable
from training.measured import Measured
from training.metrics import METRICS, RANKING, measure

# Causes that show in the bill itself: what an anomaly detector may hope to find.
BILLING_CAUSES = ("rate", "hours_not_approved", "duplicate", "amount_currency", "tax_entity")
BASELINE_ANOMALY = "amount_unusual"


@dataclass(frozen=True)
class Test:
    """Outcomes and predictions of one task on the test rows.

    Attributes:
        task: e.g. ``late>15d`` or ``disputed``.
        rows: places in the dataset, (n,).
        outcome, probability, baseline: ``float64`` (n,).
        baseline_name: what the baseline is.
        ranks_only: the predictions order invoices but are no probabilities of the outcome.
    """

    task: str
    rows: IntArray
    outcome: FloatArray
    probability: FloatArray
    baseline: FloatArray
    baseline_name: str
    ranks_only: bool = False

    def testable(self) -> bool:
        """Whether both outcomes occur at least five times."""
        return bool(min(self.outcome.sum(), len(self.outcome) - self.outcome.sum()) >= 5)


@dataclass(frozen=True)
class Figure:
    """One metric of one task, model beside baseline."""

    task: str
    metric: str
    model: Measured
    baseline: Measured
    baseline_name: str
    n_train: int
    n_test: int


def delay_tests(dataset: Dataset, rows: IntArray, model: DelayModel, config: TrainingConfig) -> list[Test]:
    """One test per horizon, over the rows whose outcome at that horizon was decided."""
    tests = []
    rows = scorable(dataset, rows)
    chosen = dataset.rows(rows)
    moved, curve = model.priors(chosen.matrix.values), chosen.matrix.values
    for day in config.late_horizons:
        outcome = late_outcome(chosen, after_days=day, until=chosen.observed_until)
        decided = np.isfinite(outcome)
        tests.append(
            Test(
                task=f"late>{day}d",
                rows=rows[decided],
                outcome=outcome[decided],
                probability=model.probability_late(curve[decided], after_days=day),
                baseline=moved[decided, FEATURE_NAMES.index(f"late_rate_{day}")],
                baseline_name="client's own smoothed rate",
            )
        )
    return tests


def dispute_tests(dataset: Dataset, rows: IntArray, model: DisputeModel) -> list[Test]:
    """Disputed or credited, over matured rows."""
    rows = matured(dataset, rows)
    chosen = dataset.rows(rows)
    return [
        Test(
            task="disputed",
            rows=rows,
            outcome=chosen.labels.disputed,
            probability=model.probability(chosen.matrix.values),
            baseline=model.priors(chosen.matrix.values)[:, FEATURE_NAMES.index("dispute_rate")],
            baseline_name="client's own smoothed rate",
        )
    ]


def anomaly_tests(dataset: Dataset, rows: IntArray, model: AnomalyModel) -> list[Test]:
    """How well oddity alone finds what was later disputed for a cause that shows in the bill.

    A proxy: most odd bills are paid without a word. The outcome is 1 for matured disputes with such a cause.
    """
    rows = matured(dataset, rows)
    chosen = dataset.rows(rows)
    causes = np.isin(chosen.labels.dispute_cause.astype(str), BILLING_CAUSES)
    baseline = np.nan_to_num(chosen.matrix.column(BASELINE_ANOMALY))
    return [
        Test(
            task="disputed for a billing error",
            rows=rows,
            outcome=((chosen.labels.disputed == 1) & causes).astype(np.float64),
            probability=1 - model.p_value(chosen.matrix.values),
            baseline=np.clip(baseline / max(float(baseline.max(initial=0.0)), 1e-9), 0, 1),
            baseline_name="size against the client's own invoices",
            ranks_only=True,
        )
    ]


def matured(dataset: Dataset, rows: IntArray) -> IntArray:
    """Rows whose dispute label was certain by the end of observation."""
    known = np.isfinite(dataset.labels.disputed[rows]) & (dataset.dispute_matured_at()[rows] < dataset.observed_until)
    return rows[known]


def figures(tests: list[Test], *, n_train: int, config: TrainingConfig) -> list[Figure]:
    """Every metric of every task that can be tested."""
    found = []
    for test in tests:
        if not test.testable():
            continue
        chosen = RANKING if test.ranks_only else tuple(METRICS)
        ours, theirs = (
            measure(test.outcome, predicted, metrics=chosen, resamples=config.bootstrap, seed=config.seed)
            for predicted in (test.probability, test.baseline)
        )
        found += [
            Figure(test.task, metric, ours[metric], theirs[metric], test.baseline_name, n_train, len(test.outcome))
            for metric in ours
        ]
    return found
