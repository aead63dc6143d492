"""The case: look at it, claim it, decide it. A refusal shows the case as it is now and keeps what was typed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from ledger.records.events import ReviewAction
from serving.api.dependencies import CaseReader, PathId, State, Transaction
from serving.comments.service import say
from serving.problems import FieldError, Invalid, Problem
from serving.queue import service
from serving.queue.decide import Decided, DecisionRequest, decide
from serving.queue.planning import undo_single
from serving.queue.reopening import reopen
from serving.sql import savepoint
from serving.web.access import see_other
from serving.web.formats import clock
from serving.web.presenters.case import Draft
from serving.web.views.case_document import Acting, ActingSenior, Asked, case_document
from serving.web.words import ACTIONS

router = APIRouter(prefix="/cases", include_in_schema=False, default_response_class=HTMLResponse)
NOTE_LENGTH = 4000


def _draft(
    action: Annotated[str, Form(max_length=40)] = "",
    reason_code: Annotated[str, Form(max_length=40)] = "",
    note: Annotated[str, Form(max_length=NOTE_LENGTH)] = "",
) -> Draft:
    return Draft(action, reason_code, note.replace("\x00", "").replace("\r\n", "\n"))


Typed = Annotated[Draft, Depends(_draft)]
Fence = Annotated[int, Form(ge=0, le=2**62)]


@router.get("/{case_id}")
def read_case(
    request: Request,
    state: State,
    connection: Transaction,
    principal: CaseReader,
    case_id: PathId,
    ask: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Everything about one case; ``ask`` names the person whom the form for a question is opened for."""
    return case_document(Asked(request, state, connection, principal, case_id, ask.replace("\x00", "")))


@router.post("/{case_id}/claim")
def claim(asked: Acting, draft: Typed) -> Response:
    """Take the case; what was typed under a lost claim comes along."""
    try:
        with savepoint(asked.connection):
            service.claim(asked.connection, asked.state, asked.case_id, principal=asked.principal)
    except Problem as refused:
        return _refused(asked, refused, draft)
    return case_document(asked, draft=draft) if draft.typed else see_other(f"/cases/{asked.case_id}")


@router.post("/{case_id}/comments")
def comment(asked: Acting, text: Annotated[str, Form(max_length=NOTE_LENGTH + 1)] = "") -> Response:
    """Say something about the case; a refused comment stays in its field."""
    kase = service.find(asked.connection, asked.case_id, asked.principal)
    said = text.replace("\x00", "").replace("\r\n", "\n")
    request_id = asked.request.scope["request_id"]
    try:
        with savepoint(asked.connection):
            say(asked.connection, kase, said, principal=asked.principal, request_id=request_id)
    except Problem as refused:
        return case_document(asked, refused=refused, comment=said)
    return see_other(f"/cases/{asked.case_id}", good="Your comment is on the case.")


@router.post("/{case_id}/give-back")
def give_back(asked: Acting, fence: Fence, draft: Typed) -> Response:
    """Open the case for others."""
    try:
        with savepoint(asked.connection):
            service.release(asked.connection, asked.case_id, principal=asked.principal, fence=fence)
    except Problem as refused:
        return _refused(asked, refused, draft)
    return see_other("/queue", good="You gave the case back; it is open for others.")


@router.post("/{case_id}/resume")
def resume(asked: Acting, draft: Typed) -> Response:
    """Go on with a waiting case."""
    try:
        with savepoint(asked.connection):
            note = _needed_note(draft)
            service.resume(asked.connection, asked.case_id, principal=asked.principal, note=note)
    except Problem as refused:
        return _refused(asked, refused, draft)
    return see_other(f"/cases/{asked.case_id}", good="The case is open again.")


@router.post("/{case_id}/undo")
def undo(asked: Acting) -> Response:
    """Take a decision back that did not take effect yet."""
    request_id = asked.request.scope["request_id"]
    try:
        with savepoint(asked.connection):
            undo_single(asked.connection, asked.state, asked.case_id, principal=asked.principal, request_id=request_id)
    except Problem as refused:
        return _refused(asked, refused, Draft())
    return see_other(f"/cases/{asked.case_id}", good="Your decision is undone; the case is still yours.")


