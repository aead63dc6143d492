"""Splits: what is fitted on lies strictly before the cut, also where moments are shared."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.splits import holdout, time_blocks

MOMENTS = st.lists(st.integers(0, 20), min_size=2, max_size=60).map(lambda days: np.array(sorted(days)))


@settings(max_examples=100, deadline=None)
@given(MOMENTS, st.integers(2, 8))
def test_blocks_hold_every_row_once_and_never_part_a_moment(as_of: np.ndarray, blocks: int) -> None:
    parts = time_blocks(as_of, blocks=blocks)
    assert np.concatenate(parts).tolist() == list(range(len(as_of)))
    assert len(parts) <= blocks
    for earlier, later in itertools.pairwise(parts):
        assert as_of[earlier[-1]] < as_of[later[0]]


def test_blocks_are_of_one_size_where_moments_allow() -> None:
    assert [len(part) for part in time_blocks(np.arange(100), blocks=4)] == [25, 25, 25, 25]


def test_rows_of_one_moment_are_one_block() -> None:
    assert [len(part) for part in time_blocks(np.zeros(50, dtype=np.int64), blocks=5)] == [50]


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
