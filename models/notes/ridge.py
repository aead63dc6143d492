"""Kernel ridge regression on class indicators, with the exact prediction of each row by a fit without its group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import get_lapack_funcs

from models.arrays import FloatArray, IntArray

Kernel = NDArray[np.float64] | NDArray[np.float32]

# Beyond this many rows single precision: half the time and memory, and far finer than the noise of the labels.
DOUBLE_ROWS = 4_000
_BLOCK = 512


@dataclass(frozen=True)
class Solved:
    """A fitted kernel machine.

    Attributes:
        dual: ``float64`` (n, classes): scores of a text are its kernel values with the training rows times these.
        left_out: ``float64`` (n, classes): scores of each training row by the machine fitted without its group.
    """

    dual: FloatArray
    left_out: FloatArray


def solve(kernel: Kernel, targets: FloatArray, *, penalty: float, groups: IntArray) -> Solved:
    """Fit ``(K + penalty I) dual = targets`` and leave each group out, without fitting again.

    With G the inverse of K + penalty I and B the rows of a group, the scores of B by the machine fitted without B are
    targets_B - G_BB^-1 dual_B (for single rows Allen's PRESS 1974; Rifkin & Lippert 2007, "Notes on regularized least
    squares", for kernels).

    Args:
        kernel: (n, n), symmetric, positive semi-definite.
        targets: ``float64`` (n, classes).
        penalty: ridge, in units of the kernel's diagonal; positive.
        groups: ``int64`` (n,), rows with the same number are left out together.
    """
    inverse = _inverse(kernel, penalty)
    dual = (inverse @ targets.astype(inverse.dtype)).astype(np.float64)
    left_out = targets - dual / np.diag(inverse)[:, None]
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=groups[order][:1] - 1))
    for rows in np.split(order, starts[1:]):
        if len(rows) > 1:
            left_out[rows] = targets[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], dual[rows])
    return Solved(dual, left_out)


def _inverse(kernel: Kernel, penalty: float) -> Kernel:
    # LAPACK's Cholesky inverse: a third of the work of solving for the identity matrix.
    ridged = np.array(kernel, dtype=np.float64 if len(kernel) <= DOUBLE_ROWS else np.float32, order="F")
    np.fill_diagonal(ridged, np.diag(ridged) + penalty)
    potrf, potri = get_lapack_funcs(("potrf", "potri"), (ridged,))
    factor, failed = potrf(ridged, lower=1, overwrite_a=1)
    if not failed:
        factor, failed = potri(factor, lower=1, overwrite_c=1)
    if failed:
        raise ValueError(f"the kernel is not positive definite with a penalty of {penalty}")
    # Only the lower half has been filled in; the upper is what was there before.
    for start in range(0, len(factor), _BLOCK):
        rows = slice(start, start + _BLOCK)
        factor[rows, start + _BLOCK :] = factor[start + _BLOCK :, rows].T
        factor[rows, rows] = np.tril(factor[rows, rows]) + np.tril(factor[rows, rows], -1).T
    inverse: Kernel = factor
    return inverse
