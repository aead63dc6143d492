"""Endpoints of scores."""

from fastapi import APIRouter, Response

from serving.api.dependencies import PathId, ScoreReader, State, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import ScoreWrite
from serving.callbacks.outbox import subscribe_to_case, wish_of
from serving.contract.strict import StrictRoute
from serving.problems import NotFound
from serving.scoring.explain import explain
from serving.scoring.explanation_schemas import ExplanationResponse, explanation_response
from serving.scoring.repository import score_row
from serving.scoring.schemas import ScoreRequest, ScoreResponse, score_response
from serving.scoring.service import Asker, moment_of, score_document, score_invoice

router = APIRouter(prefix="/v1/scores", tags=["scores"], responses=ERRORS, route_class=StrictRoute)


@router.post("", response_model=ScoreResponse, summary="Score one invoice")
def create_score(body: ScoreRequest, write: ScoreWrite) -> Response:
    """Score an invoice of the ledger by id, or a document that is sent along.

    The answer is stored before it is sent; what needs a person has a case in the queue. With ``callback_url`` a signed
    message tells of the end of the case that the answer names; without a case there is nothing left to tell.
    """
    asker = Asker(write.principal.principal_id, write.request_id)

    def make() -> ScoreResponse:
        wish = wish_of(write.connection, write.state, body.callback_url, body.correlation_id)
        if body.document is not None:
            as_of = moment_of(write.state, body.as_of)
            row = score_document(write.connection, write.state, body.document, as_of=as_of, asker=asker)
        else:
            asked = None if body.as_of is None else moment_of(write.state, body.as_of)
            row = score_invoice(write.connection, write.state, body.invoice_id or "", as_of=asked, asker=asker)
        subscribe_to_case(write.connection, wish, row, by=asker.principal_id)
        return score_response(row)

    return write.once(body, make)


@router.get("/{score_id}", summary="A stored score")
def read_score(score_id: PathId, connection: Transaction, principal: ScoreReader) -> ScoreResponse:  # noqa: ARG001 - checked
    """The score as it was answered."""
    row = score_row(connection, score_id)
    if row is None:
        raise NotFound(f"there is no score {score_id!r}")
    return score_response(row)


@router.get("/{score_id}/explanation", summary="What stands behind a score")
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
