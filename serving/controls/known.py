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
        self._records: dict[str, list[Values]] = {}
        self._groups: dict[tuple[str, str], dict[Any, list[Values]]] = {}

    def all(self, kind: str) -> list[Values]:
        """Every thing of a kind, in its newest known version, in record order."""
        if kind not in self._records:
            self._records[kind] = self._read(kind)
        return self._records[kind]

    def of(self, kind: str, column: str, value: str | None) -> list[Values]:
        """The things whose column has a value."""
        key = (kind, column)
        if key not in self._groups:
            groups: dict[Any, list[Values]] = defaultdict(list)
            for record in self.all(kind):
                groups[record[column]].append(record)
            self._groups[key] = groups
        return [] if value is None else self._groups[key].get(value, [])

    def one(self, kind: str, value: str | None) -> Values | None:
        """The thing with an id, or ``None`` when it was not known."""
        found = self.of(kind, REACH[kind].entity[0], value)
        return found[-1] if found else None

    def _read(self, kind: str) -> list[Values]:
        if not self.history.size(kind):
            return []
        entities = self.history.entities(kind)
        codes = np.unique(entities[entities >= 0])
        window = self.history.index_by(kind, entities).before(codes, np.full(len(codes), self.as_of, dtype=np.int64))
        rows = window.latest_rows()
        rows = np.sort(rows[rows >= 0])
        names = ("record_id", *_words(kind))
        columns = [self._column(kind, name, rows) for name in names]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def _column(self, kind: str, name: str, rows: Any) -> list[Any]:
        values: list[Any] = self.history.column(kind, name)[rows].tolist()
        fact = _words(kind).get(name)
        return values if fact is None else [_plain(value, fact) for value in values]


def _plain(value: Any, fact: Fact) -> Any:
    """A column's value as CEL should see it: absent is ``None``, flags are booleans."""
    if value is None or value == NO_MOMENT or (isinstance(value, float) and isnan(value)):
        return None
    return bool(value) if fact.type is FactType.FLAG else value
