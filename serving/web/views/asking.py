"""Asking the accountable person from the case's page, reminding them, taking the question back."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from serving.api.dependencies import CaseWriter, PathId, State, Transaction
from serving.asking import service
from serving.asking.schemas import MOST_SUBJECTS, AskRequest
from serving.asking.service import Asked, Asking
from serving.problems import Problem
from serving.web.access import see_other
from serving.web.render import render

router = APIRouter(prefix="/cases/{case_id}/requests", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class AskedPage:
    """Context of ``asked.html``: a link that is shown once."""

    case_id: str
    person: str
    link: str
    until: object


@dataclass(frozen=True)
class Typed:
    """What the form holds, as it came."""

    values: dict[str, object]


def _typed(
    kind: Annotated[str, Form(max_length=20)] = "",
    question: Annotated[str, Form(max_length=4000)] = "",
    asked_id: Annotated[str, Form(max_length=200)] = "",
    asked_name: Annotated[str, Form(max_length=200)] = "",
    asked_role: Annotated[str, Form(max_length=80)] = "",
    address: Annotated[str, Form(max_length=254)] = "",
    fence: Annotated[int, Form(ge=0, le=2**62)] = 0,
    subject: Annotated[list[str] | None, Form(max_length=MOST_SUBJECTS)] = None,
) -> Typed:
    pairs = [each.partition(":") for each in subject or []]
    values: dict[str, object] = {
        "kind": kind,
        "question": question.replace("\r\n", "\n"),
        "asked_id": asked_id or None,
        "asked_name": asked_name or None,
        "asked_role": asked_role or None,
        "address": address.strip() or None,
        "fence": fence or None,
        "subjects": [{"kind": name, "id": entity_id} for name, _, entity_id in pairs],
    }
    return Typed(values)


def _asking(request: Request, state: State, connection: Transaction, principal: CaseWriter, case_id: PathId) -> Asking:
    return Asking(connection, state, case_id, principal, request.scope["request_id"])


Acting = Annotated[Asking, Depends(_asking)]


@router.post("")
def ask(request: Request, asking: Acting, typed: Annotated[Typed, Depends(_typed)]) -> Response:
    """Ask one person; where nothing is set up to send the link, it is shown here, once."""
    try:
        with asking.connection.begin_nested():
            asked = service.ask(asking, AskRequest.model_validate(typed.values))
    except ValidationError as error:
        return see_other(f"/cases/{asking.case_id}", bad=f"Nobody was asked: {_words(error)}")
    except Problem as refused:
        if refused.status == 404:
            raise
        return see_other(f"/cases/{asking.case_id}", bad=f"Nobody was asked: {refused.detail}.")
    return _shown(request, asking, asked)


def _words(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "value_error":  # our own words
        return str(first["msg"]).removeprefix("Value error, ") + "."
    field = str((first["loc"] or ("",))[0])
    return {
        "kind": "choose what is wanted.",
        "question": "write the question.",
        "address": "the address is no e-mail address.",
    }.get(field, str(first["msg"]) + ".")


@router.post("/{request_id}/reminder")
def remind(request: Request, asking: Acting, request_id: PathId) -> Response:
    """Ask again, with a new link."""
    try:
        with asking.connection.begin_nested():
            asked = service.remind(asking, request_id)
    except service.RequestEnded as refused:
        return see_other(f"/cases/{asking.case_id}", bad=refused.detail)
    return _shown(request, asking, asked)


@router.post("/{request_id}/withdraw")
def withdraw(asking: Acting, request_id: PathId) -> Response:
    """Take the question back."""
    try:
        with asking.connection.begin_nested():
            row = service.withdraw(asking, request_id)
    except service.RequestEnded as refused:
        return see_other(f"/cases/{asking.case_id}", bad=refused.detail)
    return see_other(f"/cases/{asking.case_id}", good=f"The request to {row['asked_name']} is withdrawn.")


def _shown(request: Request, asking: Asking, asked: Asked) -> Response:
    person = asked.request["asked_name"]
    if asked.link is None:
        return see_other(f"/cases/{asking.case_id}", good=f"{person} is asked; the link is on its way.")
    page = AskedPage(asking.case_id, person, asked.link, asked.request["expires_at"])
    return render(request, "asked.html", page, principal=asking.principal)
