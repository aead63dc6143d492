"""What became of the invoices that are reviewed in the rehearsal, as the ledger tells it afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from cli.rehearsal.hours import Draw
from ledger.records.billing import Cause
from serving.sql import rows

UNSENT: Final = ("draft", "approved")
# Drafts that were there when the weeks began, and those that came since.
_VERSIONS = """
SELECT invoice_id, client_id, record_id, status, known_at FROM invoice
WHERE known_at < %(until)s AND invoice_id NOT IN (
    SELECT invoice_id FROM invoice WHERE known_at < %(start)s AND status NOT IN ('draft', 'approved'))
ORDER BY known_at, event_at, record_id
"""
_OBJECTIONS = """
SELECT DISTINCT ON (invoice_id) invoice_id, cause FROM (
    SELECT invoice_id, cause, known_at FROM dispute WHERE invoice_id = ANY(%(invoices)s)
    UNION ALL SELECT invoice_id, cause, known_at FROM credit_note WHERE invoice_id = ANY(%(invoices)s)
) o WHERE cause IS NOT NULL ORDER BY invoice_id, known_at DESC, cause
"""


@dataclass(frozen=True)
class Version:
    """One version of an invoice."""

    record_id: int
    status: str
    known_at: datetime


@dataclass(frozen=True)
class Fate:
    """An invoice's versions, oldest first, and why its client objected in the end, if it did."""

    client_id: str
    versions: tuple[Version, ...]
    objection: Cause | None = None

    def newest(self, moment: datetime) -> Version | None:
        """The version in force as far as it was known strictly before a moment."""
        known = (version for version in reversed(self.versions) if version.known_at < moment)
        return next(known, None)

    @property
    def left_at(self) -> datetime | None:
        """When it went out, or was cancelled; ``None`` while it is a draft."""
        return next((version.known_at for version in self.versions if version.status not in UNSENT), None)

    @property
    def cancelled(self) -> bool:
        """Whether it was taken back before it went out."""
        return any(version.status == "cancelled" for version in self.versions)


def read_fates(connection: Connection, start: datetime, until: datetime) -> dict[str, Fate]:
    """Fates of the invoices that were drafts at some moment of a span, by id."""
    found: dict[str, list[Version]] = {}
    clients: dict[str, str] = {}
    for row in rows(connection, _VERSIONS, {"start": start, "until": until}):
        clients[row["invoice_id"]] = row["client_id"]
        found.setdefault(row["invoice_id"], []).append(Version(row["record_id"], row["status"], row["known_at"]))
    objections = _objections(connection, sorted(found))
    return {
        invoice: Fate(clients[invoice], tuple(found[invoice]), objections.get(invoice)) for invoice in sorted(found)
    }


def trial(fates: Mapping[str, Fate], draw: Draw, *, most: int) -> frozenset[str]:
    """The invoices of a trial: those of some clients, drawn until there are so many."""
    by_client: dict[str, list[str]] = {}
    for invoice, fate in fates.items():
        by_client.setdefault(fate.client_id, []).append(invoice)
    chosen: list[str] = []
    for client in sorted(by_client, key=lambda one: draw("trial", one)):
        if len(chosen) + len(by_client[client]) <= most:
            chosen.extend(by_client[client])
    return frozenset(chosen)


def _objections(connection: Connection, invoices: Sequence[str]) -> Mapping[str, Cause]:
    told = rows(connection, _OBJECTIONS, {"invoices": list(invoices)})
    return {row["invoice_id"]: Cause(row["cause"]) for row in told}
