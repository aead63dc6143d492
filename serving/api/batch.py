"""Endpoint that scores many invoices while the caller listens."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from serving.api.dependencies import ScoreWriter, State
from serving.api.errors import ERRORS
from serving.api.writes import IdempotencyKey
from serving.batch.schemas import EXAMPLE_LINE, BatchLine, BatchRequest
from serving.batch.service import Batch, lines
from serving.contract.lines import LinesResponse, lines_content
from serving.contract.strict import StrictRoute
from serving.overload.gate import BATCH
from serving.scoring.service import Asker, moment_of, purpose_of

router = APIRouter(tags=["scores"], responses=ERRORS, route_class=StrictRoute)


_EXAMPLE_LINE = BatchLine.model_validate(EXAMPLE_LINE).model_dump_json() + "\n"
_CONTENT = lines_content(_EXAMPLE_LINE, line="BatchLine")
_LINES: dict[int | str, dict[str, Any]] = {200: {"description": "a line per item, in order", "content": _CONTENT}}


@router.post(
    BATCH,
    response_model=BatchLine,
    response_class=LinesResponse,
    summary="Score many invoices now",
    responses=_LINES,
)
def score_batch(
    body: BatchRequest,
    request: Request,
    state: State,
    principal: ScoreWriter,
    idempotency_key: IdempotencyKey = None,
) -> StreamingResponse:
    """Score up to 1,000 invoices; the answer has a JSON line per item, in order, sent as blocks are stored.

    A line tells a score or a problem, never fails the others, and is durable when it is sent. With an Idempotency-Key,
    a batch that broke off is sent again: what was scored is told again (``replayed``), the rest is scored.
    """
    asker = Asker(
        principal.principal_id, request.scope["request_id"], purpose=purpose_of(body.as_of, dry_run=body.dry_run)
    )
    batch = Batch(state, body.items, moment_of(state, body.as_of), asker, idempotency_key, body.as_of)
    return LinesResponse(lines(batch))
