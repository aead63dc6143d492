"""The only place where time is compared: what was known of a key strictly before a moment.

A record counts at ``as_of`` if and only if ``known_at < as_of``. Everything here is vectorised over queries
(key, as_of) and answers one query with the same bytes as a million: positions come from binary search, and sums
are fixed-point integers, whose prefix sums are exact whatever else the index holds. (A global floating-point
cumulative sum is not: it loses the small key behind the large one.)
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from features.matrix import BoolArray, FloatArray, IntArray

NEVER = np.iinfo(np.int64).max
DAY_US = 86_400_000_000
# A single value saturates here after scaling, so that a million of them still fit an int64.
_LARGEST_FIXED = 9e12
_LARGEST_ROOT = 3_000_000_000
# So many queries are looked up one by one; more are worth a common scale of keys and moments.
_FEW = 3
_NOTHING = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class Sums:
    """Prefix sums of one column in an index's order: fixed point, exact.

    Attributes:
        totals, counts: ``int64`` (rows + 1,); NaN adds nothing and is not counted.
        scale: units per 1.0.
    """

    totals: IntArray
    counts: IntArray
    scale: int
    _column: IntArray

    @cached_property
    def squares(self) -> IntArray:
        """Prefix sums of the squares, ``int64`` (rows + 1,)."""
        # They saturate at 3e9 squared: far above any spread that is asked for (days, log amounts).
        small = np.minimum(np.maximum(self._column, -_LARGEST_ROOT), _LARGEST_ROOT)
        return _prefix(small * small)


@dataclass(frozen=True)
class EventIndex:
    """Rows sorted by key, then ``known_at``, then ``event_at``, then ``record_id``; input order does not matter.

    Attributes:
        order: ``int64`` (rows,), row numbers of the indexed columns in sorted order; rows without a key (< 0) are out.
        known_at: ``int64`` (rows,), microseconds, in sorted order.
    """

    order: IntArray
    known_at: IntArray
    _keys: IntArray

    @classmethod
    def build(
        cls, keys: IntArray, known_at: IntArray, *, event_at: IntArray | None = None, record_id: IntArray | None = None
    ) -> "EventIndex":
        """Index rows by ``keys`` (codes >= 0) and ``known_at`` (microseconds), all ``int64`` (n,)."""
        if not len(keys):
            return cls(keys, keys, keys)
        ties = [column for column in (record_id, event_at) if column is not None]
        order = np.lexsort((*ties, known_at, keys)).astype(np.int64, copy=False)
        sorted_keys = keys[order]
        keyed = slice(int(sorted_keys.searchsorted(0)), None)
        return cls(order[keyed], known_at[order[keyed]], sorted_keys[keyed])

    @cached_property
    def _scale(self) -> tuple[IntArray, IntArray]:
        """The distinct moments, and each row's place on a common scale of keys and moments, ascending."""
        order = np.argsort(self.known_at)
        ordered = self.known_at[order]
        later = np.ones(len(ordered), dtype=bool)
        later[1:] = ordered[1:] != ordered[:-1]
        moments, rank = ordered[later], np.empty(len(ordered), dtype=np.int64)
        rank[order] = np.cumsum(later) - 1
        return moments, self._keys * (len(moments) + 1) + rank

    def before(self, keys: IntArray, as_of: IntArray, *, since: IntArray | None = None) -> "Window":
        """Rows of each key with ``since <= known_at < as_of``."""
        if not len(self.order):
            nothing = np.zeros(len(keys), dtype=np.int64)
            return Window(self, as_of, nothing, nothing)
        find = self._find_few if len(keys) <= _FEW else self._find_many
        start, stop = find(keys, as_of, since)
        return Window(self, as_of, start, stop)

    def _find_few(self, keys: IntArray, as_of: IntArray, since: IntArray | None) -> tuple[IntArray, IntArray]:
        start, stop = np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.int64)
        for place, key in enumerate(keys.tolist()):
            if key >= 0:
                first, end = self._keys.searchsorted(key), self._keys.searchsorted(key, side="right")
                known_at = self.known_at[first:end]
                start[place] = first if since is None else first + known_at.searchsorted(since[place])
                stop[place] = max(start[place], first + known_at.searchsorted(as_of[place]))
        return start, stop

    def _find_many(self, keys: IntArray, as_of: IntArray, since: IntArray | None) -> tuple[IntArray, IntArray]:
        moments, places = self._scale
        base = keys * (len(moments) + 1)
        stop = np.searchsorted(places, base + np.searchsorted(moments, as_of, side="left"), side="left")
        first = base if since is None else base + np.searchsorted(moments, since, side="left")
        start = np.searchsorted(places, first, side="left")
        known = keys >= 0
        start, stop = np.where(known, start, 0), np.where(known, stop, 0)
        return start.astype(np.int64), np.maximum(start, stop).astype(np.int64)

    def group_starts(self, keys: IntArray) -> BoolArray:
        """Which positions of ``order`` hold the first row of their key, given the keys it was built from."""
        in_order = keys[self.order]
        starts = np.ones(len(in_order), dtype=bool)
        starts[1:] = in_order[1:] != in_order[:-1]
        return starts

    def sums(self, values: FloatArray, *, scale: int) -> Sums:
        """Prefix sums of a column (given in the rows' own order), rounded to 1/``scale``."""
        if not len(self.order):
            return Sums(_NOTHING, _NOTHING, scale, _NOTHING)
        column = values[self.order]
        absent = np.isnan(column)
        fixed = np.minimum(np.maximum(np.where(absent, 0.0, column) * scale, -_LARGEST_FIXED), _LARGEST_FIXED)
        whole = np.rint(fixed).astype(np.int64)
        return Sums(_prefix(whole), _prefix((~absent).astype(np.int64)), scale, whole)


