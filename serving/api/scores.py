"""Endpoints of scores."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.dependencies import PathId, PlainId, ScoreReader, ScoreWriter, State, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import IdempotencyKey, Write, write_of
from serving.callbacks.outbox import subscribe_to_case
from serving.callbacks.wishes import wish_of
from serving.contract.strict import StrictRoute
from serving.queue.anchoring import show_score
from serving.scoring import sandbox
from serving.scoring.explain import explain
from serving.scoring.explanation_schemas import ExplanationResponse, explanation_response
from serving.scoring.reading import own_scores, score_for
from serving.scoring.schemas import ScoreRequest, ScoreResponse, ScoresOut, score_response
from serving.scoring.service import Asker, moment_of, purpose_of, score_document, score_invoice, score_ready

router = APIRouter(prefix="/v1/scores", tags=["scores"], responses=ERRORS, route_class=StrictRoute)


@router.post("", response_model=ScoreResponse, summary="Score one invoice")
def create_score(
    body: ScoreRequest,
    request: Request,
    state: State,
    principal: ScoreWriter,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Score an invoice of the ledger by id, or a document that is sent along.

    The answer is stored before it is sent; what needs a person has a case in the queue. What a person decided is
    answered again (``decision``, route ``released`` or ``stopped``) until the facts change; what was sent opens no
    case. With ``callback_url`` a signed message tells of the end of the open case that the answer names. A named
    ``as_of`` and ``dry_run`` touch no case; a dry run is not stored either.
    """
    asker = Asker(
        principal.principal_id, request.scope["request_id"], purpose=purpose_of(body.as_of, dry_run=body.dry_run)
    )
    if principal.sandbox:
        with state.engine.begin() as connection:
            write = write_of(request, state, connection, principal, idempotency_key)
            return write.once(body, lambda: _rehearse(write, body))
    looked = idempotency_key is None and _asks_of_now(body)
    if looked:
        row = score_ready(state, body.invoice_id or "", asker=asker)
        if row is not None:
            return Response(score_response(row).model_dump_json(), media_type="application/json")
    now = state.clock() if looked else None  # said, so that nobody looks for what is not ready a second time
    with state.engine.begin() as connection:
        write = write_of(request, state, connection, principal, idempotency_key)
        return write.once(body, lambda: _score(write, body, asker, now=now))


def _rehearse(write: Write, body: ScoreRequest) -> ScoreResponse:
    """The sandbox's answer to a test key."""
    wish = wish_of(write.connection, write.state, body.callback_url, body.correlation_id)
    as_of, now = moment_of(write.state, body.as_of), write.state.clock()
    return sandbox.score(write.connection, body, wish, by=write.principal.principal_id, as_of=as_of, now=now)


def _asks_of_now(body: ScoreRequest) -> bool:
    """Whether a ready score answers it: an invoice of the ledger, now, to be stored, and nobody to call back."""
    plain = body.as_of is None and body.callback_url is None and not body.dry_run
    return body.invoice_id is not None and plain


def _score(write: Write, body: ScoreRequest, asker: Asker, *, now: datetime | None) -> ScoreResponse:
    wish = wish_of(write.connection, write.state, body.callback_url, body.correlation_id)
    if body.document is not None:
        as_of = moment_of(write.state, body.as_of)
        row = score_document(write.connection, write.state, body.document, as_of=as_of, asker=asker)
    else:
        asked = now if body.as_of is None else moment_of(write.state, body.as_of)
        row = score_invoice(write.connection, write.state, body.invoice_id or "", as_of=asked, asker=asker)
    subscribe_to_case(write.connection, wish, row, by=asker.principal_id)
    return score_response(row)


class ScoreQuery(BaseModel):
    """Which scores, from where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    invoice_id: PlainId | None = Field(default=None, description="only of this invoice")
    run_id: PlainId | None = Field(default=None, description="only of this run")
    cursor: PlainId | None = Field(default=None, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=200, description="rows of a page")


@router.get("", summary="The caller's scores, newest first")
def list_scores(connection: Transaction, principal: ScoreReader, query: Annotated[ScoreQuery, Query()]) -> ScoresOut:
    """Scores that this key or account asked for, as they were answered: where to go on after an interruption."""
    found = own_scores(connection, principal.principal_id, **query.model_dump())
    cursor = found[-1]["score_id"] if len(found) == query.limit else None
    return ScoresOut(scores=[score_response(row) for row in found], next_cursor=cursor)


@router.get("/{score_id}", summary="A stored score")
def read_score(score_id: PathId, state: State, connection: Transaction, principal: ScoreReader) -> ScoreResponse:
    """The score as it was answered."""
    row = score_for(connection, score_id, principal)
    show_score(connection, state, row, principal)
    return score_response(row)


@router.get("/{score_id}/explanation", summary="What stands behind a score")
def read_explanation(
    score_id: PathId,
    state: State,
    connection: Transaction,
    principal: ScoreReader,
) -> ExplanationResponse:
    """What would clear the invoice, its odd lines, and the records behind the reasons.

    Worked out when asked for, from what was known when it was scored; missing models leave lists empty and are told
    in ``degraded``.
    """
    row = score_for(connection, score_id, principal)
    show_score(connection, state, row, principal)
    return explanation_response(score_id, row["invoice_id"], explain(connection, state, row))
