"""Endpoints of scores."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from serving.api.dependencies import PathId, ScoreReader, ScoreWriter, State, Transaction
from serving.idempotency import body_digest, once
from serving.problems import NotFound, ProblemDocument
from serving.scoring.explain import explain
from serving.scoring.explanation_schemas import ExplanationResponse, explanation_response
from serving.scoring.repository import score_row
from serving.scoring.schemas import ScoreRequest, ScoreResponse, score_response
from serving.scoring.service import Asker, moment_of, score_document, score_invoice

router = APIRouter(prefix="/v1/scores", tags=["scores"])
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDocument, "content": {"application/problem+json": {}}}
    for status in (400, 401, 403, 404, 409, 413, 415, 422, 503)
}
IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="send the same key again to get the same answer, not a second score",
    ),
]


@router.post("", response_model=ScoreResponse, responses=ERRORS, summary="Score one invoice")
def create_score(
    body: ScoreRequest,
    request: Request,
    state: State,
    connection: Transaction,
    principal: ScoreWriter,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Score an invoice of the ledger by id, or a document that is sent along.

    The answer is stored before it is sent; what needs a person has a case in the queue.
    """
    asker = Asker(principal.principal_id, request.scope["request_id"])

    def make() -> bytes:
        as_of = moment_of(state, body.as_of)
        if body.document is not None:
            row = score_document(connection, state, body.document, as_of=as_of, asker=asker)
        else:
            row = score_invoice(connection, state, body.invoice_id or "", as_of=as_of, asker=asker)
        return score_response(row).model_dump_json().encode()

    digest = "" if idempotency_key is None else body_digest("scores", body.model_dump(mode="json"))
    answer = once(connection, principal.principal_id, idempotency_key, digest=digest, make=make)
    headers = {"Idempotency-Replayed": "true"} if answer.replayed else {}
    return Response(answer.content, media_type="application/json", headers=headers)


@router.get("/{score_id}", responses=ERRORS, summary="A stored score")
def read_score(score_id: PathId, connection: Transaction, principal: ScoreReader) -> ScoreResponse:  # noqa: ARG001 - checked
    """The score as it was answered."""
    row = score_row(connection, score_id)
    if row is None:
        raise NotFound(f"there is no score {score_id!r}")
    return score_response(row)


@router.get("/{score_id}/explanation", responses=ERRORS, summary="What stands behind a score")
def read_explanation(
    score_id: PathId,
    state: State,
    connection: Transaction,
    principal: ScoreReader,  # noqa: ARG001 - checked
) -> ExplanationResponse:
    """What would clear the invoice, its odd lines, and the records behind the reasons.

    Worked out when asked for, from what was known when it was scored; missing models leave lists empty and are told
    in ``degraded``.
    """
    row = score_row(connection, score_id)
    if row is None:
        raise NotFound(f"there is no score {score_id!r}")
    return explanation_response(score_id, row["invoice_id"], explain(connection, state, row))
