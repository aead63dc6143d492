"""Accuracy and macro-F1 of classes, with intervals by row and by group."""

import numpy as np
import pytest

from training.class_metrics import accuracy, macro_f1, measure_classes
from training.metrics import LARGER_IS_BETTER

TRUE = np.array(["a"] * 6 + ["b"] * 2)


def test_macro_f1_counts_rare_classes_like_common_ones() -> None:
    always_a = np.array(["a"] * 8)
    assert accuracy(TRUE, always_a) == 0.75
    assert macro_f1(TRUE, always_a) == pytest.approx((2 * 0.75 / 1.75) / 2)


def test_a_class_that_never_occurs_is_simply_wrong() -> None:
    predicted = np.array(["a"] * 6 + ["zebra", "b"])
    found = measure_classes(TRUE, predicted)
    assert found["accuracy"].value == accuracy(TRUE, predicted) == 0.875
    assert found["macro_f1"].value == pytest.approx(macro_f1(TRUE, predicted)) == pytest.approx((1 + 2 / 3) / 2)


def test_intervals_hold_the_figure_and_repeat_with_the_seed() -> None:
    rng = np.random.default_rng(1)
    true = rng.choice(["a", "b", "c"], 200)
    predicted = np.where(rng.random(200) < 0.7, true, "a")
    found = measure_classes(true, predicted, seed=3)
    assert all(figure.low < figure.value < figure.high for figure in found.values())
    assert found == measure_classes(true, predicted, seed=3)


def test_rows_that_fail_together_widen_the_interval() -> None:
    groups = np.repeat([f"g{number}" for number in range(20)], 30)
    true = np.tile(["a", "b"], 300)
    predicted = np.where(np.isin(groups, ["g1", "g2", "g3", "g4"]), "a", true)
    by_row, by_group = (measure_classes(true, predicted, groups=one)["accuracy"] for one in (None, groups))
    assert by_group.high - by_group.low > 2 * (by_row.high - by_row.low)


def test_both_are_better_when_larger() -> None:
    assert LARGER_IS_BETTER["accuracy"]
    assert LARGER_IS_BETTER["macro_f1"]


def test_no_rows_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="no rows"):
        measure_classes(TRUE[:0], TRUE[:0])
