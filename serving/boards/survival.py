"""Medians of durations of which some have not ended: Kaplan-Meier with a 95 % interval by Greenwood's variance."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Z: Final = 1.959963984540054  # 95 %
_HALF: Final = 0.5 + 1e-9


class Median(NamedTuple):
    """When half had ended; ``None`` where that lies beyond what was seen."""

    value: float | None
    low: float | None
    high: float | None


def median(durations: NDArray[np.float64], ended: NDArray[np.bool_]) -> Median:
    """The median of durations; those that have not ended are known to last at least so long. Unknown ones (NaN) do not
    count.

    >>> median(np.array([1.0, 2.0, 3.0]), np.array([True, True, False]))
    Median(value=2.0, low=1.0, high=None)
    """
    known = ~np.isnan(durations)
    values, place = np.unique(durations[known], return_inverse=True)
    if not len(values):
        return Median(None, None, None)
    done = np.bincount(place, weights=ended[known], minlength=len(values))
    number = np.bincount(place, minlength=len(values))
    # Left at a value is everything less what ended, or was last seen, before it.
    left = number.sum() - np.cumsum(number) + number
    share = np.exp(np.cumsum(np.log(np.maximum(1 - done / left, 1e-300))))
    lasting = np.maximum(left - done, 1)  # nothing lasts only at the end, where the share is nought anyway
    spread = np.cumsum(np.where(left > done, done / (left * lasting), 0))
    margin = Z * share * np.sqrt(spread)
    return Median(*(_first(values, curve <= _HALF) for curve in (share, share - margin, share + margin)))


def _first(values: NDArray[np.float64], reached: NDArray[np.bool_]) -> float | None:
    return float(values[reached.argmax()]) if reached.any() else None


def arrays_of(row: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Columns ``values`` and ``ended`` of a row, as ``median`` takes them."""
    return np.array(row["values"], dtype=np.float64), np.array(row["ended"], dtype=np.bool_)
