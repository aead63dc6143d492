"""The desk over which every simulated record goes: gives ids, fills the envelope, and knows when the story stops."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

from ledger.records import Record

ERP, PSA, CRM = "sim-erp", "sim-psa", "sim-crm"


def money(amount: float) -> Decimal:
    """An amount rounded to cents."""
    return Decimal(round(amount * 100)).scaleb(-2)


class Desk:
    """Collects records that are known before the horizon; later ones have not happened yet and are dropped."""

    def __init__(self, horizon: datetime) -> None:
        self.horizon = horizon
        self._records: list[Record] = []
        self._numbers: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._records)

    def next_id(self, prefix: str) -> str:
        """The next free id of a kind of thing."""
        self._numbers[prefix] += 1
        return f"{prefix}-{self._numbers[prefix]:06d}"

    def add(self, kind: type[Record], source: str, version: int = 1, *, known_at: datetime, **columns: Any) -> None:
        """Write one record version, unless it becomes known only after the horizon.

        ``event_at`` defaults to ``known_at``, ``source_id`` to the id of the thing.
        """
        if known_at >= self.horizon:
            return
        columns.setdefault("event_at", known_at)
        columns.setdefault("source_id", columns[kind.identity])
        self._records.append(kind(source=source, version=str(version), known_at=known_at, **columns))

    def take(self) -> list[Record]:
        """Everything collected since the last call."""
        records, self._records = self._records, []
        return records
