"""Fit one clock: hazards whose blend is chosen on forward folds, as what was known at each cut allowed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from models.arrays import BoolArray, FloatArray, IntArray, to_logit, to_probability
from models.calibration import Calibrator, choose_calibrator
from models.hazards import DiscreteHazards, expand
from models.horizon import CURVE, Head, Rival, moved_to
from models.learners.blend import Learner, choose_weights
from models.priors import Priors
from training.config import TrainingConfig
from training.dataset import Dataset
from training.errors import TooFewOutcomesError
from training.splits import Fold, forward_folds

FEWEST_ENDED = 20


@dataclass(frozen=True)
class Waits:
    """Rows with their waits as known at one moment; arrays of (n,) but for ``X`` (n, k).

    Attributes:
        X: features.
        days: when the wait ended; NaN while it goes on, as far as was known.
        open_for: days waited so far where it goes on.
        entered: days already waited at the scoring moment.
    """

    X: FloatArray
    days: FloatArray
    open_for: FloatArray
    entered: FloatArray

    def rows(self, index: IntArray | BoolArray) -> "Waits":
        """A selection."""
        return Waits(self.X[index], self.days[index], self.open_for[index], self.entered[index])

    def usable(self) -> BoolArray:
        """Which rows say anything."""
        return np.isfinite(self.days) | np.isfinite(self.open_for)


@dataclass(frozen=True)
class Clock:
    """What is waited for.

    Attributes:
        name: for messages.
        edges: right ends of the intervals, ``float64`` (J,), days.
        known_at: (rows of the dataset, moment) → their waits as known then.
        members: unfitted hazard learners by name.
        outcome: (rows, moment, horizon in days) → 1.0 waited longer, 0.0 not, NaN undecided, as known at the moment.
        rivals: horizon → unfitted plain learners that the curve must beat there.
        horizons: where it must, in days, each one of ``edges``.
        priors: base rates from known waits (days, NaN while open).
        whole_curve_counts: quantiles and forecasts are read off the curve as well, so that it is moved only for a gain
            that is worth it.
    """

    name: str
    edges: FloatArray
    known_at: Callable[[IntArray, int], Waits]
    members: Mapping[str, Learner]
    outcome: Callable[[IntArray, int, float], FloatArray]
    rivals: Callable[[int], Mapping[str, Rival]]
    horizons: tuple[int, ...]
    priors: Callable[[FloatArray], Priors] = field(default=lambda _: Priors())
    whole_curve_counts: bool = False


@dataclass(frozen=True)
class OutOfTime:
    """Predictions for the later sides of the forward folds.

    Attributes:
        folds: the folds that had enough before them.
        after: rows of the dataset, (m,).
        weights: chosen weights of the members.
        log_odds: blended hazard log-odds, ``float64`` (m, J).
        before: for each fold, the rows before it.
    """

    folds: list[Fold]
    after: IntArray
    weights: dict[str, float]
    log_odds: FloatArray
    before: list[IntArray]

    @property
    def recency(self) -> FloatArray:
        """Weight of each row, ``float64`` (m,): doubled from fold to fold."""
        return np.concatenate([np.full(len(fold.after), 2.0**place) for place, fold in enumerate(self.folds)])

    @property
    def survival(self) -> FloatArray:
        """P(days > edge), ``float64`` (m, J), not calibrated."""
        survival: FloatArray = np.cumprod(1 - to_probability(self.log_odds), axis=1).astype(np.float64)
        return survival


def out_of_time(dataset: Dataset, rows: IntArray, until: int, clock: Clock, config: TrainingConfig) -> OutOfTime:
    """Predict the later side of each fold by fits on its earlier side; choose the members' weights on the result.

    Raises ``TooFewOutcomesError`` when too few waits have ended.
    """
    ended = int(np.isfinite(clock.known_at(rows, until).days).sum())
    if ended < FEWEST_ENDED:
        raise TooFewOutcomesError(f"{clock.name}: {ended} known; {FEWEST_ENDED} needed")
    folds = [
        fold
        for fold in forward_folds(dataset.as_of[rows], folds=config.folds, first=config.first_fold)
        if np.isfinite(clock.known_at(rows[fold.before], fold.cut).days).sum() >= FEWEST_ENDED
    ]
    if not folds:
        raise TooFewOutcomesError(f"{clock.name}: no forward fold has {FEWEST_ENDED} known before it")
    log_odds = {name: _predict(dataset, rows, folds, clock, name) for name in clock.members}
    after = rows[np.concatenate([fold.after for fold in folds])]
    weights = _weights(log_odds, clock.known_at(after, until), clock)
    blended: FloatArray = np.sum([weights[name] * odds for name, odds in log_odds.items()], axis=0)
    return OutOfTime(folds, after, weights, blended, [rows[fold.before] for fold in folds])


def fit_hazards(waits: Waits, clock: Clock, weights: Mapping[str, float]) -> tuple[DiscreteHazards, Priors]:
    """The final fit on all rows that say anything."""
    usable = waits.rows(waits.usable())
    priors = clock.priors(usable.days)
    hazards = DiscreteHazards(clock.members, weights, tuple(clock.edges))
    return hazards.fit(priors(usable.X), usable.days, usable.open_for, entered=usable.entered), priors


def fit_heads(
    dataset: Dataset, rows: IntArray, until: int, tried: OutOfTime, clock: Clock
) -> tuple[tuple[Head, ...], FloatArray]:
    """A head for each horizon at which a rival earned weight, and the out-of-time curves moved as the heads would.

    Later folds count for more: their fits saw most of what the final fit will see, and their rows lie nearest to it.
    """
    heads: list[Head] = []
    told: list[FloatArray] = []
    for day in clock.horizons:
        outcome = clock.outcome(tried.after, until, day)
        decided = np.isfinite(outcome)
        if min(outcome[decided].sum(), (1 - outcome[decided]).sum()) < FEWEST_ENDED:
            continue  # too few to tell which is better
        log_odds = {CURVE: to_logit(tried.survival[:, int(np.searchsorted(clock.edges, day))])}
        for name in clock.rivals(day):
            log_odds[name] = _rival_out_of_time(dataset, tried, clock, name, day)
        weights = choose_weights(
            {name: odds[decided] for name, odds in log_odds.items()},
            outcome[decided],
            weight=tried.recency[decided],
            favourite=CURVE if clock.whole_curve_counts else None,
        )
        if weights[CURVE] < 1:
            heads.append(_fit_head(dataset, rows, until, clock, day, weights))
            told.append(np.sum([weights[name] * odds for name, odds in log_odds.items()], axis=0))
    return tuple(heads), moved_to(tried.survival, [head.edge for head in heads], told, clock.edges)


def _known_outcome(rows: IntArray, until: int, clock: Clock, day: int) -> tuple[IntArray, FloatArray, Priors]:
    outcome = clock.outcome(rows, until, day)
    decided = np.isfinite(outcome)
    return rows[decided], outcome[decided], clock.priors(clock.known_at(rows, until).days)


def _rival_out_of_time(dataset: Dataset, tried: OutOfTime, clock: Clock, name: str, day: int) -> FloatArray:
    parts, start = [], 0
    for fold, before in zip(tried.folds, tried.before, strict=True):
        train, outcome, priors = _known_outcome(before, fold.cut, clock, day)
        X = priors(dataset.matrix.values[tried.after[start : start + len(fold.after)]])
        start += len(fold.after)
        if len(np.unique(outcome)) < 2:
            base = to_logit(np.array([outcome.mean() if len(outcome) else 0.5]))
            parts.append(np.full(len(X), base[0]))
            continue
        member = clock.rivals(day)[name].fit(priors(dataset.matrix.values[train]), outcome)
        parts.append(member.decision_function(X))
    return np.concatenate(parts)


def _fit_head(
    dataset: Dataset, rows: IntArray, until: int, clock: Clock, day: int, weights: Mapping[str, float]
) -> Head:
    train, outcome, priors = _known_outcome(rows, until, clock, day)
    X = priors(dataset.matrix.values[train])
    members = {name: member.fit(X, outcome) for name, member in clock.rivals(day).items() if weights[name] > 0}
    return Head(float(day), {name: weight for name, weight in weights.items() if weight > 0}, members)


def edge_calibrators(
    survival: FloatArray, outcome_at: Callable[[float], FloatArray], edges: FloatArray
) -> dict[float, Calibrator]:
    """A calibrator per edge, on the rows whose outcome there had been decided.

    Args:
        survival: out-of-time P(days > edge), ``float64`` (m, J), rows in order of time.
        outcome_at: edge → 1.0 longer, 0.0 not longer, NaN undecided, ``float64`` (m,).
        edges: ``float64`` (J,).
    """
    calibrators = {}
    for j, edge in enumerate(edges):
        outcome = outcome_at(float(edge))
        decided = np.isfinite(outcome)
        if decided.any():
            calibrators[float(edge)] = choose_calibrator(survival[decided, j], outcome[decided])
    return calibrators


def _predict(dataset: Dataset, rows: IntArray, folds: list[Fold], clock: Clock, name: str) -> FloatArray:
    parts = []
    for fold in folds:
        known = clock.known_at(rows[fold.before], fold.cut)
        hazards, priors = fit_hazards(known, _only(clock, name), {name: 1.0})
        parts.append(hazards.log_odds(priors(dataset.matrix.values[rows[fold.after]])))
    return np.concatenate(parts)


def _only(clock: Clock, name: str) -> Clock:
    return replace(clock, members={name: clock.members[name]})


def _weights(log_odds: Mapping[str, FloatArray], known: Waits, clock: Clock) -> dict[str, float]:
    usable = np.flatnonzero(known.usable())
    part = known.rows(usable)
    invoice, interval, ended = expand(part.days, part.open_for, edges=clock.edges, entered=part.entered)
    return choose_weights({name: odds[usable[invoice], interval] for name, odds in log_odds.items()}, ended)
