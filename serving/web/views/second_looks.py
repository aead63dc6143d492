"""Blind second looks: take one, decide without knowing the first decision, see both, settle a disagreement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from ledger.records.billing import Cause
from serving.api.dependencies import CaseWriter, PathId, SeniorReviewer, Transaction
from serving.auth.principal import Principal
from serving.problems import Problem
from serving.queue import second_look
from serving.scoring.repository import score_row
from serving.sql import Row
from serving.web.access import see_other
from serving.web.presenters.invoice import InvoicePanel, invoice_panel
from serving.web.presenters.queue import Option
from serving.web.reads.invoice import view_invoice
from serving.web.reads.names import names_of
from serving.web.render import render
from serving.web.words import ACTION_HINTS, ACTIONS, CAUSES

router = APIRouter(prefix="/second-looks", include_in_schema=False, default_response_class=HTMLResponse)
HOME = "/second-looks"


@dataclass(frozen=True)
class LooksPage:
    """Context of ``second_looks.html``."""

    free: int
    mine: list[Row]
    disagreements: list[Row]
    agreement: Row


@dataclass(frozen=True)
class LookPage:
    """Context of ``second_look.html``: what the first reviewer knew, and nothing of what they decided."""

    look_id: str
    score: Row
    client: str
    panel: InvoicePanel
    as_of: datetime
    actions: tuple[tuple[str, str, str, bool], ...]
    reasons: tuple[Option, ...]
    note: str = ""
    refused: str = ""


@dataclass(frozen=True)
class ComparedPage:
    """Context of ``second_look_compared.html``."""

    look: Row
    settles: bool
    refused: str = ""


@router.get("")
def read_looks(request: Request, connection: Transaction, principal: CaseWriter) -> Response:
    """How many wait for the caller, what the caller's own came to, and what a senior has to settle."""
    page = LooksPage(
        free=second_look.count_free(connection, principal),
        mine=second_look.finished_by(connection, principal),
        disagreements=second_look.disagreements(connection, principal),
        agreement=second_look.agreement(connection),
    )
    return render(request, "second_looks.html", page, principal=principal)


@router.post("/next")
def take_next(connection: Transaction, principal: CaseWriter) -> Response:
    """Take the oldest look that is free for the caller, or go on with the one in hand."""
    look = second_look.take_next(connection, principal)
    if look is None:
        return see_other(HOME, bad="No second look is free for you now.")
    return see_other(f"{HOME}/{look['look_id']}")


@router.get("/{look_id}")
def read_look(request: Request, connection: Transaction, principal: CaseWriter, look_id: PathId) -> Response:
    """The look in hand, blind; or a finished one, with both decisions."""
    try:
        return _shown(request, connection, principal, second_look.in_hand(connection, look_id, principal))
    except second_look.LookEnded:
        return _compared(request, connection, principal, look_id)


@router.post("/{look_id}/decide")
def decide(
    request: Request,
    connection: Transaction,
    principal: CaseWriter,
    look_id: PathId,
    action: Annotated[str, Form(max_length=40)] = "",
    reason_code: Annotated[str, Form(max_length=40)] = "",
    note: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Write the second decision; then both are shown."""
    look = second_look.in_hand(connection, look_id, principal)
    said = {"action": action, "reason_code": reason_code or None, "note": note.replace("\x00", "").strip() or None}
    try:
        with connection.begin_nested():
            second_look.decide(connection, look_id, said, principal, request_id=request.scope["request_id"])
    except Problem as refused:
        return _shown(request, connection, principal, look, said=said, refused=refused.detail)
    return see_other(f"{HOME}/{look_id}")


@router.post("/{look_id}/settle")
def settle(
    request: Request,
    connection: Transaction,
    principal: SeniorReviewer,
    look_id: PathId,
    settled_for: Annotated[str, Form(max_length=10)] = "",
    settled_note: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """A senior says whose decision was right."""
    said = {"settled_for": settled_for, "settled_note": settled_note.replace("\x00", "").strip()}
    try:
        with connection.begin_nested():
            second_look.settle(connection, look_id, said, principal, request_id=request.scope["request_id"])
    except Problem as refused:
        if refused.status in (403, 404):
            raise
        return _compared(request, connection, principal, look_id, refused=refused.detail)
    return see_other(HOME, good="Settled.")


def _shown(
    request: Request,
    connection: Connection,
    principal: Principal,
    look: Row,
    *,
    said: dict[str, Any] | None = None,
    refused: str = "",
) -> Response:
    typed = said or {}
    score = score_row(connection, look["score_id"])
    assert score is not None
    # As it was known when the first reviewer decided: what came later may tell what became of it.
    then = look["decided_at"]
    view = view_invoice(connection, score, then)
    named = [row.get("resource_id") for row in view.lines] + [row["approver_id"] for row in view.pending]
    people = names_of(connection, "resource", named)
    entity = view.header.get("legal_entity_id") or ""
    clients = names_of(connection, "client", [score["client_id"]])
    page = LookPage(
        look_id=look["look_id"],
        score=score,
        client=clients.get(score["client_id"], ""),
        panel=invoice_panel(
            view, people=people, entity=names_of(connection, "legal_entity", [entity]).get(entity, entity), now=then
        ),
        as_of=then,
        actions=tuple((a, ACTIONS[a], ACTION_HINTS[a], a == typed.get("action")) for a in second_look.ACTIONS),
        reasons=tuple(Option(cause, CAUSES[cause], cause == typed.get("reason_code")) for cause in Cause),
        note=typed.get("note") or "",
        refused=refused,
    )
    return render(request, "second_look.html", page, principal=principal, status=422 if refused else 200)


def _compared(
    request: Request, connection: Connection, principal: Principal, look_id: str, *, refused: str = ""
) -> Response:
    look = second_look.compared(connection, look_id, principal)
    third = principal.principal_id not in (look["first_reviewer"], look["second_reviewer"])
    page = ComparedPage(look, settles=look["state"] == "disagreed" and third, refused=refused)
    return render(request, "second_look_compared.html", page, principal=principal, status=422 if refused else 200)
