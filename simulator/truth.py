"""What only the simulator can know: true probabilities, injected anomalies and how each invoice really ends."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from math import exp
from pathlib import Path
from typing import Any

import orjson

from ledger.records.billing import Cause

_LINE = orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE


@dataclass(frozen=True)
class InvoiceTruth:
    """The truth about one invoice at the moment of its draft, and its end even beyond the horizon.

    Attributes:
        invoice_id: the invoice.
        draft_known_at: when its draft became known (ISO 8601, UTC): the scoring moment is right after it.
        hazards: cause → dispute hazard given everything that is true at the draft, client's temper included; what the
            ledger does not show (trouble without a note) is in it, so no model can reach it fully.
        visible: causes whose hazard comes from a defect and not from plain chance.
        cancel_probability: chance that the draft is cancelled instead of issued.
        expected_days_late: mean of (paid on - due date) in days at the draft, were the invoice paid in the end; it
            leaves out that banks rest on weekends.
        anomalies: names of injected billing anomalies.
        disputed: what came of it: disputed, or credited and rebilled without a dispute.
        cause: the true cause of that; ``None`` where nothing came.
        issued_on: day it is sent; ``None`` when cancelled.
        days_late: days between due date and the last payment; ``None`` when never paid.
        document: ``invoice``, ``rebill``, ``duplicate`` or ``intercompany``.
    """

    invoice_id: str
    draft_known_at: str
    hazards: dict[Cause, float]
    visible: tuple[Cause, ...]
    cancel_probability: float
    expected_days_late: float
    anomalies: tuple[str, ...] = ()
    disputed: bool = False
    cause: Cause | None = None
    issued_on: date | None = None
    days_late: int | None = None
    document: str = "invoice"

    @property
    def dispute_probability(self) -> float:
        """True P(disputed, or credited and rebilled) at the draft, in [0, 1]."""
        return dispute_probability(self.hazards, self.cancel_probability)

    @property
    def cause_probabilities(self) -> dict[Cause, float]:
        """True P(cause | dispute): hazards compete in proportion."""
        total = sum(self.hazards.values())
        return {cause: hazard / total for cause, hazard in self.hazards.items()} if total else {}

    def probability_without(self, *causes: Cause) -> float:
        """True dispute probability had the causes' hazards been taken away: what a perfect remedy would bring."""
        left = {cause: hazard for cause, hazard in self.hazards.items() if cause not in causes}
        return dispute_probability(left, self.cancel_probability)


def dispute_probability(hazards: dict[Cause, float], cancel_probability: float) -> float:
    """P(at least one hazard strikes an invoice that is not cancelled)."""
    return (1.0 - cancel_probability) * (1.0 - exp(-sum(hazards.values())))


@dataclass
class Truth:
    """The truths of a simulation by invoice id; filled while its records are consumed."""

    invoices: dict[str, InvoiceTruth] = field(default_factory=dict)

    def add(self, truth: InvoiceTruth) -> None:
        """Remember one invoice."""
        self.invoices[truth.invoice_id] = truth

    def __getitem__(self, invoice_id: str) -> InvoiceTruth:
        return self.invoices[invoice_id]

    def __len__(self) -> int:
        return len(self.invoices)

    def save(self, path: Path) -> None:
        """Write JSON Lines, one invoice a line, with the derived probabilities. It must never enter a ledger."""
        with path.open("wb") as file:
            file.writelines(orjson.dumps(_row(truth), option=_LINE) for truth in self.invoices.values())

    @classmethod
    def load(cls, path: Path) -> "Truth":
        """Read what ``save`` wrote."""
        with path.open("rb") as file:
            return cls({truth.invoice_id: truth for truth in _parse(file)})


def _row(truth: InvoiceTruth) -> dict[str, Any]:
    return {**asdict(truth), "dispute_probability": truth.dispute_probability}


def _parse(lines: Iterable[bytes]) -> Iterable[InvoiceTruth]:
    for line in lines:
        row = orjson.loads(line)
        del row["dispute_probability"]
        row["hazards"] = {Cause(cause): hazard for cause, hazard in row["hazards"].items()}
        row["visible"] = tuple(Cause(cause) for cause in row["visible"])
        row["anomalies"] = tuple(row["anomalies"])
        row["cause"] = Cause(row["cause"]) if row["cause"] else None
        row["issued_on"] = date.fromisoformat(row["issued_on"]) if row["issued_on"] else None
        yield InvoiceTruth(**row)
