"""The threshold answers as much as the target allows, and counts one more mistake than it has seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes.abstention import choose_abstention

rows = st.lists(st.tuples(st.sampled_from([0.2, 0.4, 0.5, 0.7, 0.9, 0.99]), st.booleans()), max_size=40)
targets = st.floats(0.05, 0.99)


@given(rows, targets)
def test_the_answered_rows_keep_the_target(found: list[tuple[float, bool]], target: float) -> None:
    confidence, right = _arrays(found)
    rule = choose_abstention(confidence, right, target_accuracy=target)
    answered = confidence >= rule.threshold
    assert rule.coverage == pytest.approx(answered.mean() if found else 0.0)
    if answered.any():
        assert rule.accuracy == pytest.approx(right[answered].mean())
        assert right[answered].sum() / (answered.sum() + 1) >= target


@given(rows, targets)
def test_no_lower_threshold_would_keep_it(found: list[tuple[float, bool]], target: float) -> None:
    confidence, right = _arrays(found)
    rule = choose_abstention(confidence, right, target_accuracy=target)
    for lower in np.unique(confidence[confidence < rule.threshold]):
        answered = confidence >= lower
        assert right[answered].sum() / (answered.sum() + 1) < target


@given(rows, targets, targets)
def test_a_stricter_target_never_raises_coverage(found: list[tuple[float, bool]], one: float, other: float) -> None:
    confidence, right = _arrays(found)
    lax, strict = (choose_abstention(confidence, right, target_accuracy=t) for t in sorted((one, other)))
    assert strict.coverage <= lax.coverage


def test_a_handful_of_lucky_rows_opens_nothing() -> None:
    rule = choose_abstention(np.full(5, 0.99), np.ones(5, dtype=bool), target_accuracy=0.9)
    assert rule.threshold > 1
    assert not rule.answers(np.array([[1.0, 0.0]])).any()


def test_what_is_as_sure_as_the_threshold_is_answered() -> None:
    rule = choose_abstention(np.full(20, 0.8), np.ones(20, dtype=bool), target_accuracy=0.9)
    assert rule.threshold == 0.8
    assert rule.answers(np.array([[0.8, 0.2], [0.79, 0.21]])).tolist() == [True, False]


def _arrays(found: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([row[0] for row in found]), np.array([row[1] for row in found], dtype=bool)
