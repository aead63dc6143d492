"""Endpoints of the review queue."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.dependencies import CaseReader, PathId, PlainId, State, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import CaseWrite, SeniorWrite
from serving.contract.strict import StrictRoute
from serving.queue import listing, repository, service
from serving.queue.anchoring import show
from serving.queue.decide import DecisionRequest, decide
from serving.queue.listing import MOST_ROWS, CaseFilter, CaseOrder
from serving.queue.planning import undo_single
from serving.queue.reopening import reopen
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
from serving.queue.second_look import readable
from serving.queue.states import OPEN_STATES, CaseState
from serving.routing import Route
from serving.scoring.repository import score_row

router = APIRouter(prefix="/v1/cases", tags=["cases"], responses=ERRORS, route_class=StrictRoute)


class CaseQuery(BaseModel):
    """Which cases, in which order, from where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: list[CaseState] = Field(default=list(OPEN_STATES), min_length=1, description="default: all open states")
    route: Route | None = Field(default=None, description="only one route")
    client_id: PlainId | None = Field(default=None, description="only one client")
    invoice_id: PlainId | None = Field(default=None, description="only one invoice")
    mine: bool = Field(default=False, description="only what the caller holds")
    overdue: bool = Field(default=False, description="only what is past its due moment")
    team_id: PlainId | None = Field(default=None, description="only one team")
    assigned_to: PlainId | None = Field(default=None, description="only what is assigned to this account")
    project_id: PlainId | None = Field(default=None, description="only one project")
    legal_entity_id: PlainId | None = Field(default=None, description="only one legal entity")
    control_id: PlainId | None = Field(default=None, description="only where this control fired")
    group_key: PlainId | None = Field(default=None, description="only one upstream cause")
    escalation: int | None = Field(default=None, ge=1, le=2, description="only what the clock escalated, this far")
    snoozed: bool = Field(default=False, description="only what is snoozed; else it is left out of lists")
    order: CaseOrder = Field(default=CaseOrder.PRIORITY, description="what comes first")
    cursor: PlainId | None = Field(default=None, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=MOST_ROWS, description="rows of a page")


_PLAIN = (
    "team_id", "assigned_to", "project_id", "legal_entity_id", "control_id", "group_key", "escalation", "snoozed",
)  # fmt: skip


@router.get("", summary="The queue")
def list_cases(connection: Transaction, principal: CaseReader, query: Annotated[CaseQuery, Query()]) -> CasePageOut:
    """Cases as they are handed out: yours, overdue ones, then by expected cash; what you skipped last."""
    chosen = CaseFilter(
        states=tuple(query.state),
        route=query.route,
        client_id=query.client_id,
        invoice_id=query.invoice_id,
        claimed_by=principal.principal_id if query.mine else None,
        overdue=query.overdue,
        **{name: getattr(query, name) for name in _PLAIN},
    )
    page = listing.list_cases(
        connection, chosen, principal=principal, order=query.order, cursor=query.cursor, limit=query.limit
    )
    return CasePageOut(cases=[case_out(kase) for kase in page.cases], next_cursor=page.next_cursor)


@router.post(
    "/next",
    response_model=CaseOut,
    summary="Claim the next case",
    responses={204: {"description": "nothing to do"}},
)
def claim_next_case(write: CaseWrite) -> Response:
    """Claim the first case of the caller's queue. 204 when there is none for the caller."""

    def make() -> CaseOut | None:
        taken = service.claim_next(write.connection, write.state, principal=write.principal)
        return None if taken is None else case_out(taken)

    return write.once(None, make)


@router.get("/{case_id}", summary="A case with its story")
def read_case(case_id: PathId, state: State, connection: Transaction, principal: CaseReader) -> CaseDetailOut:
    """The case, its newest score, what happened to it, and whether the caller may decide it."""
    kase = readable(connection, case_id, principal)
    show(connection, state, kase, principal)  # whoever reads the score has seen it
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


@router.post("/{case_id}/claim", response_model=CaseOut, summary="Claim a case")
def claim_case(case_id: PathId, write: CaseWrite) -> Response:
    """Hold a case for the length of a lease; the answer carries the fence that every later action must send."""
    take = partial(service.claim, write.connection, write.state, case_id, principal=write.principal)
    return write.once(None, lambda: case_out(take()))


@router.post("/{case_id}/heartbeat", response_model=CaseOut, summary="Keep a claim")
def keep_case(case_id: PathId, body: Fenced, write: CaseWrite) -> Response:
    """Make the lease last longer."""
    keep = partial(service.heartbeat, write.connection, write.state, case_id, principal=write.principal)
    return write.once(body, lambda: case_out(keep(fence=body.fence)))


@router.post("/{case_id}/release", response_model=CaseOut, summary="Give a claim back")
def release_case(case_id: PathId, body: Fenced, write: CaseWrite) -> Response:
    """Open the case for others."""
    leave = partial(service.release, write.connection, case_id, principal=write.principal)
    return write.once(body, lambda: case_out(leave(fence=body.fence)))


@router.post("/{case_id}/resume", response_model=CaseOut, summary="Go on with a waiting case")
def resume_case(case_id: PathId, body: Noted, write: CaseWrite) -> Response:
    """Open a case whose answer has come."""
    go_on = partial(service.resume, write.connection, case_id, principal=write.principal)
    return write.once(body, lambda: case_out(go_on(note=body.note)))


@router.post("/{case_id}/cancel", response_model=CaseOut, summary="Cancel a case")
def cancel_case(case_id: PathId, body: Noted, write: SeniorWrite) -> Response:
    """Close a case without a decision; for seniors."""
    close = partial(service.cancel, write.connection, case_id, principal=write.principal, request_id=write.request_id)
    return write.once(body, lambda: case_out(close(note=body.note)))


@router.post("/{case_id}/decision", response_model=DecidedOut, summary="Decide a case")
def decide_case(case_id: PathId, body: DecisionRequest, write: CaseWrite) -> Response:
    """Decide under a claim, on what the case showed when it was read.

    The case is scored again first. If amount, route or firing controls differ from what it showed under the fence that
    is sent, nothing is decided (409 ``score-changed``, with what changed). A hard stop cannot be released; a control
    that asks for review is overridden with a reason and a note. Where the policy leaves time to undo, the decision
    takes effect after it: ``takes_effect_at``, and ``decision_id`` is null until then.
    """

    def make() -> DecidedOut:
        made = decide(
            write.connection, write.state, case_id, body, principal=write.principal, request_id=write.request_id
        )
        return DecidedOut(
            decision_id=made.decision_id,
            second_release_needed=made.second_release_needed,
            takes_effect_at=made.takes_effect_at,
            case=case_out(made.kase),
        )

    return write.once(body, make)


@router.post("/{case_id}/undo", response_model=CaseOut, summary="Undo your decision")
def undo_decision(case_id: PathId, write: CaseWrite) -> Response:
    """Take back a decision of yours that did not take effect yet; the case stays with you."""
    undo = partial(undo_single, write.connection, write.state, case_id, principal=write.principal)
    return write.once(None, lambda: case_out(undo(request_id=write.request_id)))


@router.post("/{case_id}/reopen", response_model=CaseOut, summary="Reopen a decided case")
def reopen_case(case_id: PathId, body: Noted, write: SeniorWrite) -> Response:
    """Open a new case on the invoice of a decided one, with a reason; for seniors. The answer is the new case."""
    again = partial(reopen, write.connection, write.state, case_id, principal=write.principal)
    return write.once(body, lambda: case_out(again(note=body.note, request_id=write.request_id)))
