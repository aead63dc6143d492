"""Leaving a group out in closed form gives what a fit without the group gives."""

import numpy as np
import pytest

from models.arrays import FloatArray, IntArray
from models.notes import ridge
from models.notes.ridge import solve


def _problem(seed: int, rows: int = 24) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 5))
    return X @ X.T, np.eye(3)[rng.integers(0, 3, rows)]


def _refitted(kernel: FloatArray, targets: FloatArray, penalty: float, groups: IntArray) -> FloatArray:
    """The slow and obvious way: one fit per group."""
    scores = np.empty_like(targets)
    for group in np.unique(groups):
        out, kept = groups == group, groups != group
        ridged = kernel[np.ix_(kept, kept)] + penalty * np.eye(kept.sum())
        scores[out] = kernel[np.ix_(out, kept)] @ np.linalg.solve(ridged, targets[kept])
    return scores


@pytest.mark.parametrize("groups", [np.arange(24), np.repeat(np.arange(8), 3), np.arange(24) % 5])
@pytest.mark.parametrize("penalty", [0.1, 3.0])
def test_left_out_scores_are_those_of_a_fit_without_the_group(groups: IntArray, penalty: float) -> None:
    kernel, targets = _problem(1)
    found = solve(kernel, targets, penalty=penalty, groups=groups)
    np.testing.assert_allclose(found.left_out, _refitted(kernel, targets, penalty, groups), atol=1e-8)


def test_the_fit_itself_solves_the_ridged_system() -> None:
    kernel, targets = _problem(2)
    found = solve(kernel, targets, penalty=0.5, groups=np.arange(24))
    np.testing.assert_allclose((kernel + 0.5 * np.eye(24)) @ found.dual, targets, atol=1e-10)


def test_single_precision_for_many_rows_tells_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, targets = _problem(3)
    exact = solve(kernel, targets, penalty=0.3, groups=np.arange(24))
    monkeypatch.setattr(ridge, "DOUBLE_ROWS", 10)
    quick = solve(kernel, targets, penalty=0.3, groups=np.arange(24))
    assert not np.array_equal(quick.left_out, exact.left_out)
    np.testing.assert_allclose(quick.left_out, exact.left_out, atol=1e-3)


def test_the_inverse_is_whole_whatever_the_blocks_it_is_mirrored_in(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, targets = _problem(5)
    whole = solve(kernel, targets, penalty=0.3, groups=np.arange(24))
    monkeypatch.setattr(ridge, "_BLOCK", 7)
    np.testing.assert_array_equal(solve(kernel, targets, penalty=0.3, groups=np.arange(24)).dual, whole.dual)


def test_the_kernel_is_left_as_it_was() -> None:
    kernel, targets = _problem(4)
    kept = kernel.copy()
    solve(kernel, targets, penalty=1.0, groups=np.arange(24))
    np.testing.assert_array_equal(kernel, kept)


def test_a_kernel_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"not positive definite with a penalty of 0\.1"):
        solve(-np.eye(3), np.eye(3), penalty=0.1, groups=np.arange(3))
