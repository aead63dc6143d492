"""Writing scores down: the row, its case, the event and the audit entry, all or nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from features.catalogue import CATALOGUE_DIGEST
from serving import audit
from serving.ids import new_id
from serving.observe.metrics import count_scores
from serving.observe.stages import stage
from serving.scoring import repository
from serving.scoring.upstream import upstream_of
from serving.scoring.verdict import Verdict, needs_case
from serving.sql import Row, json_value
from serving.state import ServingState


@dataclass(frozen=True)
class Asker:
    """Who asks for scores, and under which request or run."""

    principal_id: str
    request_id: str | None = None
    run_id: str | None = None


def keep(
    connection: Connection,
    state: ServingState,
    verdicts: Sequence[Verdict],
    snapshot: str,
    asker: Asker,
    *,
    document: dict[str, Any] | None = None,
) -> list[Row]:
    """Store verdicts with their cases and tell the audit log; the rows as stored, in order.

    A single one is one statement, so that a connection that commits by itself needs a single round trip.
    """
    if not verdicts:
        return []
    with stage("store"):
        rows = _stored(connection, state, verdicts, snapshot, asker, document)
    count_scores(rows)
    return rows


def _stored(
    connection: Connection,
    state: ServingState,
    verdicts: Sequence[Verdict],
    snapshot: str,
    asker: Asker,
    document: dict[str, Any] | None,
) -> list[Row]:
    stored = [row_of(verdict, state, snapshot, asker, document) for verdict in verdicts]
    parameters = [_parameters(row, verdict) for row, verdict in zip(stored, verdicts, strict=True)]
    told = _told(stored, asker)
    if len(stored) == 1:
        query = repository.STORE_AND_TELL[needs_case(verdicts[0])]
        cases = repository.store(connection, query, [parameters[0] | told])
    else:
        cases = _store_block(connection, verdicts, parameters)
        audit.append(connection, told)
    return [row | {"case_id": cases.get(row["score_id"])} for row in stored]


def _store_block(
    connection: Connection, verdicts: Sequence[Verdict], parameters: Sequence[dict[str, Any]]
) -> dict[str, str | None]:
    cases: dict[str, str | None] = {}
    for wanted, query in repository.STORE.items():
        chosen = [one for one, verdict in zip(parameters, verdicts, strict=True) if needs_case(verdict) is wanted]
        # Cases are locked in the order of their invoices: two runs never wait for each other in a circle.
        if chosen:
            cases |= repository.store(connection, query, sorted(chosen, key=lambda one: str(one["invoice_id"])))
    return cases


def row_of(verdict: Verdict, state: ServingState, snapshot: str, asker: Asker, document: dict[str, Any] | None) -> Row:
    """A verdict as the row that is stored of it."""
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
        "risks": _plain({name: getattr(assessment, name) for name in _RISKS}),
        "reasons": _plain(assessment.reasons),
        "controls": _plain(judged.hits),
        "degraded": list(judged.degraded),
        "remedies": None if judged.remedies is None else list(judged.remedies),
        "route": verdict.routed.route.value,
        "decided_by": verdict.routed.layer.value,
        "because": verdict.routed.because,
        "sampled": verdict.routed.sampled,
        "propensity": verdict.routed.propensity,
        "requested_by": asker.principal_id,
    }


def _plain(value: Any) -> Any:
    """Dataclasses, enums and days as JSON gives them back."""
    return orjson.loads(orjson.dumps(value))


_RISKS = ("delay", "dispute", "anomaly", "clear_score", "clearable", "guarantee")
_JSON_COLUMNS = ("model_digests", "risks", "reasons", "controls")


def _array(numbers: list[float]) -> str:
    """A list of doubles as PostgreSQL writes it: one string instead of two hundred values."""
    return "{" + orjson.dumps(numbers)[1:-1].decode().replace("null", "NaN") + "}"


def _parameters(row: Row, verdict: Verdict) -> dict[str, Any]:
    documents: dict[str, Any] = {name: json_value(row[name]) for name in _JSON_COLUMNS}
    documents["features"] = _array(row["features"])
    documents["remedies"] = None if row["remedies"] is None else json_value(row["remedies"])
    documents["document"] = None if row["document"] is None else json_value(row["document"])
    kase = {
        "case_id": new_id(),
        "project_id": verdict.judged.header.project_id,
        "priority": verdict.priority.value,
        "priority_parts": json_value(verdict.priority.parts()),
        "due_at": verdict.due_at,
        "separated": list(verdict.judged.separated),
        **upstream_of(verdict.judged),
    }
    return row | documents | kase


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
