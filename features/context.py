"""What every family starts from: the invoices to score, each at its moment, and the records around it."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from features.asof import days_between, pick, take
from features.current import Pairs, pairs_in_force
from features.matrix import BoolArray, FloatArray, IntArray, TextArray
from features.recordset import History, first_known
from ledger.read import NO_MOMENT

T = TypeVar("T")


class Context:
    """One block of (invoice, moment) queries on a history.

    Attributes:
        history: the records.
        as_of: ``int64`` (n,), microseconds.
        before: the earlier of ``as_of`` and the moment the invoice itself became known: what its client's history is
            measured at, so that an invoice is never part of its own usual behaviour.
        rows: row number of each invoice's version in force at ``as_of``; -1 when it was not known.
    """

    def __init__(self, history: History, invoice_ids: TextArray, as_of: IntArray) -> None:
        self.history = history
        self.as_of = as_of
        self.invoice_codes = history.encode(invoice_ids.tolist())
        self.rows = history.index("invoice", "invoice_id").before(self.invoice_codes, as_of).latest_rows()
        self.before = np.minimum(as_of, first_known(history, invoice_ids.tolist()))
        self._memo: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self.as_of)

    @cached_property
    def lines(self) -> Pairs:
        """The invoice's lines in force."""
        return self.pairs("invoice_line", ("invoice_id",), self.invoice_codes)

    def memo(self, key: Hashable, make: Callable[[], T]) -> T:
        """Something derived from these queries, made at its first use."""
        if key not in self._memo:
            self._memo[key] = make()
        made: T = self._memo[key]
        return made

    def pairs(self, kind: str, by: tuple[str, ...], keys: IntArray, *, days: int | None = None) -> Pairs:
        """Records of a kind in force at ``as_of``, by key."""
        return pairs_in_force(self.history, kind, by, keys, self.as_of, days=days)

    def days_since(self, moments: IntArray, rows: IntArray) -> FloatArray:
        """Days from the moments at row numbers to ``as_of``; NaN for -1."""
        return np.where(rows >= 0, days_between(pick(moments, rows), self.as_of), np.nan)

    def number(self, name: str) -> FloatArray:
        """A numeric column of the invoice in force; NaN where unknown."""
        return self.gather("invoice", name, self.rows)

    def day(self, name: str) -> FloatArray:
        """A date column of the invoice in force, in days since 1970; NaN where unknown."""
        return self.gather_day("invoice", name, self.rows)

    def due_day(self) -> FloatArray:
        """Due day in days since 1970: as printed, else invoice date plus terms; NaN where unknown."""
        printed = self.day("due_date")
        return np.where(np.isnan(printed), self.day("invoice_date") + self.number("payment_terms_days"), printed)

    def key(self, *names: str) -> IntArray:
        """Codes of key columns of the invoice in force; -1 where unknown."""
        return self.memo(("key", names), lambda: pick(self.history.codes("invoice", *names), self.rows))

    def is_one_of(self, name: str, *values: str) -> FloatArray:
        """Whether the invoice's text column is one of ``values``: 1, 0, NaN where the invoice is unknown."""
        return self.flag(self.history.equals("invoice", name, *values), self.rows)

    def entity(self, kind: str) -> IntArray:
        """Row of the client, contract, project or legal entity in force at ``as_of``; -1 where unknown."""

        def find() -> IntArray:
            index = self.history.index(kind, f"{kind}_id")
            return index.before(self.entity_codes(kind), self.as_of).latest_rows()

        return self.memo(("entity", kind), find)

    def entity_codes(self, kind: str) -> IntArray:
        """Codes of the invoice's client, contract, project or legal entity; a contract may come from the project."""
        codes = self.key(f"{kind}_id")
        if kind != "contract":
            return codes
        return np.where(codes >= 0, codes, pick(self.history.codes("project", "contract_id"), self.entity("project")))

    def entity_key(self, kind: str, *names: str) -> IntArray:
        """Codes of key columns of the invoice's client, contract, project or legal entity; -1 where unknown."""
        return pick(self.history.codes(kind, *names), self.entity(kind))

    def gather(self, kind: str, name: str, rows: IntArray) -> FloatArray:
        """Numbers at row numbers; NaN for -1."""
        return take(self.history.column(kind, name), rows)

    def gather_day(self, kind: str, name: str, rows: IntArray) -> FloatArray:
        """Days since 1970 at row numbers; NaN for -1 and for no day."""
        return days(pick(self.history.column(kind, name), rows, missing=NO_MOMENT))

    def flag(self, mask: BoolArray, rows: IntArray) -> FloatArray:
        """A mask at row numbers as 1, 0; NaN for -1."""
        return take(mask.astype(np.float64), rows)

    def known(self, values: FloatArray, condition: BoolArray) -> FloatArray:
        """Values where ``condition`` holds, NaN elsewhere."""
        return np.where(condition, values, np.nan)


def days(column: IntArray) -> FloatArray:
    """A column of days as floats; NaN where there is none."""
    return np.where(column == NO_MOMENT, np.nan, column.astype(np.float64))


def pick_text(column: TextArray, rows: IntArray) -> list[Any]:
    """Texts at row numbers; ``None`` for -1."""
    return [column[row] if row >= 0 else None for row in rows.tolist()]
