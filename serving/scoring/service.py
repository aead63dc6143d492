"""The story of a score: read what was known, judge it, store it with its case, tell the audit log."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from features.history import load_slice
from ledger.records import Invoice, Record
from serving.observe.metrics import READY
from serving.observe.stages import stage
from serving.problems import Invalid, NotFound
from serving.scoring import repository
from serving.scoring.answering import Asker, Source, answered
from serving.scoring.dispositions import Purpose
from serving.scoring.document import InlineDocument, records_of
from serving.scoring.keeping import keep, keep_ready
from serving.scoring.ledger_rows import KnownToLedger, refuse_known_rows, without_known_rows
from serving.scoring.making_way import LEDGER, why_in_the_way
from serving.scoring.prepared import Ready, find_ready
from serving.scoring.verdict import Block, Header, judge, routed
from serving.sql import Row
from serving.state import ServingState

__all__ = [
    "Asker",
    "KnownToLedger",
    "Purpose",
    "UnknownInvoice",
    "moment_of",
    "purpose_of",
    "rescore",
    "score_block",
    "score_document",
    "score_invoice",
    "score_ready",
]

# Clocks of callers may be a little ahead of ours.
_FUTURE_SLACK = timedelta(seconds=1)


class UnknownInvoice(NotFound):
    """The ledger knew no such invoice at the moment asked for."""

    slug = "unknown-invoice"
    title = "Unknown invoice"

    def __init__(self, invoice_id: str, as_of: datetime) -> None:
        super().__init__(f"the ledger knew no invoice {invoice_id!r} before {as_of.isoformat()}")


def moment_of(state: ServingState, as_of: datetime | None) -> datetime:
    """The scoring moment: now unless given; raises ``Invalid`` for the future, which nobody knows."""
    now = state.clock()
    if as_of is None:
        return now
    if as_of > now + _FUTURE_SLACK:
        raise Invalid.at("/as_of", "lies in the future; leave it out to score as of now")
    return as_of


def purpose_of(as_of: datetime | None, *, dry_run: bool) -> Purpose:
    """Why a caller asks: of now, of a moment that they name, or to see what would come."""
    if dry_run:
        return Purpose.DRY_RUN
    return Purpose.LIVE if as_of is None else Purpose.HISTORICAL


def score_invoice(
    connection: Connection, state: ServingState, invoice_id: str, *, as_of: datetime | None, asker: Asker
) -> Row:
    """Score an invoice of the ledger, as of now unless a moment is given; the stored row.

    What is ready for now is told as it was prepared (see ``serving.scoring.prepared``). Raises ``UnknownInvoice``.
    """
    state = state.pinned()
    if as_of is None:
        ready = _look_for_ready(connection, state, invoice_id)
        if ready is not None:
            return keep(connection, state, [routed(ready.judged, state)], Source(ready.snapshot), asker)[0]
        as_of = state.clock()
    stored = score_block(connection, state, [invoice_id], as_of=as_of, asker=asker)
    if not stored:
        raise UnknownInvoice(invoice_id, as_of)
    return stored[0]


def score_ready(state: ServingState, invoice_id: str, *, asker: Asker) -> Row | None:
    """Store what is ready for an invoice, on a connection that commits by itself; ``None`` when nothing is.

    Two round trips to the database: one to find it, one to store score, case, event and audit entry. What needs more
    (an open case to close first, a decision that was taken in between) is left to a transaction: ``None``.
    """
    state = state.pinned()
    with state.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        ready = _look_for_ready(connection, state, invoice_id)
        if ready is None:
            return None
        verdict = routed(ready.judged, state)
        if ready.standing is not None and why_in_the_way(verdict, ready.standing, origin=LEDGER) is not None:
            return None
        found = answered(verdict, state, ready.standing, asker.purpose)
        return keep_ready(connection, state, found, Source(ready.snapshot), asker)


def _look_for_ready(connection: Connection, state: ServingState, invoice_id: str) -> Ready | None:
    with stage("ready"):
        ready = find_ready(connection, state, invoice_id)
    READY.labels("no" if ready is None else "yes").inc()
    return ready


def score_document(
    connection: Connection, state: ServingState, document: InlineDocument, *, as_of: datetime, asker: Asker
) -> Row:
    """Score an invoice that was sent along; it is kept with the score and not written to the ledger.

    Raises ``KnownToLedger`` for an id that the ledger knows, ``RowsInLedger`` for rows that it knows, and
    ``DocumentConflict`` for an id that was used for another client's or company's invoice: a document never takes over
    somebody else's case, and says nothing anew that the ledger says.
    """
    state = state.pinned()
    records = records_of(document, as_of)
    header = next(record for record in records if isinstance(record, Invoice))
    with stage("ledger"):
        found = repository.read_headers(connection, [header.invoice_id])
        if found.by_record:
            raise KnownToLedger(header.invoice_id)
        refuse_known_rows(connection, document)
        history = load_slice(connection, [header.invoice_id], records=records, snapshot=found.snapshot)
    block = Block(history, inline_headers(history, records), [header.invoice_id], as_of, found.group_currency)
    verdicts = judge(block, state)
    return keep(connection, state, verdicts, Source(found.snapshot, document.model_dump(mode="json")), asker)[0]


def inline_headers(history: Any, records: Sequence[Record]) -> dict[int, Header]:
    """The headers of invoices that were sent along, by the record ids that the history gave them."""
    invoices = [record for record in records if isinstance(record, Invoice)]
    return {place: _inline(header) for header in invoices[:1] for place in _inline_ids(history, records)}


def _inline_ids(history: Any, records: Sequence[Record]) -> list[int]:
    """Record ids that the history gave to the invoices among the inline records: the last ones."""
    count = sum(isinstance(record, Invoice) for record in records)
    ids: list[int] = history.column("invoice", "record_id")[-count:].tolist()
    return ids


def _inline(invoice: Invoice) -> Header:
    people = sorted(filter(None, (invoice.prepared_by, invoice.owner_id)))
    return Header(
        invoice_id=invoice.invoice_id,
        record_id=None,
        client_id=invoice.client_id,
        project_id=invoice.project_id,
        legal_entity_id=invoice.legal_entity_id,
        amount=invoice.amount,
        currency=invoice.currency,
        people=tuple(people),
    )


def score_block(
    connection: Connection, state: ServingState, invoice_ids: Sequence[str], *, as_of: datetime, asker: Asker
) -> list[Row]:
    """Score invoices of the ledger together; rows of those that were known, in the order asked for."""
    state = state.pinned()
    with stage("ledger"):
        found = repository.read_headers(connection, invoice_ids)
        if not found.by_record:
            return []
        history = load_slice(connection, invoice_ids, snapshot=found.snapshot)
    verdicts = judge(Block(history, found.by_record, invoice_ids, as_of, found.group_currency), state)
    return keep(connection, state, verdicts, Source(found.snapshot), asker)


def rescore(connection: Connection, state: ServingState, previous: Row, *, asker: Asker) -> Row:
    """Score the same invoice again as of now: from the ledger, or the document it was sent as.

    What was sent as a document and is in the ledger by now is the ledger's invoice; rows of a document that the ledger
    came to know are read from the ledger.
    """
    now, again = state.clock(), replace(asker, run_id=None, purpose=Purpose.LIVE)
    if previous["document"] is not None:
        document = InlineDocument.model_validate(previous["document"])
        try:
            document = without_known_rows(connection, document)
            return score_document(connection, state, document, as_of=now, asker=again)
        except KnownToLedger:
            pass
    return score_invoice(connection, state, previous["invoice_id"], as_of=now, asker=again)
