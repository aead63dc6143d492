"""Medians of durations that may not have ended, against a slow reference and what must always hold."""

from math import exp, log, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.boards.survival import Median, Z, median

Lasting = list[tuple[float, bool]]
LASTING = st.lists(st.tuples(st.integers(0, 12).map(float), st.booleans()), max_size=40)


def told(lasting: Lasting) -> Median:
    return median(np.array([one for one, _ in lasting]), np.array([ended for _, ended in lasting], dtype=bool))


def slowly(lasting: Lasting) -> Median:
    """One value after the other, as in a textbook."""
    logarithm = spread = 0.0
    found: list[float | None] = [None, None, None]
    for value in sorted({one for one, _ in lasting}):
        left = sum(one >= value for one, _ in lasting)
        done = sum(one == value and ended for one, ended in lasting)
        logarithm += log(max(1 - done / left, 1e-300))
        spread += done / (left * (left - done)) if left > done else 0
        share = exp(logarithm)
        margin = Z * share * sqrt(spread)
        for place, height in enumerate((share, share - margin, share + margin)):
            if found[place] is None and height <= 0.5 + 1e-9:
                found[place] = value
    return Median(*found)


@given(LASTING)
@settings(max_examples=200)
def test_it_is_what_a_textbook_gives(lasting: Lasting) -> None:
    assert told(lasting) == slowly(lasting)


@given(LASTING.filter(lambda lasting: all(ended for _, ended in lasting) and len(lasting) % 2 == 1))
def test_of_what_has_ended_it_is_the_middle_one(lasting: Lasting) -> None:
    assert told(lasting).value == sorted(one for one, _ in lasting)[len(lasting) // 2]


@given(LASTING)
def test_the_interval_holds_it(lasting: Lasting) -> None:
    value, low, high = told(lasting)
    assert low is None or value is None or low <= value
    assert high is None or (value is not None and value <= high)


@pytest.mark.parametrize("lasting", [[], [(3.0, False)], [(nan, True)]])
def test_nothing_that_ended_gives_none(lasting: Lasting) -> None:
    assert told(lasting) == Median(None, None, None)
