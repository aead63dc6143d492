"""Chance is seeded, has the promised distributions, and deals out everything."""

from statistics import fmean, median

import pytest

from simulator.draws import Draws


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, second = Draws(1), Draws(1)
    assert [first.uniform() for _ in range(5)] == [second.uniform() for _ in range(5)]


def test_blocks_do_not_repeat() -> None:
    draws = Draws(1)
    numbers = [draws.uniform() for _ in range(140_000)]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("name", "args", "mean"), [("exponential", (4.0,), 4.0), ("gumbel", (), 0.0), ("normal", (), 0)]
)
def test_a_draw_has_its_mean(name: str, args: tuple[float, ...], mean: float) -> None:
    draws = Draws(2)
    assert fmean(getattr(draws, name)(*args) for _ in range(20_000)) == pytest.approx(mean, abs=0.12)


def test_a_lognormal_has_its_median() -> None:
    draws = Draws(3)
    assert median(draws.lognormal(5.0, 0.8) for _ in range(20_000)) == pytest.approx(5.0, rel=0.05)


def test_whole_numbers_include_both_ends() -> None:
    draws = Draws(4)
    assert {draws.whole(2, 4) for _ in range(200)} == {2, 3, 4}


def test_weights_decide_how_often_a_key_comes() -> None:
    draws = Draws(5)
    picked = [draws.weighted({"a": 3.0, "b": 1.0, "never": 0.0}) for _ in range(8000)]
    assert picked.count("a") / len(picked) == pytest.approx(0.75, abs=0.03)
    assert "never" not in picked


def test_shares_deal_out_everything() -> None:
    assert sum(Draws(6).shares(1000, [5.0, 1.0, 0.1])) == 1000


def test_an_order_is_a_permutation() -> None:
    assert sorted(Draws(7).order(50)) == list(range(50))
