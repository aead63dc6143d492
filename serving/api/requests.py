"""Endpoints that ask the accountable person. Answers are given on a page, ``/answer/{token}``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from serving.api.dependencies import CaseReader, CaseWriter, PathId, State, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import CaseWrite
from serving.asking import service
from serving.asking.schemas import AskedOut, AskOut, AskRequest, AsksOut, ask_out
from serving.asking.service import Asked, Asking
from serving.contract.strict import StrictRoute
from serving.queue.second_look import readable

router = APIRouter(prefix="/v1/cases/{case_id}/requests", tags=["cases"], responses=ERRORS, route_class=StrictRoute)


def _asking(request: Request, state: State, connection: Transaction, principal: CaseWriter, case_id: PathId) -> Asking:
    return Asking(connection, state, case_id, principal, request.scope["request_id"])


Acting = Annotated[Asking, Depends(_asking)]


@router.get("", summary="Who was asked about a case")
def list_requests(case_id: PathId, connection: Transaction, principal: CaseReader) -> AsksOut:
    """Every request of a case that the caller sees, oldest first."""
    readable(connection, case_id, principal)
    return AsksOut(requests=[ask_out(row) for row in service.listed(connection, case_id, principal)])


# The two routes whose answer may hold a link take no Idempotency-Key: a kept answer would keep the link in the clear.
@router.post("", status_code=201, summary="Ask the accountable person")
def ask_person(body: AskRequest, asking: Acting) -> AskedOut:
    """Ask one person by a link that expires; the case waits for the answer. Sent twice, it asks twice."""
    return _asked_out(service.ask(asking, body))


@router.post("/{request_id}/reminder", summary="Ask again")
def remind_person(request_id: PathId, asking: Acting) -> AskedOut:
    """Send the link again, or show a new one to pass on; older links go on working."""
    return _asked_out(service.remind(asking, request_id))


@router.post("/{request_id}/withdraw", response_model=AskOut, summary="Take a request back")
def withdraw_request(case_id: PathId, request_id: PathId, write: CaseWrite) -> Response:
    """End a request; its links lead nowhere any more. When nobody else is asked, the case is open again."""
    asking = Asking(write.connection, write.state, case_id, write.principal, write.request_id)
    return write.once(None, lambda: ask_out(service.withdraw(asking, request_id)))


def _asked_out(asked: Asked) -> AskedOut:
    return AskedOut(request=ask_out(asked.request), sent=asked.sent, link=asked.link)
