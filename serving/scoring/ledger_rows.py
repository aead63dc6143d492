"""Keeps inline documents apart from the ledger: a document may not carry another version of what the ledger knows."""

from typing import Any, Final

from psycopg import sql
from sqlalchemy import Connection

from ledger.records import Record
from serving.problems import Conflict, FieldError
from serving.scoring.document import PARTS, InlineDocument
from serving.sql import rows

MOST_NAMED: Final = 20


class KnownToLedger(Conflict):
    """An inline document carries the id of an invoice, or of records, that the ledger knows."""

    slug = "invoice-in-ledger"
    title = "The ledger knows this invoice"

    def __init__(self, invoice_id: str) -> None:
        super().__init__(
            f"invoice {invoice_id!r} is in the ledger: score it by invoice_id, and send changes of it as records "
            "(POST /v1/records)"
        )


class RowsInLedger(Conflict):
    """An inline document carries rows that the ledger knows under the same id."""

    slug = "rows-in-ledger"
    title = "The ledger knows some of these rows"

    def __init__(self, pointers: list[str]) -> None:
        errors = [
            FieldError(pointer=f"/document/{pointer}", message="is in the ledger: leave it out")
            for pointer in pointers[:MOST_NAMED]
        ]
        super().__init__("leave out what the ledger knows: it is read from there", errors=errors)


def _known(part: str, record: type[Record]) -> sql.Composed:
    """Ids of one part of a document that the ledger knows; a line also by the invoice that it belongs to."""
    query = "SELECT DISTINCT {part} AS part, {identity} AS id FROM {table} WHERE {identity} = ANY({ids})"
    return sql.SQL(query).format(
        part=sql.Literal(part),
        identity=sql.Identifier(record.identity),
        table=sql.Identifier(record.kind),
        ids=sql.Placeholder(part),
    )


_LINES_OF = sql.SQL("SELECT 'invoice', invoice_id FROM invoice_line WHERE invoice_id = %(invoice)s")
_KNOWN: Final = sql.SQL(" UNION ALL ").join([*(_known(part, record) for part, record in PARTS), _LINES_OF]).as_string()


def known_rows(connection: Connection, document: InlineDocument) -> set[tuple[str, str]]:
    """(part, id) of the document's rows that the ledger knows.

    Raises ``KnownToLedger`` when it knows lines of the document's invoice: the rest of it is on its way.
    """
    header: Any = document.invoice
    ids = {part: [getattr(row, record.identity) for row in getattr(document, part)] for part, record in PARTS}
    found = {(row["part"], row["id"]) for row in rows(connection, _KNOWN, ids | {"invoice": header.invoice_id})}
    if ("invoice", header.invoice_id) in found:
        raise KnownToLedger(header.invoice_id)
    return found


def refuse_known_rows(connection: Connection, document: InlineDocument) -> None:
    """Raise ``KnownToLedger`` or ``RowsInLedger`` for a document that says anew what the ledger says."""
    known = known_rows(connection, document)
    pointers = [
        f"{part}/{place}/{record.identity}"
        for part, record in PARTS
        for place, row in enumerate(getattr(document, part))
        if (part, getattr(row, record.identity)) in known
    ]
    if pointers:
        raise RowsInLedger(pointers)


def without_known_rows(connection: Connection, document: InlineDocument) -> InlineDocument:
    """The document without what the ledger came to know since it was sent: the ledger's version counts."""
    known = known_rows(connection, document)
    kept = {
        part: [row for row in getattr(document, part) if (part, getattr(row, record.identity)) not in known]
        for part, record in PARTS
    }
    return document.model_copy(update=kept) if known else document
