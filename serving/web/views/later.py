"""Not now, and not me: skip a case, snooze it, bring it back, give it to a person or a team."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import CaseWriter, PathId, State, TeamAdmin, Transaction
from serving.problems import Problem
from serving.queue import service
from serving.queue.assigning import assign, move, unassign
from serving.queue.resting import SkipReason, skip, snooze, wake_by_hand
from serving.queue.service import UnknownCase
from serving.queue.teams import reviewers, team_names
from serving.sql import Row
from serving.web.access import see_other
from serving.web.render import render

router = APIRouter(prefix="/cases/{case_id}", include_in_schema=False, default_response_class=HTMLResponse)
Fence = Annotated[int | None, Form(ge=0, le=2**62)]
Words = Annotated[str, Form(max_length=1000)]


@router.post("/skip")
def skip_case(
    case_id: PathId,
    state: State,
    connection: Transaction,
    principal: CaseWriter,
    reason: Annotated[SkipReason, Form()],
    note: Words = "",
    fence: Fence = None,
) -> Response:
    """Leave the case to others, and take the next one."""
    try:
        with connection.begin_nested():
            skip(connection, case_id, reason, principal=principal, fence=fence, note=_plain(note))
    except Problem as refused:
        return _refused(case_id, refused)
    following = service.claim_next(connection, state, principal=principal)
    target = "/queue" if following is None else f"/cases/{following['case_id']}"
    return see_other(target, good="You skipped the case; for a day others go first.")


@router.post("/snooze")
def snooze_case(
    case_id: PathId,
    state: State,
    connection: Transaction,
    principal: CaseWriter,
    reason: Words = "",
    days: Annotated[int, Form(ge=1, le=30)] = 1,
    fence: Fence = None,
) -> Response:
    """Put the case out of sight for some days."""
    if not _plain(reason):
        return see_other(f"/cases/{case_id}", bad="Say what the case waits for; then it can be snoozed.")
    until = state.clock() + timedelta(days=days)
    try:
        with connection.begin_nested():
            snooze(connection, state, case_id, principal=principal, until=until, reason=_plain(reason), fence=fence)
    except Problem as refused:
        return _refused(case_id, refused)
    return see_other("/queue", good=f"The case is out of sight for {days} day{'' if days == 1 else 's'}.")


@router.post("/wake")
def wake_case(case_id: PathId, connection: Transaction, principal: CaseWriter) -> Response:
    """Bring a snoozed case back."""
    try:
        with connection.begin_nested():
            wake_by_hand(connection, case_id, principal=principal)
    except Problem as refused:
        return _refused(case_id, refused)
    return see_other(f"/cases/{case_id}", good="The case is back in the queue.")


@dataclass(frozen=True)
class PlacePage:
    """Context of ``place.html``."""

    kase: Row
    people: list[Row]
    teams: list[Row]


@router.get("/place")
def read_place(request: Request, case_id: PathId, connection: Transaction, principal: TeamAdmin) -> Response:
    """To whom a case can be given."""
    kase = service.find(connection, case_id, principal)
    page = PlacePage(kase, reviewers(connection), team_names(connection, viewer=None))
    return render(request, "place.html", page, principal=principal)


@router.post("/place")
def place_case(
    case_id: PathId,
    connection: Transaction,
    principal: TeamAdmin,
    person: Annotated[str, Form(max_length=200)] = "",
    team: Annotated[str | None, Form(max_length=200)] = None,
    why: Words = "",
) -> Response:
    """Give the case to a person, to nobody, or to a team; exactly one of them is asked for."""
    if not _plain(why):
        return see_other(f"/cases/{case_id}/place", bad="Say why; it is kept in the audit log.")
    try:
        with connection.begin_nested():
            if team is not None:
                move(connection, case_id, team or None, principal=principal, why=_plain(why))
            elif person:
                assign(connection, case_id, person, principal=principal, why=_plain(why))
            else:
                unassign(connection, case_id, principal=principal, why=_plain(why))
    except Problem as refused:
        return _refused(f"{case_id}/place", refused)
    return see_other(f"/cases/{case_id}", good="The case is placed.")


def _refused(place: str, refused: Problem) -> Response:
    if isinstance(refused, UnknownCase):
        raise refused
    fields = "; ".join(error.message for error in refused.errors) if refused.errors else ""
    said = fields or refused.detail
    return see_other(f"/cases/{place}", bad=f"{refused.title}: {said}.")


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()
