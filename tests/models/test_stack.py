"""Stacks: who knows gets the weight, timid or bold members are put right, and few outcomes decide little."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.arrays import log_loss, to_logit, to_probability
from models.learners.stack import LEAST_WEIGHT, Stack, fit_stack, loss_of

RNG = np.random.default_rng(1)
ROWS = 4_000
TRUTH = RNG.normal(size=ROWS)
OUTCOME = (RNG.random(ROWS) < to_probability(TRUTH)).astype(float)
ONES = np.ones(ROWS)


def test_the_member_that_knows_gets_the_weight() -> None:
    stack = fit_stack({"linear": TRUTH, "rate": RNG.normal(size=ROWS)}, OUTCOME)
    assert stack.weights["linear"] == pytest.approx(1.0, abs=0.12)
    assert stack.weights["rate"] < 0.1


def test_a_member_that_is_too_bold_is_held_back_and_one_that_is_too_high_is_lowered() -> None:
    bold = fit_stack({"boosted": 3 * TRUTH + 2}, OUTCOME)
    assert bold.weights["boosted"] == pytest.approx(1 / 3, abs=0.05)
    assert bold.intercept == pytest.approx(-2 / 3, abs=0.15)


def test_a_member_that_ranks_the_wrong_way_round_is_left_out() -> None:
    stack = fit_stack({"linear": TRUTH, "boosted": RNG.normal(size=ROWS) - TRUTH}, OUTCOME)
    assert stack.weights["boosted"] == 0.0
    assert stack.weights["linear"] > 0.8


def test_where_nobody_ranks_the_base_rate_is_left() -> None:
    outcome = (RNG.random(ROWS) < 0.1).astype(float)
    noise = {"linear": np.full(ROWS, -1.0), "rate": np.full(ROWS, 1.0)}
    said = to_probability(fit_stack(noise, outcome)(noise))
    assert said.mean() == pytest.approx(outcome.mean(), abs=0.005)


@pytest.mark.parametrize(("rows", "moved"), [(40, 0.2), (ROWS, 0.5)])
def test_few_outcomes_stay_near_the_start_and_many_leave_it(rows: int, moved: float) -> None:
    parts = {"curve": RNG.normal(size=rows), "linear": TRUTH[:rows]}
    stack = fit_stack(parts, OUTCOME[:rows], towards={"curve": 1.0, "linear": 0.0})
    assert (stack.weights["linear"] < moved) == (rows == 40)


def test_the_stack_is_never_worse_than_its_best_member_on_its_own_rows() -> None:
    parts = {name: TRUTH + RNG.normal(0, spread, ROWS) for name, spread in (("linear", 0.5), ("boosted", 1.5))}
    stack = fit_stack(parts, OUTCOME)
    best = min(log_loss(OUTCOME, to_probability(part)) for part in parts.values())
    assert loss_of(stack, parts, OUTCOME, ONES) <= best


def test_heavier_rows_weigh_more() -> None:
    half = np.arange(ROWS) < ROWS // 2
    parts = {"linear": np.where(half, TRUTH, -TRUTH), "rate": np.where(half, -TRUTH, TRUTH)}
    for heavy, name in ((half, "linear"), (~half, "rate")):
        stack = fit_stack(parts, OUTCOME, weight=np.where(heavy, 1.0, 1e-6))
        assert max(stack.weights, key=stack.weights.__getitem__) == name


def test_the_scale_of_the_row_weights_says_nothing() -> None:
    weight = RNG.random(ROWS)
    first, second = (fit_stack({"linear": TRUTH}, OUTCOME, weight=weight * scale) for scale in (1.0, 1e-4))
    assert first.weights["linear"] == pytest.approx(second.weights["linear"], abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000), st.integers(20, 300), st.integers(1, 4))
def test_weights_are_nought_or_worth_having(seed: int, rows: int, members: int) -> None:
    draw = np.random.default_rng(seed)
    parts = {str(place): draw.normal(size=rows) for place in range(members)}
    stack = fit_stack(parts, (draw.random(rows) < 0.2).astype(float))
    assert set(stack.weights) == set(parts)
    assert all(weight == 0 or weight >= LEAST_WEIGHT for weight in stack.weights.values())
    assert any(weight > 0 for weight in stack.weights.values())
    assert np.isfinite(stack(parts)).all()


def test_a_stack_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a member"):
        fit_stack({}, OUTCOME)


def test_a_stack_adds_up() -> None:
    stack = Stack({"linear": 0.5, "rate": 0.0}, 0.25)
    one = to_logit(np.array([0.5]))
    np.testing.assert_allclose(stack({"linear": one + 2, "rate": one + 9}), [1.25])
