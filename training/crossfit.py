"""Predictions for rows that no fit saw: time is cut into blocks, and each is predicted by fits on all the others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from features.asof import DAY_US
from models.arrays import FloatArray, IntArray, to_logit
from models.learners.blend import Blend, Learner
from models.learners.boosted import BoostedLearner
from models.learners.stack import Stack, fit_stack
from models.priors import Priors
from training.config import TrainingConfig
from training.splits import time_blocks

# With fewer of the rarer outcome in the other blocks a member is not fitted; the block gets their base rate.
FEWEST_OUTCOMES = 5


@dataclass(frozen=True)
class Task:
    """A binary outcome over rows in order of time.

    Attributes:
        X: ``float64`` (n, k).
        outcome: ``float64`` (n,), 1.0 or 0.0, NaN while undecided: such a row is predicted but never fitted on.
        as_of: ``int64`` (n,), microseconds, growing.
        weight: ``float64`` (n,), what each outcome counts.
        priors: rows fitted on (places among the n) → base rates that they know.
    """

    X: FloatArray
    outcome: FloatArray
    as_of: IntArray
    weight: FloatArray
    priors: Callable[[IntArray], Priors]

    @property
    def decided(self) -> IntArray:
        """Places of the rows that say anything."""
        return np.flatnonzero(np.isfinite(self.outcome))


def blocks(as_of: IntArray, config: TrainingConfig) -> Iterator[tuple[IntArray, IntArray]]:
    """(rows of the other blocks, rows of the block) for each block of time.

    Rows within ``purge_days`` of a block are left out of its fits: neighbours are alike on both sides of a border.
    To judge, all of the fit must lie before all of the test; here only weights and levels are learned, and for these a
    fit on most of the rows stands nearer to the final one than a fit on the few earliest.
    """
    purge = config.purge_days * DAY_US
    for block in time_blocks(as_of, blocks=config.folds):
        first, last = as_of[block[0]], as_of[block[-1]]
        yield np.flatnonzero((as_of < first - purge) | (as_of > last + purge)), block


def cross_fit(members: Mapping[str, Learner], task: Task, config: TrainingConfig) -> dict[str, FloatArray]:
    """Out-of-block log-odds of every member for every row, member → ``float64`` (n,)."""
    odds = {name: np.full(len(task.as_of), np.nan) for name in members}
    decided = np.isfinite(task.outcome)
    for others, block in blocks(task.as_of, config):
        train = others[decided[others]]
        known = {name: _predict(member, task, train, block) for name, member in members.items()}
        for name, predicted in known.items():
            odds[name][block] = predicted
    return odds


def _predict(member: Learner, task: Task, train: IntArray, block: IntArray) -> FloatArray:
    y, weight = task.outcome[train], task.weight[train]
    if min(y.sum(), len(y) - y.sum()) < FEWEST_OUTCOMES:
        base = (np.dot(y, weight) + 0.5) / (weight.sum() + 1)
        return np.full(len(block), float(to_logit(np.array([base]))[0]))
    priors = task.priors(train)
    fitted: Learner = clone(one_seed(member)).fit(priors(task.X[train]), y, weight)
    return fitted.decision_function(priors(task.X[block]))


def one_seed(member: Learner) -> Learner:
    """The member with one booster where it averages several: out of block the mean of many is not worth its time."""
    if not isinstance(member, BoostedLearner):
        return member
    return BoostedLearner(**(member.get_params() | {"seeds": 1}))


def weigh(odds: Mapping[str, FloatArray], task: Task, config: TrainingConfig) -> Stack:
    """The stack of out-of-block predictions; later rows count for more."""
    rows = task.decided
    weight = task.weight[rows] * recency(task.as_of[rows], config)
    return fit_stack({name: part[rows] for name, part in odds.items()}, task.outcome[rows], weight=weight)


def fit_blend(members: Mapping[str, Learner], stack: Stack, task: Task) -> tuple[Blend, Priors]:
    """The final fit of the members that earned weight, on every decided row."""
    rows = task.decided
    priors = task.priors(rows)
    blend = Blend(members, stack.weights, stack.intercept)
    return blend.fit(priors(task.X[rows]), task.outcome[rows], task.weight[rows]), priors


def recency(as_of: IntArray, config: TrainingConfig) -> FloatArray:
    """Weights that halve with every ``half_life_days`` before the last row, ``float64`` (n,)."""
    age = (as_of.max(initial=0) - as_of) / (config.half_life_days * DAY_US)
    return np.asarray(np.exp2(-age), dtype=np.float64)