@router.post("/{case_id}/reopen")
def reopen_decided(asked: ActingSenior, draft: Typed) -> Response:
    """Open a new case on the invoice of a decided one; for seniors."""
    request_id = asked.request.scope["request_id"]
    try:
        with savepoint(asked.connection):
            fresh = reopen(
                asked.connection,
                asked.state,
                asked.case_id,
                principal=asked.principal,
                note=_needed_note(draft),
                request_id=request_id,
            )
    except Problem as refused:
        return _refused(asked, refused, draft)
    return see_other(f"/cases/{fresh['case_id']}", good="This case reopens the decided one.")


@router.post("/{case_id}/cancel")
def cancel(asked: ActingSenior, draft: Typed) -> Response:
    """Close a case whose invoice is gone; for seniors."""
    request_id = asked.request.scope["request_id"]
    try:
        with savepoint(asked.connection):
            note = _needed_note(draft)
            service.cancel(asked.connection, asked.case_id, principal=asked.principal, note=note, request_id=request_id)
    except Problem as refused:
        return _refused(asked, refused, draft)
    return see_other("/queue", good="The case is cancelled.")


def _needed_note(draft: Draft) -> str:
    if not draft.note.strip():
        raise Invalid.at("note", "say why in the note")
    return draft.note


@router.post("/{case_id}/decide")
def decide_case(
    asked: Acting, draft: Typed, fence: Fence = 0, then: Annotated[str, Form(pattern="^(next|queue)$")] = "next"
) -> Response:
    """Decide under the claim and go on to the next case, or back to the queue."""
    try:
        with savepoint(asked.connection):
            made = decide(
                asked.connection,
                asked.state,
                asked.case_id,
                _decision(draft, fence),
                principal=asked.principal,
                request_id=asked.request.scope["request_id"],
            )
    except Problem as refused:
        return _refused(asked, refused, draft)
    said = _said(made, draft)
    following = service.claim_next(asked.connection, asked.state, principal=asked.principal) if then == "next" else None
    return see_other("/queue" if following is None else f"/cases/{following['case_id']}", good=said)


def _decision(draft: Draft, fence: int) -> DecisionRequest:
    try:
        return DecisionRequest.model_validate(
            {
                "action": draft.action,
                "fence": max(fence, 1),
                "reason_code": draft.reason_code or None,
                "note": draft.note.strip() or None,
            }
        )
    except ValidationError as error:
        fields = [_field(str(item["loc"][0]), item["type"], item["msg"]) for item in error.errors()]
        raise Invalid(" ".join(field.message for field in fields), errors=fields) from error


_WORDS = {
    ("reason_code", "value_error"): "Choose a reason: this decision needs one.",
    ("reason_code", "enum"): "Choose a reason from the list.",
    ("note", "value_error"): "Write a note: this decision needs one.",
}


def _field(name: str, kind: str, message: str) -> FieldError:
    words = "Choose what to decide." if name == "action" else _WORDS.get((name, kind), message)
    return FieldError(pointer=name, message=words)


def _said(made: Decided, draft: Draft) -> str:
    action, invoice_id = ACTIONS[ReviewAction(draft.action)], made.kase["invoice_id"]
    if made.second_release_needed:
        return f"{invoice_id}: your release is noted; a second person must release it too."
    if made.takes_effect_at is not None:
        return (
            f"{invoice_id}: {action.lower()} takes effect at {clock(made.takes_effect_at)}; until then you can undo it."
        )
    return f"{invoice_id}: decided – {action.lower()}."


def _refused(asked: Asked, refused: Problem, draft: Draft) -> Response:
    """The case as it is now, with what was refused and why, and everything that was typed."""
    if isinstance(refused, service.UnknownCase):
        raise refused
    return case_document(asked, draft=draft, refused=refused)
