"""One invoice at one moment as the levers see it: header, lines, papers, and what these should agree with."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from features.asof import DAY_US
from features.current import pairs_in_force
from features.reach import REACH
from features.recordset import History
from ledger.read import NO_MOMENT
from models.levers.lever import Change

UNSENT = ("draft", "approved")
_NAMED = 3


class InvoiceView:
    """Rows of a history in force around one invoice.

    Attributes:
        history: the records.
        invoice_id: the invoice.
        as_of: moment in microseconds; only what was known strictly before it counts.
    """

    def __init__(self, history: History, invoice_id: str, as_of: int) -> None:
        self.history = history
        self.invoice_id = invoice_id
        self.as_of = as_of

    def rows(self, kind: str, column: str, value: str | None) -> list[int]:
        """Row numbers of a kind in force whose key column has a value, in the order in which they became known."""
        if value is None:
            return []
        keys, moment = self.history.encode([value]), np.array([self.as_of], dtype=np.int64)
        rows: list[int] = pairs_in_force(self.history, kind, (column,), keys, moment).row.tolist()
        return rows

    def newest(self, kind: str, entity_id: str | None) -> int | None:
        """Row of a thing's version in force; ``None`` where it is not known."""
        rows = self.rows(kind, REACH[kind].entity[0], entity_id)
        return rows[-1] if rows else None

    def get(self, kind: str, row: int | None, name: str) -> Any:
        """A value as Python keeps it: ``None`` where absent, days and moments as ``int``."""
        if row is None:
            return None
        value = self.history.column(kind, name)[row]
        value = value.item() if isinstance(value, np.generic) else value
        absent = value is None or value == NO_MOMENT or value != value  # NaN is not equal to itself
        return None if absent else value

    def change(self, kind: str, row: int, **columns: Any) -> Change:
        """A new version of the row with some columns changed."""
        record_id = int(self.history.column(kind, "record_id")[row])
        return Change(kind, row, record_id, str(self.get(kind, row, REACH[kind].entity[0])), columns)

    @cached_property
    def invoice(self) -> int | None:
        """Row of the invoice's version in force."""
        return self.newest("invoice", self.invoice_id)

    @cached_property
    def lines(self) -> list[int]:
        """Rows of its lines in force."""
        return self.rows("invoice_line", "invoice_id", self.invoice_id)

    @cached_property
    def project(self) -> int | None:
        """Row of its project."""
        return self.newest("project", self.header("project_id"))

    @cached_property
    def contract(self) -> int | None:
        """Row of its contract, which may be the project's."""
        return self.newest("contract", self.header("contract_id") or self.get("project", self.project, "contract_id"))

    @cached_property
    def client(self) -> int | None:
        """Row of its client."""
        return self.newest("client", self.header("client_id"))

    @property
    def manager_id(self) -> str | None:
        """Resource id of the project manager."""
        manager: str | None = self.get("project", self.project, "manager_id")
        return manager

    @property
    def unsent(self) -> bool:
        """Whether something can still be put right before it goes out."""
        return self.header("status") in UNSENT

    @property
    def today(self) -> int:
        """The day of the moment, in days since 1970."""
        return self.as_of // DAY_US

    def header(self, name: str) -> Any:
        """A column of the invoice in force."""
        return self.get("invoice", self.invoice, name)

    def line(self, row: int, name: str) -> Any:
        """A column of a line."""
        return self.get("invoice_line", row, name)

    def billed(self, kind: str) -> list[int]:
        """Rows of the milestones, expenses or change orders that its lines bill, each once, in line order."""
        ids = dict.fromkeys(self.line(row, f"{kind}_id") for row in self.lines)
        found = (self.newest(kind, one) for one in ids)
        return [row for row in found if row is not None]

    def requests(self, subject_id: str) -> list[int]:
        """Rows of unanswered approval requests about a subject."""
        rows = self.rows("approval", "subject_id", subject_id)
        return [row for row in rows if self.get("approval", row, "decided_at") is None]

    def granted(self, row: int) -> Change:
        """The answer yes to a request."""
        return self.change("approval", row, decided_at=self.as_of - 1, decision="approved")

    def corrected(self, **columns: Any) -> Change:
        """A new version of the invoice's header; raises ``LookupError`` where it was not known."""
        if self.invoice is None:
            raise LookupError(f"invoice {self.invoice_id!r} was not known")
        return self.change("invoice", self.invoice, **columns)

    def approved(self, kind: str, rows: Sequence[int]) -> tuple[Change, ...]:
        """Timesheets or expenses approved, and the requests about them answered."""
        own = [self.change(kind, row, status="approved") for row in rows]
        answers = [self.granted(request) for change in own for request in self.requests(change.entity_id)]
        return (*own, *answers)


def named(ids: Sequence[str]) -> str:
    """Ids in a sentence: the first three and how many more."""
    more = len(ids) - _NAMED
    return ", ".join(ids[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def counted(number: int, singular: str) -> str:
    """``1 receipt``, ``2 receipts``."""
    return f"{number} {singular}" if number == 1 else f"{number} {singular}s"
