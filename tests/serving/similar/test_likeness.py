"""A case as numbers: what makes two of them alike, and what does not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.similar.likeness import Traits, likeness

WORDS = np.eye(384)
RATE = Traits(
    {"rate_off_card": "review"}, {"dispute.rate": 0.8}, {"rate": 0.7, "other": 0.3}, "milestone", 1000.0, WORDS[0]
)


def alike(one: Traits, other: Traits) -> float:
    return float(likeness(one) @ likeness(other))


def test_a_case_is_its_own_double() -> None:
    assert alike(RATE, RATE) == pytest.approx(1.0)
    assert likeness(RATE).shape == (512,)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"controls": {"po_missing": "review"}}, 0.6),
        ({"reasons": {"delay.slow": 1.0}}, 0.8),
        ({"method": "retainer"}, 0.93),
        ({"words": WORDS[1]}, 0.8),
    ],
)
def test_what_differs_takes_its_blocks_weight_away(changed: dict[str, object], expected: float) -> None:
    assert alike(RATE, replace(RATE, **changed)) == pytest.approx(expected)  # type: ignore[arg-type]  # one field at a time


def test_near_amounts_are_nearer_than_far_ones() -> None:
    near, far = (alike(RATE, replace(RATE, amount=amount)) for amount in (1300.0, 90_000.0))
    assert near > far
    assert far > alike(RATE, replace(RATE, amount=None)) - 0.1


def test_where_nobody_wrote_a_note_the_rest_decides() -> None:
    silent = replace(RATE, words=None)
    assert alike(silent, silent) == pytest.approx(1.0)
    assert alike(silent, replace(silent, controls={"po_missing": "review"})) == pytest.approx(0.5)


def test_a_case_without_traits_is_like_nothing() -> None:
    nothing = Traits({}, {}, {}, None, None, None)
    assert alike(nothing, RATE) == 0.0


NAMES = st.dictionaries(st.text(max_size=8), st.sampled_from(["hard_stop", "review", "warning"]), max_size=4)
REASONS = st.dictionaries(st.text(max_size=8), st.floats(0.01, 5), max_size=4)


@settings(max_examples=30)
@given(NAMES, REASONS, st.one_of(st.none(), st.floats(0, 1e9)))
def test_every_case_has_length_one_or_none(
    controls: dict[str, str], reasons: dict[str, float], amount: float | None
) -> None:
    length = np.linalg.norm(likeness(Traits(controls, reasons, {}, None, amount, None)))
    assert length == pytest.approx(1.0) or (length == 0 and not controls and not reasons and amount is None)


@given(st.floats(0, 1e15), st.floats(0, 1e-30))
def test_no_number_is_lost_in_single_precision(amount: float, contribution: float) -> None:
    numbers = likeness(replace(RATE, amount=amount, reasons={"delay.slow": 0.5, "delay.tiny": contribution}))
    single = numbers.astype(np.float32)
    assert ((single == 0) == (numbers == 0)).all()
    assert np.allclose(single, numbers, atol=1e-7)
