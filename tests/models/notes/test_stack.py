"""Weights are the best there are, never negative, and make confidence mean what it says."""

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from models.arrays import FloatArray, IntArray
from models.notes.stack import stack


def _scores(seed: int, *, sharpness: float = 1.0, rows: int = 3000) -> tuple[FloatArray, IntArray]:
    """True log-odds times ``1 / sharpness``, and classes drawn from them."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(scale=1.5, size=(rows, 4))
    chances = softmax(truth, axis=1)
    classes = (rng.random((rows, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(max=3)
    return truth / sharpness, classes


@pytest.mark.parametrize("sharpness", [0.2, 1.0, 8.0])
def test_one_member_gets_the_temperature_back(sharpness: float) -> None:
    scores, classes = _scores(1, sharpness=sharpness)
    [weight], _ = stack([scores], classes)
    assert weight == pytest.approx(sharpness, rel=0.08)


def test_a_member_of_pure_noise_gets_next_to_nothing() -> None:
    scores, classes = _scores(2)
    noise = np.random.default_rng(3).normal(size=scores.shape)
    (good, bad), _ = stack([scores, noise], classes)
    assert good == pytest.approx(1.0, rel=0.1)
    assert bad < 0.06


def test_a_member_that_is_wrong_gets_no_negative_weight() -> None:
    scores, classes = _scores(4)
    (_, worse), _ = stack([scores, -scores + np.random.default_rng(5).normal(size=scores.shape)], classes)
    assert worse >= 0


def test_scores_that_never_vary_get_no_weight_at_all() -> None:
    scores, classes = _scores(6, rows=200)
    (_, flat), _ = stack([scores, np.full(scores.shape, -1.386)], classes)
    assert flat == 0


def test_the_loss_is_that_of_the_weighted_scores_and_no_neighbour_is_better() -> None:
    first, classes = _scores(7, rows=400)
    second = np.random.default_rng(8).normal(size=first.shape) + first
    weights, loss = stack([first, second], classes)

    def loss_at(pair: FloatArray) -> float:
        return -float(log_softmax(pair[0] * first + pair[1] * second, axis=1)[np.arange(400), classes].mean())

    assert loss == pytest.approx(loss_at(weights), abs=1e-12)
    nearby = [weights * np.array(factors) for factors in ((1.2, 1), (0.8, 1), (1, 1.2), (1, 0.8))]
    assert loss <= min(map(loss_at, nearby)) + 2e-3
