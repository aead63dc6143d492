"""The records as they were known at one moment: the newest version of each thing, by its keys."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from features.asof import current, known_before
from features.history import History
from features.reach import REACH
from ledger.read import NO_MOMENT
from serving.controls.vocabulary import FactType, Words, record_words

Values = dict[str, Any]
# From so many lookups by a column on, its groups are worth making.
FEW_LOOKUPS = 3
NOT_YET_BILLED = frozenset({"cancelled", "draft"})


@cache
def _words(kind: str) -> Words:
    return record_words(kind)


class Readers(dict[str, Callable[[int], Any]]):
    """Column → what gives a value by row number; made when a column is first asked for."""

    def __init__(self, history: History, kind: str) -> None:
        super().__init__()
        self._columns = history.columns(kind)
        self._words = _words(kind)

    def __missing__(self, name: str) -> Callable[[int], Any]:
        read = self[name] = self._reader(name)
        return read

    def _reader(self, name: str) -> Callable[[int], Any]:
        column = self._columns[name]
        item = column.item
        if column.dtype == object:
            return item
        if name in self._words and self._words[name].type is FactType.FLAG:
            return lambda row: None if (value := item(row)) != value else bool(value)
        if column.dtype.kind == "i":
            return lambda row: None if (value := item(row)) == NO_MOMENT else value
        return lambda row: None if (value := item(row)) != value else value


class Known:
    """A view of a history at one moment; what was not known strictly before it does not exist here.

    Values are read one by one and only when somebody asks: an invoice's controls look at a few of what a slice holds.

    Args:
        history: records, of the whole ledger or of a slice.
        as_of: microseconds since 1970-01-01 UTC.
    """

    def __init__(self, history: History, as_of: int) -> None:
        self.history = history
        self.as_of = as_of
        self._moment: Any = np.int64(as_of)  # one moment for every row
        self._newest: dict[str, Any] = {}
        self._groups: dict[tuple[str, str], dict[Any, list[int]]] = {}
        self._scans: Counter[tuple[str, str]] = Counter()
        self._readers: dict[str, Readers] = {}
        self._net: dict[int, float] = {}

    def all(self, kind: str) -> list[Values]:
        """Every thing of a kind, in its newest known version, in record order."""
        return [self.record(kind, row) for row in self.newest(kind).tolist()]

    def of(self, kind: str, column: str, value: str | float | None) -> list[Values]:
        """The things whose column has a value; only these are turned into Python values."""
        return [self.record(kind, row) for row in self.rows(kind, column, value)]

    def one(self, kind: str, value: str | None) -> Values | None:
        """The thing with an id, or ``None`` when it was not known."""
        row = self.row(kind, value)
        return None if row is None else self.record(kind, row)

    def newest(self, kind: str) -> Any:
        """Row numbers of the newest known version of each thing, ``int64``, ascending."""
        if kind not in self._newest:
            self._newest[kind] = self._find_newest(kind)
        return self._newest[kind]

    def _find_newest(self, kind: str) -> Any:
        if not self.history.size(kind):
            return np.empty(0, dtype=np.int64)
        rows = np.flatnonzero(known_before(self.history.column(kind, "known_at"), self.as_of))
        return rows[current(rows, self._moment, self.history.ends(kind))]

    def rows(self, kind: str, column: str, value: Any) -> list[int]:
        """Row numbers of the things whose column has a value, ascending."""
        if value is None:
            return []
        key = (kind, column)
        groups = self._groups.get(key)
        if groups is None:
            self._scans[key] += 1
            if self._scans[key] <= FEW_LOOKUPS:
                return self._scan(kind, column, value)
            groups = self._groups[key] = self._group(kind, column)
        return groups.get(value, [])

    def _scan(self, kind: str, column: str, value: Any) -> list[int]:
        """As looking into the groups; for a few lookups these are not worth making."""
        if not self.history.size(kind):
            return []
        rows = np.flatnonzero(self.history.column(kind, column) == value)
        if len(rows):
            known = known_before(self.history.column(kind, "known_at")[rows], self.as_of)
            rows = rows[known & current(rows, self._moment, self.history.ends(kind))]
        found: list[int] = rows.tolist()
        return found

    def _group(self, kind: str, column: str) -> dict[Any, list[int]]:
        groups: dict[Any, list[int]] = {}
        rows = self.newest(kind)
        for row, found in zip(rows.tolist(), self.history.column(kind, column)[rows].tolist(), strict=True):
            if found in groups:
                groups[found].append(row)
            else:
                groups[found] = [row]
        return groups

    def row(self, kind: str, value: str | None) -> int | None:
        """Row number of the thing with an id, or ``None``."""
        found = self.rows(kind, REACH[kind].entity[0], value)
        return found[-1] if found else None

    def versions(self, kind: str, row: int) -> list[int]:
        """Row numbers of every known version of the thing of which a row is one."""
        entities = self.history.entities(kind)
        same = np.flatnonzero(entities == entities[row])
        known: list[int] = same[known_before(self.history.column(kind, "known_at")[same], self.as_of)].tolist()
        return known

    def first_known(self, kind: str, row: int) -> int:
        """When the first version of a row's thing became known, in microseconds."""
        moments = self.history.memo(("first known of", kind), lambda: self._first_known(kind))
        return int(moments[row])

    def _first_known(self, kind: str) -> Any:
        entities = self.history.entities(kind)
        index = self.history.index_by(kind, entities)
        starts = index.group_starts(entities)
        first = np.maximum.accumulate(np.where(starts, np.arange(len(starts)), 0))
        moments = np.array(self.history.column(kind, "known_at"))
        moments[index.order] = index.known_at[first]
        return moments

    def cell(self, kind: str, row: int, name: str) -> Any:
        """One value as controls see it: absent is ``None``, flags are booleans, days are whole numbers."""
        readers = self._readers.get(kind)
        if readers is None:
            readers = self.readers(kind)
        return readers[name](row)

    def readers(self, kind: str) -> "Readers":
        """By column of a kind, what gives its value by row number."""
        if kind not in self._readers:
            self._readers[kind] = Readers(self.history, kind)
        return self._readers[kind]

    def values(self, kind: str, name: str) -> list[Any]:
        """A whole column as controls see it: worth it where many rows are walked through."""
        return self.history.memo(("plain", kind, name), lambda: self._plain(kind, name))

    def _plain(self, kind: str, name: str) -> Any:
        column = self.history.column(kind, name)
        if column.dtype == object:
            return column.tolist()
        if name in _words(kind) and _words(kind)[name].type is FactType.FLAG:
            return [None if value != value else bool(value) for value in column.tolist()]
        missing = NO_MOMENT if column.dtype.kind == "i" else None
        return [None if value == missing or value != value else value for value in column.tolist()]

    def net_billed(self, row: int) -> float:
        """What an invoice billed if it was sent, less what was credited on it."""
        if row not in self._net:
            billed = self.cell("invoice", row, "status") not in NOT_YET_BILLED
            amount = self.cell("invoice", row, "amount") or 0.0
            self._net[row] = amount - self.credited(row) if billed else 0.0
        return self._net[row]

    def credited(self, row: int) -> float:
        """What was credited on an invoice."""
        notes = self.rows("credit_note", "invoice_id", self.cell("invoice", row, "invoice_id"))
        return float(sum(self.cell("credit_note", note, "amount") or 0.0 for note in notes))

    def record(self, kind: str, row: int) -> Values:
        """A whole record with its ``record_id``."""
        return {name: self.cell(kind, row, name) for name in ("record_id", *_words(kind))}
