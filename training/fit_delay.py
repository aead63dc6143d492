"""Fit the delay model: hazards blended and calibrated on forward folds, the final fit on the whole training period."""

from dataclasses import dataclass

import numpy as np

from features.asof import DAY_US
from features.catalogue import FEATURE_NAMES
from models.arrays import BoolArray, FloatArray, IntArray, to_probability
from models.calibration import Calibrator, choose_calibrator
from models.delay import DelayModel
from models.hazards import EDGES, DiscreteHazards, expand
from models.learners.blend import Learner, choose_weights
from models.support import Support, medians_of
from training.config import TrainingConfig
from training.dataset import Dataset, as_observed, late_outcome
from training.errors import TooFewOutcomesError
from training.fit_dispute import FEWEST_POSITIVES
from training.members import hazard_candidates
from training.priors import late_priors
from training.splits import Fold, forward_folds


@dataclass(frozen=True)
class _Known:
    """Training rows with their delays as known at one moment."""

    X: FloatArray
    days_late: FloatArray
    open_for: FloatArray

    def rows(self, index: IntArray | BoolArray) -> "_Known":
        return _Known(self.X[index], self.days_late[index], self.open_for[index])

    def usable(self) -> BoolArray:
        return np.isfinite(self.days_late) | np.isfinite(self.open_for)


def fit_delay(dataset: Dataset, until: int, config: TrainingConfig) -> DelayModel:
    """Fit on rows before ``until`` (microseconds), with settlements as known then; open invoices are censored.

    Raises ``TooFewOutcomesError`` below 20 known settlements.
    """
    rows = scorable(dataset, np.flatnonzero(dataset.as_of < until))
    known = _known_at(dataset, rows, until)
    if np.isfinite(known.days_late).sum() < FEWEST_POSITIVES:
        raise TooFewOutcomesError(
            f"delay: {int(np.isfinite(known.days_late).sum())} settled invoices; {FEWEST_POSITIVES} needed"
        )
    members = hazard_candidates(len(rows), seed=config.seed)
    folds = [
        fold
        for fold in forward_folds(dataset.as_of[rows], folds=config.folds, first=config.first_fold)
        if np.isfinite(_known_at(dataset, rows[fold.before], fold.cut).days_late).sum() >= FEWEST_POSITIVES
    ]
    if not folds:
        raise TooFewOutcomesError(f"delay: no forward fold has {FEWEST_POSITIVES} known settlements before it")
    log_odds = {name: _out_of_time(dataset, rows, folds, name, member) for name, member in members.items()}
    after = np.concatenate([fold.after for fold in folds])
    weights = _weights(log_odds, known.rows(after))
    calibrators = _calibrators(dataset, rows[after], until, _blend(log_odds, weights))
    hazards = DiscreteHazards(members, weights)
    usable = known.rows(known.usable())
    priors = late_priors(usable.days_late)
    return DelayModel(
        feature_names=FEATURE_NAMES,
        priors=priors,
        hazards=hazards.fit(priors(usable.X), usable.days_late, usable.open_for),
        calibrators=calibrators,
        support=Support.of(known.X),
        late_after_days=config.late_after_days,
        medians=medians_of(known.X),
    )


def scorable(dataset: Dataset, rows: IntArray) -> IntArray:
    """Rows whose outcome was still open at their scoring moment: what is already known needs no prediction.

    An invoice settled on the very day of its scoring moment is left out as well: days do not tell which came first.
    """
    labels = dataset.labels
    settled_on = labels.due_date[rows] + np.nan_to_num(labels.days_late[rows], nan=np.inf)
    still_open = (labels.delay_known_at[rows] >= dataset.as_of[rows]) & (settled_on > dataset.as_of[rows] // DAY_US)
    return rows[still_open]


def _known_at(dataset: Dataset, rows: IntArray, until: int) -> _Known:
    labels = as_observed(dataset, until)
    return _Known(dataset.matrix.values[rows], labels.days_late[rows], labels.days_late_lower[rows])


def _out_of_time(dataset: Dataset, rows: IntArray, folds: list[Fold], name: str, member: Learner) -> FloatArray:
    """Hazard log-odds of the folds' later rows, each by a fit on earlier rows with labels known at the cut."""
    parts = []
    for fold in folds:
        known = _known_at(dataset, rows[fold.before], fold.cut)
        known = known.rows(known.usable())
        hazards = DiscreteHazards({name: member}, {name: 1.0})
        priors = late_priors(known.days_late)
        hazards.fit(priors(known.X), known.days_late, known.open_for)
        parts.append(hazards.log_odds(priors(dataset.matrix.values[rows[fold.after]])))
    return np.concatenate(parts)


def _weights(log_odds: dict[str, FloatArray], known: _Known) -> dict[str, float]:
    usable = np.flatnonzero(known.usable())
    invoice, interval, paid = expand(known.days_late[usable], known.open_for[usable])
    return choose_weights({name: odds[usable[invoice], interval] for name, odds in log_odds.items()}, paid)


def _blend(log_odds: dict[str, FloatArray], weights: dict[str, float]) -> FloatArray:
    total: FloatArray = np.sum([weights[name] * odds for name, odds in log_odds.items()], axis=0)
    return total


def _calibrators(dataset: Dataset, rows: IntArray, until: int, log_odds: FloatArray) -> dict[float, Calibrator]:
    """A calibrator per edge, on rows whose outcome at that edge had been decided by ``until``."""
    survival = np.cumprod(1 - to_probability(log_odds), axis=1)
    labels = dataset.rows(rows)
    observed = as_observed(labels, until)
    calibrators = {}
    for j, edge in enumerate(EDGES):
        outcome = late_outcome(observed, after_days=edge, until=until)
        decided = np.isfinite(outcome)
        if decided.any():
            calibrators[float(edge)] = choose_calibrator(survival[decided, j], outcome[decided])
    return calibrators
