"""Writing scores down: the row, its case, the event and the audit entry, all or nothing."""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
import psycopg
from sqlalchemy import Connection

from features.catalogue import CATALOGUE_DIGEST
from serving import audit
from serving.ids import new_id
from serving.observe.metrics import count_scores
from serving.observe.stages import stage
from serving.scoring import repository
from serving.scoring.answering import Answered, Asker, Source, answered
from serving.scoring.dispositions import Disposition, Purpose
from serving.scoring.making_way import make_way
from serving.scoring.standing import locked_standing
from serving.scoring.upstream import upstream_of
from serving.scoring.verdict import Verdict
from serving.sql import Row, json_value
from serving.state import ServingState


def keep(
    connection: Connection, state: ServingState, verdicts: Sequence[Verdict], source: Source, asker: Asker
) -> list[Row]:
    """Store verdicts with their cases and tell the audit log; the rows as stored, in order.

    A dry run stores nothing but the results of a run. Raises ``DocumentConflict``.
    """
    if not verdicts:
        return []
    with stage("store"):
        ids = [verdict.judged.header.invoice_id for verdict in verdicts]
        live = asker.purpose is Purpose.LIVE
        standing = locked_standing(connection, ids) if live else {}
        if live:
            standing = make_way(
                connection,
                verdicts,
                standing,
                origin=source.origin,
                asked_by=asker.principal_id,
                request_id=asker.request_id,
            )
        found = [
            answered(verdict, state, standing.get(invoice_id), asker.purpose)
            for invoice_id, verdict in zip(ids, verdicts, strict=True)
        ]
        rows = _stored(connection, state, found, source, asker)
    count_scores(rows)
    return rows


def keep_ready(
    connection: Connection, state: ServingState, found: Answered, source: Source, asker: Asker
) -> Row | None:
    """Store one answer on a connection that commits by itself, in a single round trip.

    ``None`` when somebody decided on the invoice since its standing was read: nothing was stored then.
    """
    with stage("store"):
        try:
            row = _stored(connection, state, [found], source, asker)[0]
        except psycopg.IntegrityError as error:
            if error.diag.constraint_name != repository.OVERTAKEN:
                raise
            return None
    count_scores([row])
    return row


def _stored(
    connection: Connection, state: ServingState, found: Sequence[Answered], source: Source, asker: Asker
) -> list[Row]:
    stored = [row_of(one, state, source, asker) for one in found]
    if asker.purpose is Purpose.DRY_RUN and asker.run_id is None:
        return [row | {"case_id": None, "score_id": None} for row in stored]
    parameters = [_parameters(row, one, source) for row, one in zip(stored, found, strict=True)]
    told = _told(stored, asker)
    if len(stored) == 1:
        query = repository.STORE_AND_TELL[found[0].work]
        cases = repository.store(connection, query, [parameters[0] | told])
    else:
        cases = _store_block(connection, found, parameters)
        audit.append(connection, told)
    return [row | {"case_id": cases.get(row["score_id"])} for row in stored]


def _store_block(
    connection: Connection, found: Sequence[Answered], parameters: Sequence[dict[str, Any]]
) -> dict[str, str | None]:
    cases: dict[str, str | None] = {}
    for work, query in repository.STORE.items():
        chosen = [values for values, one in zip(parameters, found, strict=True) if one.work is work]
        # Cases are locked in the order of their invoices: two runs never wait for each other in a circle.
        if chosen:
            cases |= repository.store(connection, query, sorted(chosen, key=lambda values: str(values["invoice_id"])))
    return cases


def row_of(found: Answered, state: ServingState, source: Source, asker: Asker) -> Row:
    """An answer as the row that is stored of it."""
    judged, routed = found.verdict.judged, found.verdict.routed
    assessment, header = judged.assessment, judged.header
    return {
        "score_id": new_id(),
        "run_id": asker.run_id,
        "invoice_id": header.invoice_id,
        "invoice_record_id": header.record_id,
        "document": source.document,
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
        "ledger_snapshot": source.snapshot,
        "risks": _plain({name: getattr(assessment, name) for name in _RISKS}),
        "reasons": _plain(assessment.reasons),
        "controls": _plain(judged.hits),
        "degraded": list(judged.degraded),
        "remedies": None if judged.remedies is None else list(judged.remedies),
        "route": routed.route.value,
        "decided_by": routed.layer.value,
        "because": routed.because,
        "sampled": routed.sampled,
        "propensity": routed.propensity,
        "requested_by": asker.principal_id,
        "stage": judged.stage,
        "facts": judged.facts,
        "disposition": found.outcome.disposition.value,
        "decision": found.decision,
        "not_cleared": None if routed.not_cleared is None else _plain(routed.not_cleared),
    }


def _plain(value: Any) -> Any:
    """Dataclasses, enums and days as JSON gives them back."""
    return orjson.loads(orjson.dumps(value))


_RISKS = ("delay", "dispute", "anomaly", "clear_score", "clearable", "guarantee")
_JSON_COLUMNS = ("model_digests", "risks", "reasons", "controls")


def _array(numbers: list[float]) -> str:
    """A list of doubles as PostgreSQL writes it: one string instead of two hundred values."""
    return "{" + orjson.dumps(numbers)[1:-1].decode().replace("null", "NaN") + "}"


def _parameters(row: Row, found: Answered, source: Source) -> dict[str, Any]:
    documents: dict[str, Any] = {name: json_value(row[name]) for name in _JSON_COLUMNS}
    documents["features"] = _array(row["features"])
    for name in ("remedies", "document", "decision", "not_cleared"):
        documents[name] = None if row[name] is None else json_value(row[name])
    verdict, standing = found.verdict, found.standing
    kase = {
        "case_id": new_id(),
        "project_id": verdict.judged.header.project_id,
        "priority": verdict.priority.value,
        "priority_parts": json_value(verdict.priority.parts()),
        "due_at": verdict.due_at,
        "separated": list(verdict.judged.separated),
        "kind": found.outcome.kind.value,
        "origin": source.origin,
        "reopens": standing.case_id if standing is not None and standing.closed_at is not None else None,
        "standing_case": _answering_case(found),
        **upstream_of(verdict.judged),
    }
    return row | documents | kase


def _answering_case(found: Answered) -> str | None:
    """The case whose decision answers for the invoice."""
    decided = found.outcome.disposition is Disposition.DECIDED
    return found.standing.case_id if decided and found.standing is not None else None


def _told(stored: Sequence[Row], asker: Asker) -> dict[str, Any]:
    """One audit entry for a score, or one for a block of a run: it binds the content of every row."""
    told = [
        {"score_id": row["score_id"], "invoice_id": row["invoice_id"], "route": row["route"], "digest": digest_of(row)}
        for row in stored
    ]
    subject = asker.run_id or stored[0]["invoice_id"]
    return audit.entry(
        "scored", actor=asker.principal_id, subject=subject, detail={"scores": told}, request_id=asker.request_id
    )


def digest_of(row: Row) -> str:
    """SHA-256 (hex) of what a score says and was made from."""
    bound = {name: row[name] for name in repository.SCORE_COLUMNS if name not in ("document", "reasons")}
    return hashlib.sha256(orjson.dumps(bound, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
