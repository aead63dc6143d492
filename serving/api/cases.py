"""Endpoints of the review queue."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.dependencies import CaseReader, CaseWriter, PathId, PlainId, State, Transaction
from serving.api.scores import ERRORS
from serving.queue import repository, service
from serving.queue.decide import DecisionRequest, decide
from serving.queue.listing import MOST_ROWS, CaseFilter, CaseOrder, list_cases
from serving.queue.schemas import (
    CaseDetailOut,
    CaseOut,
    CasePageOut,
    DecidedOut,
    Fenced,
    Noted,
    case_detail,
    case_out,
)
from serving.queue.states import OPEN_STATES, CaseState
from serving.routing import Route
from serving.scoring.repository import score_row

router = APIRouter(prefix="/v1/cases", tags=["cases"], responses=ERRORS)


class CaseQuery(BaseModel):
    """Which cases, in which order, from where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: list[CaseState] = Field(default=list(OPEN_STATES), min_length=1, description="default: all open states")
    route: Route | None = Field(default=None, description="only one route")
    client_id: PlainId | None = Field(default=None, description="only one client")
    invoice_id: PlainId | None = Field(default=None, description="only one invoice")
    mine: bool = Field(default=False, description="only what the caller holds")
    overdue: bool = Field(default=False, description="only what is past its due moment")
    order: CaseOrder = Field(default=CaseOrder.PRIORITY, description="what comes first")
    cursor: PlainId | None = Field(default=None, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=MOST_ROWS, description="rows of a page")


@router.get("", summary="The queue")
def read_cases(connection: Transaction, principal: CaseReader, query: Annotated[CaseQuery, Query()]) -> CasePageOut:
    """Cases, those that protect the most cash first."""
    chosen = CaseFilter(
        states=tuple(query.state),
        route=query.route,
        client_id=query.client_id,
        invoice_id=query.invoice_id,
        claimed_by=principal.principal_id if query.mine else None,
        overdue=query.overdue,
    )
    page = list_cases(connection, chosen, order=query.order, cursor=query.cursor, limit=query.limit)
    return CasePageOut(cases=[case_out(kase) for kase in page.cases], next_cursor=page.next_cursor)


@router.post("/next", summary="Claim the next case", responses={204: {"description": "nothing to do"}})
def claim_next(state: State, connection: Transaction, principal: CaseWriter) -> CaseOut:
    """Claim the case that protects the most cash; overdue ones first. 204 when there is none for the caller."""
    taken = service.claim_next(connection, state, principal=principal)
    return Response(status_code=204) if taken is None else case_out(taken)  # type: ignore[return-value]  # 204 has no body


@router.get("/{case_id}", summary="A case with its story")
def read_case(case_id: PathId, connection: Transaction, principal: CaseReader) -> CaseDetailOut:
    """The case, its newest score, what happened to it, and whether the caller may decide it."""
    kase = service.find(connection, case_id)
    score = score_row(connection, kase["score_id"])
    assert score is not None
    barred = service.barred_from(kase, service.reviewer_of(principal))
    return case_detail(
        kase,
        score,
        events=repository.events_of(connection, case_id),
        decisions=repository.decisions_of(connection, case_id),
        barred=None if barred is None else barred.detail,
    )


@router.post("/{case_id}/claim", summary="Claim a case")
def claim(case_id: PathId, state: State, connection: Transaction, principal: CaseWriter) -> CaseOut:
    """Hold a case for the length of a lease; the answer carries the fence that every later action must send."""
    return case_out(service.claim(connection, state, case_id, principal=principal))


@router.post("/{case_id}/heartbeat", summary="Keep a claim")
def heartbeat(case_id: PathId, body: Fenced, state: State, connection: Transaction, principal: CaseWriter) -> CaseOut:
    """Make the lease last longer."""
    return case_out(service.heartbeat(connection, state, case_id, principal=principal, fence=body.fence))


@router.post("/{case_id}/release", summary="Give a claim back")
def release(case_id: PathId, body: Fenced, connection: Transaction, principal: CaseWriter) -> CaseOut:
    """Open the case for others."""
    return case_out(service.release(connection, case_id, principal=principal, fence=body.fence))


@router.post("/{case_id}/resume", summary="Go on with a waiting case")
def resume(case_id: PathId, body: Noted, connection: Transaction, principal: CaseWriter) -> CaseOut:
    """Open a case whose answer has come."""
    return case_out(service.resume(connection, case_id, principal=principal, note=body.note))


@router.post("/{case_id}/cancel", summary="Cancel a case")
def cancel(case_id: PathId, body: Noted, request: Request, connection: Transaction, principal: CaseWriter) -> CaseOut:
    """Close a case without a decision; for seniors."""
    request_id = request.scope["request_id"]
    return case_out(service.cancel(connection, case_id, principal=principal, note=body.note, request_id=request_id))


@router.post("/{case_id}/decision", summary="Decide a case")
def decision(
    case_id: PathId,
    body: DecisionRequest,
    request: Request,
    state: State,
    connection: Transaction,
    principal: CaseWriter,
) -> DecidedOut:
    """Decide under a claim. A release is checked against the records known now: a hard stop cannot be released."""
    made = decide(connection, state, case_id, body, principal=principal, request_id=request.scope["request_id"])
    return DecidedOut(
        decision_id=made.decision_id, second_release_needed=made.second_release_needed, case=case_out(made.kase)
    )
