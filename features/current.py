"""Pairs of an invoice and the records around it that are in force at its moment."""

from dataclasses import dataclass

import numpy as np

from features.asof import DAY_US, current
from features.matrix import BoolArray, FloatArray, IntArray
from features.recordset import History


@dataclass(frozen=True)
class Pairs:
    """Records in force per query.

    Attributes:
        size: number of queries.
        query: ``int64`` (pairs,), query numbers, ascending.
        row: ``int64`` (pairs,), row numbers of the kind; within a query in the order in which they became known.
    """

    size: int
    query: IntArray
    row: IntArray

    def where(self, mask: BoolArray) -> "Pairs":
        """A selection of the pairs."""
        return Pairs(self.size, self.query[mask], self.row[mask])

    def count(self) -> FloatArray:
        """Pairs per query."""
        return np.bincount(self.query, minlength=self.size).astype(np.float64)

    def sum(self, values: FloatArray) -> FloatArray:
        """Sum per query of one value per pair, in pair order; NaN counts as nothing."""
        weights = np.where(np.isnan(values), 0.0, values)
        return np.bincount(self.query, weights=weights, minlength=self.size).astype(np.float64)

    def largest(self, values: FloatArray) -> FloatArray:
        """Largest value per query, NaN left out; NaN where there is none."""
        out = np.full(self.size, -np.inf)
        filled = ~np.isnan(values)
        np.maximum.at(out, self.query[filled], values[filled])
        return np.where(np.isinf(out), np.nan, out)

    def first_by(self, values: IntArray) -> IntArray:
        """Row number of each query's pair with the smallest value, the earlier known among equals; -1 without one."""
        order = np.lexsort((values, self.query))
        query = self.query[order]
        first = np.ones(len(query), dtype=bool)
        first[1:] = query[1:] != query[:-1]
        rows = np.full(self.size, -1, dtype=np.int64)
        rows[query[first]] = self.row[order[first]]
        return rows


def pairs_in_force(
    history: History, kind: str, by: tuple[str, ...], keys: IntArray, as_of: IntArray, *, days: int | None = None
) -> Pairs:
    """Rows of a kind that are the newest known version of their thing at ``as_of`` (known in the last ``days``)."""
    since = None if days is None else as_of - days * DAY_US
    query, row = history.index(kind, *by).before(keys, as_of, since=since).pairs()
    everything = Pairs(len(keys), query, row)
    return everything.where(current(row, as_of[query], history.ends(kind)))