@dataclass(frozen=True)
class Window:
    """The rows that count for each query: positions ``start`` to ``stop`` (exclusive) of the index."""

    index: EventIndex
    as_of: IntArray
    start: IntArray
    stop: IntArray

    def last(self, count: int) -> "Window":
        """Only the newest ``count`` rows."""
        return Window(self.index, self.as_of, np.maximum(self.start, self.stop - count), self.stop)

    def count(self) -> FloatArray:
        """Number of rows."""
        return (self.stop - self.start).astype(np.float64)

    def sum(self, sums: Sums) -> FloatArray:
        """Sum of the values; 0 where there is none."""
        return (sums.totals[self.stop] - sums.totals[self.start]) / float(sums.scale)

    def values(self, sums: Sums) -> FloatArray:
        """Number of values that are not NaN."""
        return (sums.counts[self.stop] - sums.counts[self.start]).astype(np.float64)

    def mean(self, sums: Sums) -> FloatArray:
        """Mean of the values; NaN where there is none."""
        return divide(self.sum(sums), self.values(sums))

    def std(self, sums: Sums) -> FloatArray:
        """Sample standard deviation (n - 1); NaN below two values."""
        number = self.values(sums)
        total = (sums.totals[self.stop] - sums.totals[self.start]).astype(np.float64)
        squares = (sums.squares[self.stop] - sums.squares[self.start]).astype(np.float64)
        spread = np.maximum(squares - divide(total * total, number), 0.0)
        return np.sqrt(divide(spread, np.where(number > 1, number - 1, 0.0))) / sums.scale

    def latest_rows(self) -> IntArray:
        """Row number of the newest row; -1 where there is none."""
        return self._rows_at(self.stop - 1)

    def first_rows(self) -> IntArray:
        """Row number of the oldest row; -1 where there is none."""
        return self._rows_at(self.start)

    def _rows_at(self, positions: IntArray) -> IntArray:
        if not len(self.index.order):
            return np.full(len(positions), -1, dtype=np.int64)
        filled = self.stop > self.start
        return np.where(filled, self.index.order[np.where(filled, positions, 0)], -1)

    def quantile(self, values: FloatArray, share: float, *, last: int) -> FloatArray:
        """Linearly interpolated quantile of the newest ``last`` values (NaN skipped); NaN where there is none."""
        table = np.sort(self._newest(values, last), axis=1)
        number = np.sum(~np.isnan(table), axis=1)
        place = share * np.maximum(number - 1, 0)
        below = np.floor(place).astype(np.int64)
        rows = np.arange(len(table))
        low, high = table[rows, below], table[rows, np.minimum(below + 1, np.maximum(number - 1, 0))]
        between: FloatArray = low + (high - low) * (place - below)
        return between

    def decayed_mean(self, values: FloatArray, *, half_life_days: float, last: int) -> FloatArray:
        """Mean of the newest ``last`` values, weighted 2^(-age / half-life), age = ``as_of - known_at``."""
        table = self._newest(values, last)
        known = self._newest(self.index_times(len(values)), last)
        age_days = (self.as_of[:, None].astype(np.float64) - known) / DAY_US
        weights = np.where(np.isnan(table), 0.0, np.exp2(-age_days / half_life_days))
        # Cumulative sums add in sequence, whatever the number of queries: one row gives the bytes of a batch.
        total = np.cumsum(weights * np.where(np.isnan(table), 0.0, table), axis=1)[:, -1]
        return divide(total, np.cumsum(weights, axis=1)[:, -1])

    def index_times(self, rows: int) -> FloatArray:
        """``known_at`` in the rows' own order, as floats (NaN for rows out of the index)."""
        times = np.full(rows, np.nan)
        times[self.index.order] = self.index.known_at
        return times

    def _newest(self, values: FloatArray, last: int) -> FloatArray:
        """The newest ``last`` values per query, ``float64`` (queries, last), oldest first, NaN before the first."""
        positions = self.stop[:, None] - last + np.arange(last)
        inside = positions >= self.start[:, None]
        if not len(self.index.order):
            return np.full(positions.shape, np.nan)
        taken = values[self.index.order[np.where(inside, positions, 0)]]
        table: FloatArray = np.where(inside, taken, np.nan)
        # Unknown values leave no holes of chance: where() gives a fresh contiguous array for exp and sort.
        return table

    def pairs(self) -> tuple[IntArray, IntArray]:
        """Every (query number, row number) of the windows, queries ascending, rows in the index's order."""
        counts = self.stop - self.start
        query = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
        offset = np.repeat(self.start - (np.cumsum(counts) - counts), counts)
        return query, self.index.order[np.arange(len(query), dtype=np.int64) + offset]


