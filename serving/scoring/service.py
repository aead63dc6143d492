"""The story of a score: read what was known, judge it, store it with its case, tell the audit log."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from features.catalogue import CATALOGUE_DIGEST
from features.history import load_slice
from ledger.records import Invoice, Record
from serving import audit
from serving.ids import new_id
from serving.problems import Invalid, NotFound
from serving.scoring import repository
from serving.scoring.document import InlineDocument, records_of
from serving.scoring.prepared import find_ready
from serving.scoring.verdict import Block, Header, Verdict, judge, needs_case, routed
from serving.sql import Row, json_value
from serving.state import ServingState

# Clocks of callers may be a little ahead of ours.
_FUTURE_SLACK = timedelta(seconds=1)


@dataclass(frozen=True)
class Asker:
    """Who asks for scores, and under which request or run."""

    principal_id: str
    request_id: str | None = None
    run_id: str | None = None


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


def score_invoice(
    connection: Connection, state: ServingState, invoice_id: str, *, as_of: datetime | None, asker: Asker
) -> Row:
    """Score an invoice of the ledger, as of now unless a moment is given; the stored row.

    What is ready for now is told as it was prepared (see ``serving.scoring.prepared``). Raises ``UnknownInvoice``.
    """
    if as_of is None:
        ready = find_ready(connection, state, invoice_id)
        if ready is not None:
            return _keep(connection, state, [routed(ready.judged, state)], ready.snapshot, asker)[0]
        as_of = state.clock()
    stored = score_block(connection, state, [invoice_id], as_of=as_of, asker=asker)
    if not stored:
        raise UnknownInvoice(invoice_id, as_of)
    return stored[0]


def score_document(
    connection: Connection, state: ServingState, document: InlineDocument, *, as_of: datetime, asker: Asker
) -> Row:
    """Score an invoice that was sent along; it is kept with the score and not written to the ledger."""
    records = records_of(document, as_of)
    header = next(record for record in records if isinstance(record, Invoice))
    found = repository.read_headers(connection, [header.invoice_id])
    history = load_slice(connection, [header.invoice_id], records=records, snapshot=found.snapshot)
    by_record = found.by_record | {place: _inline(header) for place in _inline_ids(history, records)}
    block = Block(history, by_record, [header.invoice_id], as_of, found.group_currency)
    verdicts = judge(block, state)
    sent = document.model_dump(mode="json")
    return _keep(connection, state, verdicts, found.snapshot, asker, document=sent)[0]


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
    found = repository.read_headers(connection, invoice_ids)
    if not found.by_record:
        return []
    history = load_slice(connection, invoice_ids, snapshot=found.snapshot)
    verdicts = judge(Block(history, found.by_record, invoice_ids, as_of, found.group_currency), state)
    return _keep(connection, state, verdicts, found.snapshot, asker)


def _keep(
    connection: Connection,
    state: ServingState,
    verdicts: Sequence[Verdict],
    snapshot: str,
    asker: Asker,
    *,
    document: dict[str, Any] | None = None,
) -> list[Row]:
    if not verdicts:
        return []
    stored = [_row(verdict, state, snapshot, asker, document) for verdict in verdicts]
    cases: dict[str, str | None] = {}
    for query, wanted in ((repository.STORE_WITH_CASE, True), (repository.STORE_CLEARED, False)):
        chosen = [
            _parameters(row, verdict)
            for row, verdict in zip(stored, verdicts, strict=True)
            if needs_case(verdict) is wanted
        ]
        cases |= _store_in_order(connection, query, chosen)
    finished = [row | {"case_id": cases.get(row["score_id"])} for row in stored]
    _tell(connection, finished, asker)
    return finished


def _store_in_order(connection: Connection, query: str, chosen: list[dict[str, Any]]) -> dict[str, str | None]:
    """Cases are locked in the order of their invoices, so that two runs never wait for each other in a circle."""
    if not chosen:
        return {}
    return repository.store(connection, query, sorted(chosen, key=lambda parameters: str(parameters["invoice_id"])))


def _row(verdict: Verdict, state: ServingState, snapshot: str, asker: Asker, document: dict[str, Any] | None) -> Row:
    judged = verdict.judged
    assessment, header = judged.assessment, judged.header
    return {
        "score_id": new_id(),
        "run_id": asker.run_id,
        "invoice_id": header.invoice_id,
        "invoice_record_id": header.record_id,
        "document": document,
        "client_id": header.client_id,
        "as_of": judged.as_of,
        "scored_at": state.clock(),
        "amount": header.amount,
        "currency": header.currency,
        "group_amount": judged.group_amount,
        "group_currency": judged.group_currency,
        "features": list(judged.features),
        "catalogue_digest": CATALOGUE_DIGEST,
        "model_digests": dict(assessment.model_digests),
        "control_version": state.controls.version,
        "policy_version": state.policy.version,
        "ledger_snapshot": snapshot,
        "risks": {name: asdict(getattr(assessment, name)) for name in ("delay", "dispute", "anomaly")}
        | {"clear_score": assessment.clear_score, "clearable": assessment.clearable}
        | {"guarantee": None if assessment.guarantee is None else asdict(assessment.guarantee)},
        "reasons": [asdict(reason) for reason in assessment.reasons],
        "controls": [asdict(hit) for hit in judged.hits],
        "degraded": list(judged.degraded),
        "route": verdict.routed.route.value,
        "decided_by": verdict.routed.layer.value,
        "because": verdict.routed.because,
        "sampled": verdict.routed.sampled,
        "propensity": verdict.routed.propensity,
        "requested_by": asker.principal_id,
    }


_JSON_COLUMNS = ("model_digests", "risks", "reasons", "controls")


def _parameters(row: Row, verdict: Verdict) -> dict[str, Any]:
    documents: dict[str, Any] = {name: json_value(row[name]) for name in _JSON_COLUMNS}
    documents["document"] = None if row["document"] is None else json_value(row["document"])
    kase = {
        "case_id": new_id(),
        "project_id": verdict.judged.header.project_id,
        "priority": verdict.priority.value,
        "priority_parts": json_value(verdict.priority.parts()),
        "due_at": verdict.due_at,
        "separated": list(verdict.judged.separated),
    }
    return row | documents | kase


def _tell(connection: Connection, stored: Sequence[Row], asker: Asker) -> None:
    """One audit entry for a score, or one for a block of a run: it binds the content of every row."""
    told = [
        {"score_id": row["score_id"], "invoice_id": row["invoice_id"], "route": row["route"], "digest": digest_of(row)}
        for row in stored
    ]
    subject = asker.run_id or stored[0]["invoice_id"]
    audit.write(
        connection,
        "scored",
        actor=asker.principal_id,
        subject=subject,
        detail={"scores": told},
        request_id=asker.request_id,
    )


def digest_of(row: Row) -> str:
    """SHA-256 (hex) of what a score says and was made from."""
    bound = {name: row[name] for name in repository.SCORE_COLUMNS if name not in ("document", "reasons")}
    return hashlib.sha256(orjson.dumps(bound, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


def rescore(connection: Connection, state: ServingState, previous: Row, *, asker: Asker) -> Row:
    """Score the same invoice again as of now: from the ledger, or the document it was sent as."""
    now = state.clock()
    if previous["document"] is None:
        return score_invoice(connection, state, previous["invoice_id"], as_of=now, asker=replace(asker, run_id=None))
    document = InlineDocument.model_validate(previous["document"])
    return score_document(connection, state, document, as_of=now, asker=replace(asker, run_id=None))
