"""The records as they were known at one moment: the newest version of each thing, by its keys."""

from collections import defaultdict
from functools import cache
from math import isnan
from typing import Any

import numpy as np

from features.history import History
from features.reach import REACH
from ledger.read import NO_MOMENT
from serving.controls.vocabulary import Fact, FactType, Words, record_words

Values = dict[str, Any]


@cache
def _words(kind: str) -> Words:
    return record_words(kind)


class Known:
    """A view of a history at one moment; what was not known strictly before it does not exist here.

    Args:
        history: records, of the whole ledger or of a slice.
        as_of: microseconds since 1970-01-01 UTC.
    """

    def __init__(self, history: History, as_of: int) -> None:
        self.history = history
        self.as_of = as_of
        self._rows: dict[str, list[int]] = {}
        self._groups: dict[tuple[str, str], dict[Any, list[int]]] = {}
        self._records: dict[tuple[str, int], Values] = {}

    def all(self, kind: str) -> list[Values]:
        """Every thing of a kind, in its newest known version, in record order."""
        return [self._record(kind, row) for row in self._newest(kind)]

    def of(self, kind: str, column: str, value: str | float | None) -> list[Values]:
        """The things whose column has a value; only these are turned into Python values."""
        key = (kind, column)
        if key not in self._groups:
            groups: dict[Any, list[int]] = defaultdict(list)
            rows = self._newest(kind)
            for row, found in zip(rows, self.history.column(kind, column)[rows].tolist(), strict=True):
                groups[found].append(row)
            self._groups[key] = groups
        return [] if value is None else [self._record(kind, row) for row in self._groups[key].get(value, [])]

    def one(self, kind: str, value: str | None) -> Values | None:
        """The thing with an id, or ``None`` when it was not known."""
        found = self.of(kind, REACH[kind].entity[0], value)
        return found[-1] if found else None

    def _newest(self, kind: str) -> list[int]:
        """Row of the newest known version of each thing."""
        if kind not in self._rows:
            self._rows[kind] = self._find_newest(kind) if self.history.size(kind) else []
        return self._rows[kind]

    def _find_newest(self, kind: str) -> list[int]:
        entities = self.history.entities(kind)
        codes = np.unique(entities[entities >= 0])
        window = self.history.index_by(kind, entities).before(codes, np.full(len(codes), self.as_of, dtype=np.int64))
        rows = window.latest_rows()
        newest: list[int] = np.sort(rows[rows >= 0]).tolist()
        return newest

    def _record(self, kind: str, row: int) -> Values:
        key = (kind, row)
        if key not in self._records:
            words, columns = _words(kind), self.history.columns(kind)
            record: Values = {name: _plain(columns[name][row], fact) for name, fact in words.items()}
            self._records[key] = {"record_id": int(columns["record_id"][row]), **record}
        return self._records[key]


def _plain(value: Any, fact: Fact) -> Any:
    """A column's value as CEL should see it: absent is ``None``, flags are booleans."""
    if value is None or value == NO_MOMENT or (isinstance(value, float) and isnan(value)):
        return None
    plain = value.item() if isinstance(value, np.generic) else value
    return bool(plain) if fact.type is FactType.FLAG else plain
