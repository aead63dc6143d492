"""Every ledger record that speaks of one invoice, newest first: when it happened, when we knew, who said so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from serving.sql import Row, rows

MOST_RECORDS = 60

# Kind → how its rows name the invoice, and the columns that its sentence needs.
_ABOUT: Final = {
    "invoice": ("invoice_id = %(id)s", ("status", "amount", "currency")),
    "approval": (
        "(invoice_id = %(id)s OR subject_id = %(id)s)",
        ("subject_kind", "subject_id", "approver_id", "decision", "decided_at"),
    ),
    "note": ("invoice_id = %(id)s", ("text", "author_id")),
    "payment": ("invoice_id = %(id)s", ("amount", "currency", "paid_on")),
    "credit_note": ("invoice_id = %(id)s", ("amount", "currency", "cause")),
    "dispute": ("invoice_id = %(id)s", ("cause", "status", "amount", "currency")),
    "document_link": ("(from_id = %(id)s OR to_id = %(id)s)", ("link", "from_id", "to_id")),
    "sync_event": ("object_id = %(id)s", ("system", "success", "message")),
    "review_decision": ("invoice_id = %(id)s", ("action", "reason_code", "reviewer_id", "note")),
    "outcome": ("invoice_id = %(id)s", ("outcome", "cause")),
}


@dataclass(frozen=True)
class LedgerRow:
    """One record version: its kind, its envelope and the columns of its sentence."""

    kind: str
    row: Row

    @property
    def known_at(self) -> datetime:
        """When our systems could know it."""
        moment: datetime = self.row["known_at"]
        return moment


def records_about(connection: Connection, invoice_id: str, now: datetime) -> list[LedgerRow]:
    """The newest record versions known before ``now`` that name the invoice, newest first."""
    found = [
        LedgerRow(kind, row)
        for kind in _ABOUT
        for row in rows(connection, _query(kind), {"id": invoice_id, "now": now})
    ]
    return sorted(found, key=lambda each: (each.known_at, each.row["record_id"]), reverse=True)[:MOST_RECORDS]


def _query(kind: str) -> sql.Composed:
    where, columns = _ABOUT[kind]
    names = ("record_id", "source", "source_id", "version", "event_at", "known_at", *columns)
    return sql.SQL(
        "SELECT {names} FROM {kind} WHERE {where} AND known_at < %(now)s ORDER BY known_at DESC LIMIT {most}"
    ).format(
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        kind=sql.Identifier(kind),
        where=sql.SQL(where),
        most=sql.Literal(MOST_RECORDS),
    )
