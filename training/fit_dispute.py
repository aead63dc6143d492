"""Fit the dispute model: weights and calibration on forward folds, the final fit on the whole training period."""

from collections.abc import Iterator

import numpy as np

from features.catalogue import FEATURE_NAMES
from models.arrays import FloatArray, IntArray, to_probability
from models.calibration import choose_calibrator
from models.dispute import CauseModel, DisputeModel
from models.learners.blend import Blend, Learner, choose_weights
from models.scorer import USUAL_DISPUTE
from models.support import Support, medians_of
from training.config import TrainingConfig
from training.dataset import Dataset
from training.errors import TooFewOutcomesError
from training.members import candidates, gather
from training.priors import dispute_priors
from training.splits import forward_folds

FEWEST_POSITIVES = 20


def fit_dispute(dataset: Dataset, until: int, config: TrainingConfig) -> DisputeModel:
    """Fit on rows before ``until`` (microseconds), with the labels that had matured by then.

    Raises ``TooFewOutcomesError`` below 20 disputes or 20 clean invoices.
    """
    rows = np.flatnonzero((dataset.as_of < until) & (dataset.dispute_matured_at() < until))
    X, y = dataset.matrix.values[rows], dataset.labels.disputed[rows]
    _check(y)
    members = candidates(len(rows), seed=config.seed, rate_column=FEATURE_NAMES.index(USUAL_DISPUTE))
    folds = list(_folds(dataset, rows, config))
    if not folds:
        raise TooFewOutcomesError(
            "dispute: no forward fold has 5 matured disputes and 5 matured clean invoices before it"
        )
    after = np.concatenate([test for _, test in folds])
    log_odds = gather(members, lambda member: [_predict(member, X, y, train, test) for train, test in folds])
    weights = choose_weights(log_odds, y[after])
    blended: FloatArray = np.sum([weights[name] * log_odds[name] for name in weights], axis=0)
    priors, disputed = dispute_priors(y), rows[y == 1]
    causes = [str(cause or "other") for cause in dataset.labels.dispute_cause[disputed]]
    return DisputeModel(
        feature_names=FEATURE_NAMES,
        priors=priors,
        blend=Blend(members, weights).fit(priors(X), y),
        calibrator=choose_calibrator(to_probability(blended), y[after]),
        causes=CauseModel().fit(dataset.matrix.values[disputed], causes),
        support=Support.of(X),
        medians=medians_of(X),
    )


def _check(y: FloatArray) -> None:
    positives, negatives = int((y == 1).sum()), int((y == 0).sum())
    if min(positives, negatives) < FEWEST_POSITIVES:
        raise TooFewOutcomesError(
            f"dispute: {positives} matured disputes and {negatives} matured clean invoices known; "
            f"{FEWEST_POSITIVES} of each are needed"
        )


def _folds(dataset: Dataset, rows: IntArray, config: TrainingConfig) -> Iterator[tuple[IntArray, IntArray]]:
    """Forward folds over ``rows``; labels of the earlier side had matured by the cut."""
    matured = dataset.dispute_matured_at()[rows]
    for fold in forward_folds(dataset.as_of[rows], folds=config.folds, first=config.first_fold):
        train = fold.before[matured[fold.before] < fold.cut]
        y = dataset.labels.disputed[rows]
        if min((y[train] == 1).sum(), (y[train] == 0).sum()) >= 5:
            yield train, fold.after


def _predict(member: Learner, X: FloatArray, y: FloatArray, train: IntArray, test: IntArray) -> FloatArray:
    priors = dispute_priors(y[train])
    return member.fit(priors(X[train]), y[train]).decision_function(priors(X[test]))
