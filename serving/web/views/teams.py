"""Teams, for managers: members with their skills and caps, and the rules that say whose a case is."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from ledger.records.billing import Cause
from ledger.records.parties import BillingMethod
from serving.api.dependencies import PathId, State, TeamAdmin, Transaction
from serving.auth.principal import Principal
from serving.problems import Problem
from serving.queue import routing_rules, teams
from serving.queue.resting import skips_by_reason
from serving.routing import Route
from serving.sql import Row
from serving.state import ServingState
from serving.web.access import see_other
from serving.web.presenters.queue_filters import Option
from serving.web.reads.names import legal_entities
from serving.web.reads.queue import group_currency
from serving.web.render import render
from serving.web.words import CAUSES, ROUTES, SKIPS, plain

router = APIRouter(prefix="/teams", include_in_schema=False, default_response_class=HTMLResponse)
HOME = "/teams"
Words = Annotated[str, Form(max_length=1000)]
Name = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class TeamsPage:
    """Context of ``teams.html``.

    Attributes:
        rules: in the order in which they are asked, each with what it says ``in_words``.
        choices: field of the rule's form → its options.
        typed: what stood in the rule's form; ``preview``: how many open cases it would be about.
        refusal: why the rule was not written.
    """

    teams: list[Row]
    rules: list[Row]
    people: list[Row]
    choices: dict[str, tuple[Option, ...]]
    skips: list[tuple[str, Row]]
    currency: str
    typed: dict[str, str] = field(default_factory=dict)
    preview: int | None = None
    refusal: str = ""


@dataclass(frozen=True)
class Asked:
    """One request about teams."""

    request: Request
    connection: Connection
    state: ServingState
    principal: Principal


@router.get("")
def read_teams(request: Request, state: State, connection: Transaction, principal: TeamAdmin) -> Response:
    """Every team and every rule."""
    return teams_page(Asked(request, connection, state, principal))


def teams_page(asked: Asked, *, status: int = 200, **more: Any) -> Response:
    """The page, with what stood in the form of a rule that was not written."""
    connection = asked.connection
    found = teams.all_teams(connection)
    page = TeamsPage(
        teams=found,
        rules=[rule | {"in_words": _in_words(rule)} for rule in routing_rules.all_rules(connection)],
        people=teams.reviewers(connection),
        choices=_choices(asked, found, more.get("typed", {})),
        skips=[(SKIPS[row["reason"]], row) for row in skips_by_reason(connection, asked.principal)],
        currency=group_currency(connection),
        **more,
    )
    return render(asked.request, "teams.html", page, principal=asked.principal, status=status)


def _choices(asked: Asked, found: list[Row], typed: dict[str, str]) -> dict[str, tuple[Option, ...]]:
    lists = {
        "team_id": [(team["team_id"], team["name"]) for team in found],
        "legal_entity_id": [(row["id"], row["name"]) for row in legal_entities(asked.connection)],
        "billing_method": [(method.value, plain(method.value)) for method in BillingMethod],
        "cause": [(cause.value, CAUSES[cause]) for cause in Cause],
        "control_id": [(each.control.id, each.control.title) for each in asked.state.controls.controls],
        "route": [(route.value, ROUTES[route]) for route in Route if route is not Route.AUTO_CLEAR],
    }
    return {
        name: tuple(Option(value, label, typed.get(name) == value) for value, label in options)
        for name, options in lists.items()
    }


def _in_words(rule: Row) -> str:
    said = (
        f"legal entity {rule['legal_entity_id']}" if rule["legal_entity_id"] else "",
        f"client {rule['client_id']}" if rule["client_id"] else "",
        plain(rule["billing_method"]).lower() if rule["billing_method"] else "",
        f"cause {CAUSES[rule['cause']].lower()}" if rule["cause"] else "",
        f"control {rule['control_id']}" if rule["control_id"] else "",
        f"route {ROUTES[rule['route']].lower()}" if rule["route"] else "",
        f"from {rule['amount_from']:,.0f}" if rule["amount_from"] is not None else "",
        f"below {rule['amount_below']:,.0f}" if rule["amount_below"] is not None else "",
    )
    return ", ".join(part for part in said if part) or "every case"


@router.post("")
def add_team(connection: Transaction, principal: TeamAdmin, name: Name = "", why: Words = "") -> Response:
    """Make a team."""
    if not name.strip() or not why.strip():
        return see_other(HOME, bad="A team needs a name and a reason.")
    actor = principal.principal_id
    try:
        teams.add_team(connection, plainly(name), actor=actor, why=plainly(why))
    except Problem as refused:
        return see_other(HOME, bad=f"{refused.title}: {refused.detail}.")
    return see_other(HOME, good=f"The team {plainly(name)} exists; add its members.")


@router.post("/{team_id}")
def set_team(
    team_id: PathId,
    connection: Transaction,
    principal: TeamAdmin,
    name: Name = "",
    auto_assign: Annotated[bool | None, Form()] = None,
    why: Words = "",
) -> Response:
    """Rename a team; let it assign its cases by itself, or not."""
    if not name.strip() or not why.strip():
        return see_other(HOME, bad="A team needs a name, and a change its reason.")
    actor = principal.principal_id
    try:
        teams.set_team(
            connection, team_id, name=plainly(name), auto_assign=bool(auto_assign), actor=actor, why=plainly(why)
        )
    except teams.TeamExists as refused:
        return see_other(HOME, bad=f"{refused.title}: {refused.detail}.")
    return see_other(HOME, good="The team is changed.")


@router.post("/{team_id}/members")
def set_member(
    team_id: PathId,
    connection: Transaction,
    principal: TeamAdmin,
    account_id: Name = "",
    skills: Words = "",
    most_cases: Annotated[int, Form(ge=0, le=1000)] = 10,
    why: Words = "",
    do: Annotated[str, Form(pattern="^(set|remove)$")] = "set",
) -> Response:
    """Add a member, change one, or take one out."""
    if not account_id or not why.strip():
        return see_other(HOME, bad="Choose a person and say why.")
    actor = principal.principal_id
    if do == "remove":
        teams.remove_member(connection, team_id, account_id, actor=actor, why=plainly(why))
        return see_other(HOME, good="The person is out of the team.")
    member = {"account_id": account_id, "skills": plainly(skills).split(","), "most_cases": most_cases, "why": why}
    try:
        teams.set_member(connection, team_id, member, actor=actor)
    except Problem as refused:
        return see_other(HOME, bad=f"{refused.title}: {refused.detail}.")
    return see_other(HOME, good="The member is set.")


def plainly(text: str) -> str:
    """What was typed, without blanks around it and signs that no text has."""
    return text.replace("\x00", "").strip()
