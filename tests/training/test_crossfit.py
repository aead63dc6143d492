"""Cross-fitting: no row is predicted by a fit that saw it, and the stack holds on firms small, drifting and large."""

from typing import Any

import numpy as np
import pytest

from features.asof import DAY_US
from models.arrays import FloatArray, log_loss, to_logit, to_probability
from models.learners.boosted import BoostedLearner
from models.learners.linear import LinearLearner
from models.priors import Priors
from training.config import TrainingConfig
from training.crossfit import Task, blocks, cross_fit, fit_blend, one_seed, recency, weigh
from training.members import candidates

CONFIG = TrainingConfig()


def _task(X: FloatArray, outcome: FloatArray) -> Task:
    as_of = np.arange(len(X), dtype=np.int64) * DAY_US
    return Task(X, outcome, as_of, np.ones(len(X)), lambda _: Priors())


class _Remembers(LinearLearner):
    """A learner that knows by heart what it was fitted on, and says nothing of the rest."""

    def fit(self, X: FloatArray, y: FloatArray, sample_weight: FloatArray | None = None) -> Any:  # noqa: ARG002
        self.seen_ = {tuple(row): value for row, value in zip(X.tolist(), y.tolist(), strict=True)}
        return self

    def decision_function(self, X: FloatArray) -> FloatArray:
        return np.array([10 * self.seen_.get(tuple(row), 0.5) - 5 for row in X.tolist()])


def test_no_row_is_predicted_by_a_fit_that_saw_it() -> None:
    draw = np.random.default_rng(2)
    task = _task(draw.normal(size=(300, 2)), (draw.random(300) < 0.3).astype(float))
    odds = cross_fit({"linear": _Remembers()}, task, CONFIG)
    np.testing.assert_array_equal(odds["linear"], np.zeros(300))


def test_days_beside_a_block_are_purged() -> None:
    as_of = np.arange(1_000, dtype=np.int64) * DAY_US
    for others, block in blocks(as_of, CONFIG):
        days = np.abs(as_of[others][:, None] - as_of[block][[0, -1]][None, :]) // DAY_US
        assert days.min() > CONFIG.purge_days
        assert not set(others.tolist()) & set(block.tolist())


def test_undecided_rows_are_predicted_but_never_fitted_on() -> None:
    draw = np.random.default_rng(3)
    X, outcome = draw.normal(size=(400, 2)), (draw.random(400) < 0.4).astype(float)
    hidden = outcome.copy()
    hidden[::7] = np.nan
    one = cross_fit({"linear": LinearLearner()}, _task(X, hidden), CONFIG)["linear"]
    assert np.isfinite(one).all()
    X[::7] = 99.0
    rows = np.arange(400) % 7 != 0
    np.testing.assert_allclose(
        cross_fit({"linear": LinearLearner()}, _task(X, hidden), CONFIG)["linear"][rows], one[rows]
    )


def test_where_the_other_blocks_tell_nothing_their_base_rate_is_said() -> None:
    outcome = np.zeros(200)
    outcome[-40:] = 1.0
    odds = cross_fit({"linear": LinearLearner()}, _task(np.ones((200, 1)), outcome), CONFIG)["linear"]
    assert to_probability(odds[-1:])[0] < 0.01


def test_an_averaging_member_is_cross_fitted_with_one_seed() -> None:
    member = one_seed(BoostedLearner(seeds=5, rounds=11))
    assert (member.get_params()["seeds"], member.get_params()["rounds"]) == (1, 11)


def test_weights_halve_with_every_half_life() -> None:
    as_of = np.array([0, 365, 730], dtype=np.int64) * DAY_US
    np.testing.assert_allclose(recency(as_of, CONFIG), [0.25, 0.5, 1.0])


def _world(rows: int, *, drift: float, seed: int) -> tuple[Task, FloatArray]:
    """Rows with a rate column, features that matter, noise, and a level that drifts; and the true log-odds."""
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(rows, 12))
    X[draw.random((rows, 12)) < 0.1] = np.nan
    known = np.nan_to_num(X)
    truth = -2.5 + 0.8 * known[:, 1] - 0.6 * known[:, 2] + 0.9 * (known[:, 3] > 1) * known[:, 4]
    truth = truth + drift * np.linspace(-0.5, 0.5, rows)
    X[:, 0] = to_probability(truth + draw.normal(0, 1.2, rows))
    return _task(X, (draw.random(rows) < to_probability(truth)).astype(float)), truth


@pytest.mark.parametrize(
    ("rows", "drift"), [(500, 0.0), (1_500, 1.5), (6_000, 0.0)], ids=["small", "drifting", "large"]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_later_rows_are_told_no_worse_than_by_the_best_member(rows: int, drift: float, seed: int) -> None:
    """Judged on strictly later rows: beyond the noise of the paired difference no single member does better."""
    task, _ = _world(rows, drift=drift, seed=seed)
    cut = int(0.75 * rows)
    past = _task(task.X[:cut], task.outcome[:cut])
    members = candidates(cut, seed=7, rate_column=0)
    stack = weigh(cross_fit(members, past, CONFIG), past, CONFIG)
    blend, _ = fit_blend(members, stack, past)
    X, y = task.X[cut:], task.outcome[cut:]
    ours = _squared(blend.decision_function(X), y)
    for name, member in members.items():
        theirs = _squared(member.fit(past.X, past.outcome).decision_function(X), y)
        difference = ours - theirs
        noise = difference.std() / np.sqrt(len(difference))
        assert difference.mean() <= 2 * noise, name


def _squared(log_odds: FloatArray, outcome: FloatArray) -> FloatArray:
    return np.asarray((to_probability(log_odds) - outcome) ** 2)


def test_the_level_of_later_rows_is_told_where_members_are_bold() -> None:
    task, truth = _world(4_000, drift=0.0, seed=5)
    members = candidates(4_000, seed=7, rate_column=0)
    stack = weigh(cross_fit(members, task, CONFIG), task, CONFIG)
    blend, _ = fit_blend(members, stack, task)
    fresh, later = _world(4_000, drift=0.0, seed=6)
    said = to_probability(blend.decision_function(fresh.X))
    assert abs(said.mean() - to_probability(later).mean()) < 0.015
    assert log_loss(fresh.outcome, said) < log_loss(fresh.outcome, np.full(4_000, to_probability(truth).mean()))
    assert np.isfinite(to_logit(said)).all()
