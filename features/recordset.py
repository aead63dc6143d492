"""The records that features read, as columns, with the codes, indexes and derived tables made from them once."""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import numpy as np

from features.asof import NEVER, EventIndex, pick, superseded_at
from features.lineage import lineage
from features.matrix import BoolArray, FloatArray, IntArray, TextArray
from features.reach import REACH, read_columns_of
from ledger.read import Columns, to_columns

T = TypeVar("T")
_HALF = 31
Vector = FloatArray
# What is derived from the rows of the one kind that its key names second.
_OF_ONE_KIND = frozenset({"codes", "index", "entity index", "ends", "equals", "present"})


def text_digest(text: str) -> str:
    """SHA-256 (hex) of a note's text: the key of its embedding."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _no_records(kind: str) -> Columns:
    return to_columns(kind, read_columns_of(kind), ())


class History:
    """Columns per kind, with codes, indexes and derived tables made once and kept.

    Args:
        columns: kind → columns as of ``ledger.read.read_columns``; a kind that is not there has no records.
        similarities: note digest → similarity to each anchor group, ``float64``.
    """

    def __init__(self, columns: Mapping[str, Columns], similarities: Mapping[str, Vector] | None = None) -> None:
        self._columns = dict(columns)
        self.similarities: Mapping[str, Vector] = similarities or {}
        # Whatever is missing has the code -1.
        self._codes: dict[Hashable, int] = {None: -1}
        self._pairs: dict[int, int] = {-1: -1}
        self._memo: dict[Hashable, Any] = {}

    def appended(self, columns: Mapping[str, Columns]) -> "History":
        """The same with more rows at the end of some kinds; what was derived from the others alone is shared."""
        other = History({**self._columns, **columns}, self.similarities)
        other._codes, other._pairs = self._codes, self._pairs
        for key, made in self._memo.items():
            if not isinstance(key, tuple) or key[0] not in _OF_ONE_KIND:
                continue
            if key[1] not in columns:
                other._memo[key] = made
            elif key[0] == "codes" and len(key[2]) == 1:
                more = columns[key[1]][key[2][0]][len(made) :].tolist()
                other._memo[key] = np.concatenate([made, other.encode(more)])
        return other

    @property
    def kinds(self) -> Mapping[str, Columns]:
        """The columns, kind by kind, of the kinds that were loaded."""
        return self._columns

    def columns(self, kind: str) -> Columns:
        """All columns of a kind; empty ones when it has no records."""
        if kind not in self._columns:
            self._columns[kind] = dict(_no_records(kind))
        return self._columns[kind]

    def column(self, kind: str, name: str) -> Any:
        """One column: ``float64``, ``int64`` (moments and days) or ``object`` (text)."""
        return self.columns(kind)[name]

    def size(self, kind: str) -> int:
        """Number of record versions of a kind."""
        return len(self.columns(kind)["record_id"])

    def memo(self, key: Hashable, make: Callable[[], T]) -> T:
        """A derived table, made at its first use."""
        if key not in self._memo:
            self._memo[key] = make()
        made: T = self._memo[key]
        return made

    def encode(self, values: Iterable[Hashable]) -> IntArray:
        """Codes of keys, the same for equal keys; -1 for ``None`` (also inside of a tuple).

        A tuple has the code that :meth:`codes` gives to several columns together.
        """
        codes, keys = self._codes, list(values)
        if not keys:
            return np.empty(0, dtype=np.int64)
        for key in dict.fromkeys(keys):
            if key not in codes:
                codes[key] = self._tuple(key) if type(key) is tuple else len(codes) - 1
        return np.fromiter(map(codes.__getitem__, keys), dtype=np.int64, count=len(keys))

    def _tuple(self, values: tuple[Hashable, ...]) -> int:
        whole, *rest = self.encode(values).tolist()
        for part in rest:
            both = -1 if whole < 0 or part < 0 else whole << _HALF | part
            whole = self._pairs.setdefault(both, len(self._pairs) - 1)
        return int(whole)

    def join(self, first: IntArray, second: IntArray) -> IntArray:
        """Codes of pairs of codes, the same for equal pairs; -1 where one of them is."""
        if not len(first):
            return first
        both = np.where((first >= 0) & (second >= 0), (first << _HALF) | second, -1)
        distinct, places = np.unique(both, return_inverse=True)
        pairs = self._pairs
        return np.array([pairs.setdefault(pair, len(pairs) - 1) for pair in distinct.tolist()], dtype=np.int64)[places]

    def codes(self, kind: str, *names: str) -> IntArray:
        """Codes of one key column, or of several together."""

        def make() -> IntArray:
            if len(names) == 1:
                return self.encode(self.column(kind, names[0]).tolist())
            return self.join(self.codes(kind, *names[:-1]), self.codes(kind, names[-1]))

        return self.memo(("codes", kind, names), make)

    def entities(self, kind: str) -> IntArray:
        """Code of the thing of which each row is a version."""
        return self.codes(kind, *REACH[kind].entity)

    def index(self, kind: str, *names: str) -> EventIndex:
        """Rows of a kind by key columns and the moment they became known."""
        return self.memo(("index", kind, names), lambda: self.index_by(kind, self.codes(kind, *names)))

    def index_by(self, kind: str, keys: IntArray) -> EventIndex:
        """Rows of a kind by given codes; rows with -1 are left out."""
        columns = self.columns(kind)
        return EventIndex.build(keys, columns["known_at"], event_at=columns["event_at"], record_id=columns["record_id"])

    def ends(self, kind: str) -> IntArray:
        """For each row, the moment the same thing's next version became known."""
        index = self.memo(("entity index", kind), lambda: self.index_by(kind, self.entities(kind)))
        return self.memo(("ends", kind), lambda: superseded_at(self.entities(kind), index))

    def first_versions(self, kind: str) -> BoolArray:
        """Which rows are the first known version of their thing."""
        return self.memo(("first", kind), lambda: self._first(kind, np.ones(self.size(kind), dtype=bool)))

    def first_where(self, name: str, kind: str, mask: BoolArray) -> BoolArray:
        """Which rows are the first of their thing for which ``mask`` holds; ``name`` identifies the mask."""
        return self.memo(("first", kind, name), lambda: self._first(kind, mask))

    def _first(self, kind: str, mask: BoolArray) -> BoolArray:
        entities = np.where(mask, self.entities(kind), -1)
        index = self.index_by(kind, entities)
        first = np.zeros(len(entities), dtype=bool)
        first[index.order[index.group_starts(entities)]] = True
        return first

    def first_known_rows(self) -> IntArray:
        """For each invoice version, when its invoice's first version became known (microseconds)."""
        return self.memo("first known", lambda: first_known(self, self.column("invoice", "invoice_id")))

    def equals(self, kind: str, name: str, *values: str) -> BoolArray:
        """Which rows' text is one of ``values``."""

        def compare() -> BoolArray:
            wanted = set(values)
            return np.array([value in wanted for value in self.column(kind, name).tolist()], dtype=bool)

        return self.memo(("equals", kind, name, values), compare)

    def present(self, kind: str, name: str) -> BoolArray:
        """Which rows have a text at all."""

        def look() -> BoolArray:
            return np.array([bool(value) for value in self.column(kind, name).tolist()], dtype=bool)

        return self.memo(("present", kind, name), look)

    def lineage(self, invoice_id: str, as_of: int) -> dict[str, list[int]]:
        """Record ids per kind of the versions that could count for an invoice at ``as_of`` (microseconds)."""
        return {kind: ids.tolist() for kind, ids in lineage(self._columns, invoice_id, as_of).items()}

    def note_similarities(self) -> FloatArray:
        """Similarity of each note version to each anchor group, ``float64`` (notes, groups); NaN if not embedded."""

        def look_up() -> FloatArray:
            width = len(next(iter(self.similarities.values()), ()))
            blank = np.full(width, np.nan)
            rows = [self.similarities.get(text_digest(text), blank) for text in self.column("note", "text").tolist()]
            return np.array(rows, dtype=np.float64).reshape(len(rows), width)

        return self.memo("note similarities", look_up)


def first_known(history: History, invoice_ids: Sequence[str] | TextArray) -> IntArray:
    """When each invoice's first version became known, in microseconds; ``NEVER`` for an unknown invoice."""
    index = history.index("invoice", "invoice_id")
    keys = history.encode(list(invoice_ids))
    rows = index.before(keys, np.full(len(keys), NEVER)).first_rows()
    return pick(history.column("invoice", "known_at"), rows, missing=NEVER)
