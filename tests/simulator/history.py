"""A simulated history as the tests look at it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ledger.records import Record
from simulator.truth import InvoiceTruth, Truth

INVOICES, MONTHS, SEED, END = 2500, 18, 11, date(2026, 6, 30)


@dataclass(frozen=True)
class History:
    """A simulation with its records in order and by kind, each key once (as a ledger keeps them)."""

    batches: list[list[Record]]
    kinds: dict[str, list[Any]]
    truth: Truth

    def drafts(self) -> dict[str, Any]:
        """First version of each invoice."""
        return {one.invoice_id: one for one in self.kinds["invoice"] if one.version == "1"}

    def ordinary(self) -> list[InvoiceTruth]:
        """Truths of billing-run invoices: no rebills, duplicates, mirrors."""
        return [one for one in self.truth.invoices.values() if one.document == "invoice"]


def moment(text: str) -> datetime:
    """A UTC moment from ``YYYY-MM-DD HH:MM``."""
    return datetime.fromisoformat(f"{text}+00:00")
