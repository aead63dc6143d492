"""The invoice as it is known now: header, exact lines, the controls' facts, approvals and the client's past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from features.history import History, load_named, microseconds
from ledger.records import Invoice, InvoiceLine, Record
from serving.controls.facts import Facts, facts_of
from serving.controls.known import Known
from serving.scoring.document import InlineDocument, records_of
from serving.sql import Row, first, only, rows

MOST_APPROVALS = 12
MOST_SETTLED = 24
_HEADER = """
SELECT * FROM invoice WHERE invoice_id = %(id)s AND known_at < %(now)s
ORDER BY known_at DESC, event_at DESC, record_id DESC LIMIT 1
"""
_LINES = """
SELECT * FROM (
    SELECT DISTINCT ON (line_id) * FROM invoice_line WHERE invoice_id = %(id)s AND known_at < %(now)s
    ORDER BY line_id, known_at DESC, event_at DESC, record_id DESC
) l ORDER BY line_number, line_id
"""
_PENDING = """
SELECT approval_id, subject_kind, subject_id, approver_id, approver_role, requested_at, decided_at, invoice_id,
       count(*) OVER () AS total
FROM approval a
WHERE (project_id = %(project)s OR subject_id = %(id)s) AND known_at < %(now)s AND decided_at IS NULL
AND NOT EXISTS (
    SELECT FROM approval newer WHERE newer.approval_id = a.approval_id AND newer.known_at < %(now)s
    AND (newer.project_id = %(project)s OR newer.subject_id = %(id)s)
    AND (newer.known_at, newer.event_at, newer.record_id) > (a.known_at, a.event_at, a.record_id)
)
ORDER BY (subject_id = %(id)s) DESC, requested_at, approval_id LIMIT %(limit)s
"""
_SETTLED = """
SELECT * FROM (
    SELECT DISTINCT ON (invoice_id) invoice_id, amount, currency, due_date, settled_on,
           settled_on - due_date AS days_late
    FROM (
        SELECT * FROM invoice WHERE client_id = %(client)s AND settled_on IS NOT NULL AND due_date IS NOT NULL
        AND known_at < %(now)s ORDER BY known_at DESC LIMIT 4 * %(limit)s
    ) recent ORDER BY invoice_id, known_at DESC, event_at DESC, record_id DESC
) s ORDER BY settled_on DESC, invoice_id DESC LIMIT %(limit)s
"""


# Of the client's invoices of two years: those that were questioned, each once, with the first cause that was named.
_QUESTIONED = """
SELECT DISTINCT ON (invoice_id) invoice_id, cause, kind FROM (
    SELECT invoice_id, cause, 'dispute' AS kind, known_at FROM dispute
    WHERE client_id = %(client)s AND known_at < %(now)s AND known_at > %(now)s - interval '2 years'
    UNION ALL
    SELECT invoice_id, cause, 'credit_note', known_at FROM credit_note
    WHERE client_id = %(client)s AND known_at < %(now)s AND known_at > %(now)s - interval '2 years'
) q ORDER BY invoice_id, kind DESC, known_at
"""
_BILLED = """
SELECT count(DISTINCT invoice_id) AS billed FROM invoice
WHERE client_id = %(client)s AND status = 'issued' AND known_at < %(now)s AND known_at > %(now)s - interval '2 years'
"""


@dataclass(frozen=True)
class InvoiceView:
    """An invoice with what surrounds it, known before one moment.

    Attributes:
        header, lines: exact columns of the newest versions; an inline document's own.
        facts: what controls see of the invoice and of what it names, as floats; for comparisons, not for showing money.
        pending: unanswered approval requests on the invoice or its project, the invoice's own first; each row's
            ``total`` counts all of them.
        settled: the client's newest settlements, newest first.
        questioned: the client's invoices that were disputed or credited within two years: ``invoice_id, cause, kind``.
        billed: how many invoices the client was sent in that time.
    """

    header: Row
    lines: list[Row]
    facts: Facts
    pending: list[Row]
    settled: list[Row]
    questioned: list[Row]
    billed: int


def view_invoice(connection: Connection, score: Row, now: datetime) -> InvoiceView:
    """The invoice of a score, as known at ``now``; an inline document as it was sent."""
    invoice_id, records = score["invoice_id"], _inline_records(score)
    history: History = load_named(connection, [invoice_id], records=records)
    # A document that was sent along counts as known from its own scoring moment on.
    facts = facts_of(Known(history, microseconds(now)), invoice_id)
    key = {"id": invoice_id, "now": now}
    header = _of_document(records, Invoice) or [first(connection, _HEADER, key) or {}]
    lines = _of_document(records, InvoiceLine) if records else rows(connection, _LINES, key)
    project = header[0].get("project_id")
    pending = rows(connection, _PENDING, key | {"project": project, "limit": MOST_APPROVALS})
    client = {"client": score["client_id"], "now": now, "limit": MOST_SETTLED}
    return InvoiceView(
        header[0],
        lines,
        facts,
        pending,
        settled=rows(connection, _SETTLED, client),
        questioned=rows(connection, _QUESTIONED, client),
        billed=only(connection, _BILLED, client)["billed"],
    )


def _inline_records(score: Row) -> Sequence[Record]:
    if score["document"] is None:
        return ()
    return records_of(InlineDocument.model_validate(score["document"]), score["as_of"])


def _of_document(records: Sequence[Record], kind: type[Record]) -> list[dict[str, Any]]:
    return [record.model_dump() for record in records if isinstance(record, kind)]
