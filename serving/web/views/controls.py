"""The controls in force and how they do, what is proposed, and what is snoozed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import yaml
from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from serving.api.dependencies import PathId, RuleReader, RuleWriter, State, Transaction
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.controls import activation, lifecycle, snoozing
from serving.controls.checks import ControlError
from serving.controls.control import Control, Severity
from serving.controls.load import compiled_set, document_of
from serving.controls.ruleset import ControlSet
from serving.controls.snoozing import Wish
from serving.controls.source import active_controls
from serving.problems import Invalid, Problem
from serving.rulebook.proposals import Actor
from serving.sql import Row
from serving.state import ServingState
from serving.web.access import see_other
from serving.web.attempt import SHORTEST_REASON, TypedForm, attempt
from serving.web.presenters.controls import ControlRow, families
from serving.web.reads.controls import fired_lately
from serving.web.reads.names import people_in
from serving.web.render import render

router = APIRouter(prefix="/controls", include_in_schema=False, default_response_class=HTMLResponse)
HOME = "/controls"
Why = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True)
class ControlsPage:
    """Context of ``controls.html``.

    Attributes:
        snoozable: controls that may be silenced for a while.
        last_day: the last day on which a snooze may end.
        refusal: why the document was not taken; ``typed`` keeps it.
    """

    version: str
    problem: str | None
    families: list[tuple[str, list[ControlRow]]]
    proposals: list[Row]
    activations: list[Row]
    snoozes: list[Row]
    snoozable: list[Control]
    first_day: date
    last_day: date
    names: Mapping[str, str]
    before: str | None
    may_propose: bool
    may_approve: bool
    typed: Mapping[str, str]
    refusal: str = ""


@dataclass(frozen=True)
class Asked:
    """One request about controls."""

    request: Request
    connection: Connection
    state: ServingState
    principal: Principal


def every_control(controls: ControlSet) -> list[tuple[Control, str]]:
    """Each control with the name of the overlay that adds it, if one does."""
    added = [(control, overlay.name) for overlay in controls.overlays for control in overlay.additional]
    return [*((control, "") for control in controls.base), *added]


def controls_page(asked: Asked, typed: Mapping[str, str] | None = None, refusal: str = "") -> Response:
    """The page, with the document that was not taken."""
    connection, now = asked.connection, asked.state.clock()
    controls = active_controls(connection, asked.state.rules.shipped, known=asked.state.controls)
    proposals, activations = lifecycle.proposals(connection), activation.activations(connection, 20)
    snoozes = snoozing.snoozes(connection, now=now, limit=50)
    every = every_control(controls)
    page = ControlsPage(
        version=controls.version,
        problem=asked.state.rules.problem(),
        families=families(every, fired_lately(connection, now)),
        proposals=proposals,
        activations=activations,
        snoozes=snoozes,
        snoozable=[control for control, _ in every if control.severity is not Severity.HARD_STOP],
        first_day=(now + timedelta(days=1)).date(),
        last_day=(now + timedelta(days=89)).date(),
        names=people_in(connection, proposals, activations, snoozes),
        before=lifecycle.PROPOSALS.before(connection),
        may_propose=asked.principal.may(Scope.RULES_WRITE),
        may_approve=asked.principal.may(Scope.RULES_APPROVE),
        typed=typed or {},
        refusal=refusal,
    )
    return render(asked.request, "controls.html", page, principal=asked.principal, status=422 if refusal else 200)


@router.get("")
def read_controls_page(request: Request, state: State, connection: Transaction, principal: RuleReader) -> Response:
    """What is in force by family, what is proposed, what is snoozed."""
    return controls_page(Asked(request, connection, state, principal))


def _set_sent(typed: TypedForm, file: UploadFile | None = None) -> dict[str, str]:
    """The form, with the content of the file where one was chosen; raises ``Invalid`` for a file that is no text."""
    if file is None or not file.size:
        return typed
    try:
        return typed | {"document": file.file.read().decode("utf-8-sig")}
    except UnicodeDecodeError as error:
        raise Invalid("the file is no text in UTF-8; choose the YAML or JSON file of a set") from error


@router.post("")
def propose(
    request: Request,
    state: State,
    connection: Transaction,
    principal: RuleWriter,
    typed: Annotated[dict[str, str], Depends(_set_sent)],
) -> Response:
    """Propose a whole set, as YAML or JSON: a file, or pasted."""
    asked = Asked(request, connection, state, principal)
    reason = typed.get("reason", "")
    if len(reason) < SHORTEST_REASON:
        return controls_page(asked, typed, "Say why the controls should change.")
    if not typed.get("document", "").strip():
        return controls_page(asked, typed, "Choose the file of a set, or paste it.")
    try:
        proposed = pasted(typed.get("document", ""))
        base = active_controls(connection, state.rules.shipped, known=state.controls)
        with connection.begin_nested():
            made = lifecycle.propose(connection, proposed, base, actor=Actor(principal.principal_id, reason))
    except Problem as refused:
        return controls_page(asked, typed, f"{refused.detail}.")
    return see_other(f"{HOME}/proposals/{made['proposal_id']}", good="Proposed. Back-test it next.")


def pasted(text: str) -> ControlSet:
    """A document out of a form, checked and compiled; raises ``Invalid``."""
    try:
        return compiled_set(document_of(yaml.safe_load(text), place="document"), place="document")
    except (yaml.YAMLError, ControlError, RecursionError) as error:
        raise Invalid(f"The document cannot be used: {str(error).splitlines()[0]}") from error


@router.get("/document")
def take_document(state: State, connection: Transaction, principal: RuleReader) -> Response:  # noqa: ARG001 - checked
    """The set in force as YAML, to be changed and proposed."""
    controls = active_controls(connection, state.rules.shipped, known=state.controls)
    text = yaml.safe_dump(controls.content, sort_keys=False, allow_unicode=True, width=120)
    headers = {"Content-Disposition": f'attachment; filename="{controls.version}.yaml"'}
    return Response(text, media_type="application/yaml", headers=headers)


@router.post("/snoozes")
def snooze(
    state: State,
    connection: Transaction,
    principal: RuleWriter,
    control_id: Annotated[str, Form(max_length=100)] = "",
    client_id: Annotated[str, Form(max_length=200)] = "",
    project_id: Annotated[str, Form(max_length=200)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    why: Why = "",
) -> Response:
    """Silence a control for one client or one project until the end of a day."""
    client, project = (text.replace("\x00", "").strip() or None for text in (client_id, project_id))
    if (client is None) == (project is None):
        return see_other(HOME, bad="Name either a client or a project.")
    try:
        end = datetime.combine(date.fromisoformat(until), time(23, 59), UTC)
    except ValueError:
        return see_other(HOME, bad="Enter the last day of the snooze.")
    wish = Wish(control_id, client, project, end, why.strip())
    actor, now = principal.principal_id, state.clock()
    good = "Snoozed: its hits are still shown, and no longer route."
    return attempt(
        connection,
        HOME,
        lambda: snoozing.create(connection, state.controls, wish, actor=actor, now=now),
        good=good,
        why=why,
    )


@router.post("/snoozes/{snooze_id}/end")
def end_snooze(
    snooze_id: PathId, state: State, connection: Transaction, principal: RuleWriter, why: Why = ""
) -> Response:
    """End a snooze before its time."""
    actor, now = principal.principal_id, state.clock()
    return attempt(
        connection,
        HOME,
        lambda: snoozing.end(connection, snooze_id, actor=actor, why=why.strip(), now=now),
        good="The snooze is over: the control routes again.",
        why=why,
    )
