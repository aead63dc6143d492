"""Splits: what is fitted on lies strictly before the cut, also where moments are shared."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.splits import forward_folds, holdout

MOMENTS = st.lists(st.integers(0, 20), min_size=2, max_size=60).map(lambda days: np.array(sorted(days)))


@settings(max_examples=100, deadline=None)
@given(MOMENTS, st.integers(1, 5), st.floats(0.1, 0.9))
def test_no_row_to_fit_on_lies_at_or_after_the_cut(as_of: np.ndarray, folds: int, first: float) -> None:
    for fold in forward_folds(as_of, folds=folds, first=first):
        assert (as_of[fold.before] < fold.cut).all()
        assert (as_of[fold.after] >= fold.cut).all()
        assert len(fold.before)
        assert len(fold.after)


@settings(max_examples=100, deadline=None)
@given(MOMENTS, st.integers(1, 5), st.floats(0.1, 0.9))
def test_later_rows_are_predicted_once_at_most(as_of: np.ndarray, folds: int, first: float) -> None:
    after = [row for fold in forward_folds(as_of, folds=folds, first=first) for row in fold.after.tolist()]
    assert after == sorted(set(after))


@settings(max_examples=100, deadline=None)
@given(MOMENTS, st.floats(0.05, 0.95))
def test_a_holdout_shares_every_row_out_by_the_cut(as_of: np.ndarray, share: float) -> None:
    fold = holdout(as_of, share=share)
    assert sorted([*fold.before.tolist(), *fold.after.tolist()]) == list(range(len(as_of)))
    assert (as_of[fold.before] < fold.cut).all()
    assert (as_of[fold.after] >= fold.cut).all()


def test_rows_that_share_the_moment_of_the_cut_all_belong_after_it() -> None:
    fold = holdout(np.array([1, 2, 3, 3, 3, 4]), share=0.4)
    assert (fold.before.tolist(), fold.cut) == ([0, 1], 3)


@pytest.mark.parametrize(("share", "rows"), [(0.2, 20), (0.5, 50)])
def test_the_holdout_is_the_latest_share(share: float, rows: int) -> None:
    assert holdout(np.arange(100), share=share).after.tolist() == list(range(100 - rows, 100))


def test_folds_grow_forward_and_end_with_the_last_row() -> None:
    folds = list(forward_folds(np.arange(100), folds=3, first=0.4))
    assert [len(fold.before) for fold in folds] == [40, 60, 80]
    assert folds[-1].after[-1] == 99


def test_without_any_earlier_moment_there_is_no_fold() -> None:
    assert not list(forward_folds(np.zeros(50, dtype=np.int64), folds=3, first=0.4))
