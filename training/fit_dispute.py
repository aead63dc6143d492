"""Fit the dispute model: weights and calibration on blocks of time, the final fit on the whole training period."""

import numpy as np

from features.catalogue import FEATURE_NAMES
from models.arrays import FloatArray, IntArray, to_probability
from models.calibration import choose_calibrator
from models.dispute import CauseModel, DisputeModel
from models.priors import Priors
from models.scorer import USUAL_DISPUTE
from models.support import Support, medians_of
from training.config import TrainingConfig
from training.crossfit import Task, cross_fit, fit_blend, recency, weigh
from training.dataset import Dataset
from training.disputes_known import KnownDisputes, known_disputes
from training.errors import TooFewOutcomesError
from training.members import candidates
from training.priors import dispute_priors

FEWEST_POSITIVES = 20


def fit_dispute(dataset: Dataset, until: int, config: TrainingConfig) -> DisputeModel:
    """Fit on rows before ``until`` (microseconds), with the disputes that were known by then.

    Raises ``TooFewOutcomesError`` below 20 disputes or 20 clean invoices.
    """
    known = known_disputes(dataset, np.flatnonzero(dataset.as_of < until), until, least_seen=config.least_seen)
    _check(known.outcome)
    rows, task = known.rows, dispute_task(dataset, known)
    members = candidates(
        len(rows), seed=config.seed, seeds=config.seeds, rate_column=FEATURE_NAMES.index(USUAL_DISPUTE)
    )
    odds = cross_fit(members, task, config)
    stack = weigh(odds, task, config)
    blend, priors = fit_blend(members, stack, task)
    disputed = rows[known.outcome == 1]
    causes = [str(cause or "other") for cause in dataset.labels.dispute_cause[disputed]]
    return DisputeModel(
        feature_names=FEATURE_NAMES,
        priors=priors,
        blend=blend,
        calibrator=choose_calibrator(
            to_probability(stack(odds)), known.outcome, known.weight * recency(task.as_of, config)
        ),
        causes=CauseModel().fit(dataset.matrix.values[disputed], causes),
        support=Support.of(task.X),
        medians=medians_of(task.X),
    )


def dispute_task(dataset: Dataset, known: KnownDisputes) -> Task:
    """Disputes as a task for cross-fitting."""

    def priors(train: IntArray) -> Priors:
        return dispute_priors(known.outcome[train], known.weight[train])

    return Task(dataset.matrix.values[known.rows], known.outcome, dataset.as_of[known.rows], known.weight, priors)


def _check(y: FloatArray) -> None:
    positives, negatives = int((y == 1).sum()), int((y == 0).sum())
    if min(positives, negatives) < FEWEST_POSITIVES:
        raise TooFewOutcomesError(
            f"dispute: {positives} disputes and {negatives} clean invoices known; {FEWEST_POSITIVES} of each are needed"
        )
