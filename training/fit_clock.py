"""Fit one clock: hazards, and at the deciding horizons their plain rivals, stacked on blocks that no fit saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from models.arrays import BoolArray, FloatArray, IntArray, to_logit, to_probability
from models.calibration import Calibrator, choose_calibrator
from models.hazards import DiscreteHazards, expand
from models.horizon import CURVE, Head, Rival, moved_to
from models.learners.blend import Learner
from models.learners.stack import Stack, fit_stack, loss_of
from models.priors import Priors
from training.config import TrainingConfig
from training.crossfit import Task, blocks, cross_fit, one_seed, recency
from training.dataset import Dataset
from training.errors import TooFewOutcomesError

FEWEST_ENDED = 20
# Quantiles and forecasts are read off the curve as well: it is moved for half a percent of the loss or more.
WORTH_MOVING = 0.995


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
class Tried:
    """What the hazards said of rows that they had not seen.

    Attributes:
        rows: rows of the dataset, (m,).
        stack: weights of the members.
        log_odds: blended hazard log-odds, ``float64`` (m, J).
    """

    rows: IntArray
    stack: Stack
    log_odds: FloatArray

    @property
    def survival(self) -> FloatArray:
        """P(days > edge), ``float64`` (m, J), not calibrated."""
        survival: FloatArray = np.cumprod(1 - to_probability(self.log_odds), axis=1).astype(np.float64)
        return survival


def try_hazards(dataset: Dataset, rows: IntArray, until: int, clock: Clock, config: TrainingConfig) -> Tried:
    """Predict each block of time by fits on the others; stack the members on the result.

    Raises ``TooFewOutcomesError`` when too few waits have ended.
    """
    waits = clock.known_at(rows, until)
    ended = int(np.isfinite(waits.days).sum())
    if ended < FEWEST_ENDED:
        raise TooFewOutcomesError(f"{clock.name}: {ended} known; {FEWEST_ENDED} needed")
    as_of = dataset.as_of[rows]
    log_odds = {name: np.zeros((len(rows), len(clock.edges))) for name in clock.members}
    for others, block in blocks(as_of, config):
        known = waits.rows(others)
        if (count := int(np.isfinite(known.days).sum())) < FEWEST_ENDED:
            raise TooFewOutcomesError(f"{clock.name}: {count} known outside a block of time; {FEWEST_ENDED} needed")
        for name in clock.members:
            hazards, priors = fit_hazards(known, _only(clock, name), Stack({name: 1.0}, 0.0))
            log_odds[name][block] = hazards.log_odds(priors(waits.X[block]))
    stack = _stack(log_odds, waits, recency(as_of, config), clock)
    return Tried(rows, stack, stack(log_odds))


def fit_hazards(waits: Waits, clock: Clock, stack: Stack) -> tuple[DiscreteHazards, Priors]:
    """A fit on all rows that say anything."""
    usable = waits.rows(waits.usable())
    priors = clock.priors(usable.days)
    hazards = DiscreteHazards(clock.members, stack.weights, tuple(clock.edges), stack.intercept)
    return hazards.fit(priors(usable.X), usable.days, usable.open_for, entered=usable.entered), priors


def fit_heads(
    dataset: Dataset, until: int, tried: Tried, clock: Clock, config: TrainingConfig
) -> tuple[tuple[Head, ...], FloatArray]:
    """A head for each horizon at which a rival earned weight, and the out-of-block curves moved as the heads would."""
    heads: list[Head] = []
    told: list[FloatArray] = []
    for day in clock.horizons:
        task = _task_at(dataset, until, tried, clock, day)
        decided = task.decided
        if min(task.outcome[decided].sum(), (1 - task.outcome[decided]).sum()) < FEWEST_ENDED:
            continue  # too few to tell which is better
        odds = {CURVE: to_logit(tried.survival[:, int(np.searchsorted(clock.edges, day))])}
        odds |= cross_fit(clock.rivals(day), task, config)
        stack = _earned(odds, task, config, whole_curve=clock.whole_curve_counts)
        if stack is not None:
            heads.append(_fit_head(task, clock, day, stack))
            told.append(stack(odds))
    return tuple(heads), moved_to(tried.survival, [head.edge for head in heads], told, clock.edges)


def _task_at(dataset: Dataset, until: int, tried: Tried, clock: Clock, day: int) -> Task:
    """Longer than ``day`` or not, over the rows that were tried."""
    days = clock.known_at(tried.rows, until).days
    return Task(
        X=dataset.matrix.values[tried.rows],
        outcome=clock.outcome(tried.rows, until, day),
        as_of=dataset.as_of[tried.rows],
        weight=np.ones(len(tried.rows)),
        priors=lambda train: clock.priors(days[train]),
    )


def _earned(odds: Mapping[str, FloatArray], task: Task, config: TrainingConfig, *, whole_curve: bool) -> Stack | None:
    """The stack of curve and rivals where it is worth moving the curve for, else nothing."""
    rows = task.decided
    told, weight = {name: part[rows] for name, part in odds.items()}, recency(task.as_of[rows], config)
    stack = fit_stack(told, task.outcome[rows], weight=weight, towards=dict.fromkeys(odds, 0.0) | {CURVE: 1.0})
    alone = Stack({CURVE: 1.0}, 0.0)
    gain = WORTH_MOVING if whole_curve else 1.0
    moved, stays = (loss_of(one, told, task.outcome[rows], weight) for one in (stack, alone))
    return stack if moved < stays * gain else None


def _fit_head(task: Task, clock: Clock, day: int, stack: Stack) -> Head:
    kept = {name: weight for name, weight in stack.weights.items() if weight > 0}
    rows = task.decided
    X = task.priors(rows)(task.X[rows])
    members = {name: one.fit(X, task.outcome[rows]) for name, one in clock.rivals(day).items() if name in kept}
    return Head(float(day), kept, members, stack.intercept)


def edge_calibrators(
    survival: FloatArray, outcome_at: Callable[[float], FloatArray], edges: FloatArray
) -> dict[float, Calibrator]:
    """A calibrator per edge, on the rows whose outcome there had been decided.

    Args:
        survival: out-of-block P(days > edge), ``float64`` (m, J), rows in order of time.
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


def _only(clock: Clock, name: str) -> Clock:
    """A clock of one member, with one booster where the final fit averages several."""
    return replace(clock, members={name: one_seed(clock.members[name])})


def _stack(log_odds: Mapping[str, FloatArray], waits: Waits, weight: FloatArray, clock: Clock) -> Stack:
    usable = np.flatnonzero(waits.usable())
    part = waits.rows(usable)
    invoice, interval, ended = expand(part.days, part.open_for, edges=clock.edges, entered=part.entered)
    told = {name: odds[usable[invoice], interval] for name, odds in log_odds.items()}
    return fit_stack(told, ended, weight=weight[usable[invoice]])