@dataclass(frozen=True)
class StateIndex:
    """Sums over what is in a state: each row holds from ``start`` (when we knew) until ``end`` (when we knew better).

    A row counts at ``as_of`` if and only if ``start < as_of <= end``: known, and not yet superseded.
    """

    _opened: EventIndex
    _closed: EventIndex
    _opened_sums: Sums
    _closed_sums: Sums

    @classmethod
    def build(
        cls, keys: IntArray, start: IntArray, *, end: IntArray, values: FloatArray, scale: int = 1
    ) -> "StateIndex":
        """Index rows by ``keys``; ``start`` and ``end`` in microseconds (``NEVER``: still valid), ``values`` summed."""
        opened = EventIndex.build(np.where(start < end, keys, -1), start)
        closed = EventIndex.build(np.where((start < end) & (end != NEVER), keys, -1), end)
        return cls(opened, closed, opened.sums(values, scale=scale), closed.sums(values, scale=scale))

    def total(self, keys: IntArray, as_of: IntArray) -> FloatArray:
        """Sum of the values in the state at ``as_of``."""
        came = self._opened.before(keys, as_of).sum(self._opened_sums)
        return came - self._closed.before(keys, as_of).sum(self._closed_sums)


def latest_before(keys: IntArray, as_of: IntArray, index: EventIndex, values: FloatArray) -> FloatArray:
    """The newest value per key known strictly before each ``as_of``; NaN where there is none.

    Ties on ``known_at`` go to the larger ``event_at``, then to the larger ``record_id``.
    """
    rows = index.before(keys, as_of).latest_rows()
    return take(values, rows)


def window_before(keys: IntArray, as_of: IntArray, index: EventIndex, *, days: float | None = None) -> Window:
    """Rows per key known strictly before ``as_of``, all or those of the last ``days``."""
    since = None if days is None else as_of - np.int64(days * DAY_US)
    return index.before(keys, as_of, since=since)


def superseded_at(entities: IntArray, index: EventIndex) -> IntArray:
    """For each row, the moment its entity's next version became known; ``NEVER`` for the newest.

    Args:
        entities: entity code per row.
        index: index of the same rows by ``entities``.
    """
    end = np.full(len(entities), NEVER, dtype=np.int64)
    same = entities[index.order[1:]] == entities[index.order[:-1]]
    end[index.order[:-1][same]] = index.known_at[1:][same]
    return end


def current(rows: IntArray, as_of: IntArray, end: IntArray) -> BoolArray:
    """Which rows are still the newest known version at ``as_of``, given their ``superseded_at``."""
    return end[rows] >= as_of


def holds(start: IntArray, end: IntArray, as_of: IntArray) -> BoolArray:
    """Whether a state that holds from ``start`` until ``end`` holds at ``as_of``: the rule of :class:`StateIndex`."""
    return (start < as_of) & (as_of <= end)


def known_before(known_at: IntArray, as_of: int | IntArray) -> BoolArray:
    """Which records count at ``as_of``."""
    return known_at < as_of


def days_between(earlier: IntArray, later: IntArray) -> FloatArray:
    """Days from one moment to another (microseconds)."""
    return (later - earlier).astype(np.float64) / DAY_US


def divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Quotient; NaN where the denominator is zero or NaN."""
    out = np.full(np.shape(numerator), np.nan)
    np.divide(numerator, denominator, out=out, where=(denominator != 0) & ~np.isnan(denominator))
    return out


def take(values: FloatArray, rows: IntArray) -> FloatArray:
    """Values at row numbers; NaN for -1."""
    if not len(values):
        return np.full(len(rows), np.nan)
    return np.where(rows >= 0, values[rows], np.nan)


def pick(values: IntArray, rows: IntArray, *, missing: int = -1) -> IntArray:
    """Codes, days or moments at row numbers; ``missing`` for -1."""
    if not len(values):
        return np.full(len(rows), missing, dtype=np.int64)
    return np.where(rows >= 0, values[rows], missing)


def _prefix(column: IntArray) -> IntArray:
    sums = np.zeros(len(column) + 1, dtype=np.int64)
    np.cumsum(column, out=sums[1:])
    return sums
