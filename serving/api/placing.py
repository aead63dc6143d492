"""Endpoints for not now and not me: skip, snooze, assign; and for claiming all cases of one cause."""

from functools import partial

from fastapi import APIRouter, Response

from serving.api.dependencies import PathId
from serving.api.errors import ERRORS
from serving.api.writes import CaseWrite, TeamWrite
from serving.contract.strict import StrictRoute
from serving.queue.assigning import assign, move, unassign
from serving.queue.groups import claim_group
from serving.queue.placing_schemas import (
    AssignRequest,
    CaseSnoozeRequest,
    GroupRequest,
    SkipRequest,
    TakenOut,
    TeamOfCaseRequest,
    taken_out,
)
from serving.queue.resting import skip, snooze, wake_by_hand
from serving.queue.schemas import CaseOut, case_out

router = APIRouter(prefix="/v1/cases", tags=["cases"], responses=ERRORS, route_class=StrictRoute)


@router.post("/group-claim", response_model=TakenOut, summary="Claim the cases of one cause")
def claim_cases_of_group(body: GroupRequest, write: CaseWrite) -> Response:
    """Claim every open case of one upstream cause in one go: those that the caller may have; the rest is named."""
    take = partial(claim_group, write.connection, write.state, body.group_key, principal=write.principal)
    return write.once(body, lambda: taken_out(take()))


@router.post("/{case_id}/skip", response_model=CaseOut, summary="Skip a case")
def skip_case(case_id: PathId, body: SkipRequest, write: CaseWrite) -> Response:
    """Give it back if the caller holds it; for a day it comes last for the caller."""
    pass_on = partial(skip, write.connection, case_id, body.reason, principal=write.principal)
    return write.once(body, lambda: case_out(pass_on(fence=body.fence, note=body.note)))


@router.post("/{case_id}/snooze", response_model=CaseOut, summary="Snooze a case")
def snooze_case(case_id: PathId, body: CaseSnoozeRequest, write: CaseWrite) -> Response:
    """Put it out of everybody's sight until a moment, a new record about it, or its due moment."""
    rest = partial(snooze, write.connection, write.state, case_id, principal=write.principal)
    return write.once(body, lambda: case_out(rest(until=body.until, reason=body.reason, fence=body.fence)))


@router.post("/{case_id}/wake", response_model=CaseOut, summary="Bring a snoozed case back")
def wake_case(case_id: PathId, write: CaseWrite) -> Response:
    """Bring it back into the queue now."""
    return write.once(None, lambda: case_out(wake_by_hand(write.connection, case_id, principal=write.principal)))


@router.post("/{case_id}/assignment", response_model=CaseOut, summary="Assign a case")
def assign_case(case_id: PathId, body: AssignRequest, write: TeamWrite) -> Response:
    """Give it to a person, or to nobody; the person is offered it first until it is due."""

    def make() -> CaseOut:
        if body.assigned_to is None:
            return case_out(unassign(write.connection, case_id, principal=write.principal, why=body.why))
        return case_out(assign(write.connection, case_id, body.assigned_to, principal=write.principal, why=body.why))

    return write.once(body, make)


@router.post("/{case_id}/team", response_model=CaseOut, summary="Give a case to a team")
def move_case(case_id: PathId, body: TeamOfCaseRequest, write: TeamWrite) -> Response:
    """Give a case that nobody holds to a team, or to none; rules leave it there."""
    place = partial(move, write.connection, case_id, body.team_id, principal=write.principal, why=body.why)
    return write.once(body, lambda: case_out(place()))
