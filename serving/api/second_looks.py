"""Endpoints of blind second looks: take one, decide without knowing the first decision, compare, settle."""

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from serving.api.dependencies import CaseWriter, PathId, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import CaseWrite, SeniorWrite
from serving.auth.principal import Principal
from serving.contract.strict import StrictRoute
from serving.queue import second_look
from serving.queue.look_schemas import (
    AgreementOut,
    LookDecisionRequest,
    LookDetailOut,
    LookOut,
    LooksOut,
    SettlementRequest,
    look_detail,
    look_out,
)
from serving.scoring.repository import score_row
from serving.sql import Row

router = APIRouter(prefix="/v1/second-looks", tags=["cases"], responses=ERRORS, route_class=StrictRoute)


@router.get("", summary="Second looks")
def list_looks(connection: Transaction, principal: CaseWriter) -> LooksOut:
    """How many wait for the caller, what the caller's own came to, what a senior has to settle, and the agreement."""
    held = second_look.held_by(connection, principal)
    return LooksOut(
        free=second_look.count_free(connection, principal),
        in_hand=None if held is None else held["look_id"],
        finished=[look_out(row) for row in second_look.finished_by(connection, principal)],
        disagreements=[look_out(row) for row in second_look.disagreements(connection, principal)],
        agreement=AgreementOut.model_validate(second_look.agreement(connection)),
    )


@router.post(
    "/next",
    response_model=LookDetailOut,
    summary="Take a second look",
    responses={204: {"description": "none is free for the caller"}},
)
def take_look(write: CaseWrite) -> Response:
    """The look that the caller has in hand, else the oldest that is free for them. Until they have decided they are
    kept from the case itself.
    """

    def make() -> LookDetailOut | None:
        taken = second_look.take_next(write.connection, write.principal)
        return None if taken is None else _seen(write.connection, taken["look_id"], write.principal)

    return write.once(None, make)


@router.get("/{look_id}", summary="One second look")
def read_look(look_id: PathId, connection: Transaction, principal: CaseWriter) -> LookDetailOut:
    """The look in hand, blind; a finished one, with both decisions, for its second reviewer and for seniors."""
    return _seen(connection, look_id, principal)


@router.post("/{look_id}/decision", response_model=LookOut, summary="Decide a second time")
def decide_look(look_id: PathId, body: LookDecisionRequest, write: CaseWrite) -> Response:
    """Write down what the caller would have decided; the answer shows both decisions."""
    said = body.model_dump()
    return write.once(body, lambda: look_out(_decided(look_id, said, write)))


@router.post("/{look_id}/settlement", response_model=LookOut, summary="Settle a disagreement")
def settle_look(look_id: PathId, body: SettlementRequest, write: SeniorWrite) -> Response:
    """A senior who is neither of the two says whose decision was right."""
    said = body.model_dump()

    def make() -> LookOut:
        settled = second_look.settle(write.connection, look_id, said, write.principal, request_id=write.request_id)
        return look_out(settled)

    return write.once(body, make)


def _decided(look_id: str, said: dict[str, Any], write: CaseWrite) -> Row:
    second_look.in_hand(write.connection, look_id, write.principal)  # before its fields: it may not be the caller's
    return second_look.decide(write.connection, look_id, said, write.principal, request_id=write.request_id)


def _seen(connection: Connection, look_id: str, principal: Principal) -> LookDetailOut:
    try:
        look = second_look.in_hand(connection, look_id, principal)
    except second_look.LookEnded:
        look = second_look.compared(connection, look_id, principal)
    score = score_row(connection, look["score_id"])
    assert score is not None
    return look_detail(look, score)
