"""Rules that say whose a case is: write one, look at what it would be about, switch it, apply all of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from serving.api.dependencies import PathId, State, TeamAdmin, Transaction
from serving.problems import Problem
from serving.queue import routing_rules
from serving.queue.routing_rules import RuleRequest
from serving.web.access import see_other
from serving.web.views.teams import HOME, Asked, Words, plainly, teams_page
from serving.web.words import plain

router = APIRouter(prefix="/routing-rules", include_in_schema=False, default_response_class=HTMLResponse)


async def _typed(request: Request) -> dict[str, str]:
    form = await request.form(max_fields=40, max_files=0)
    return {name: plainly(value) for name, value in form.items() if isinstance(value, str)}


Typed = Annotated[dict[str, str], Depends(_typed)]


@router.post("")
def write_rule(request: Request, state: State, connection: Transaction, principal: TeamAdmin, typed: Typed) -> Response:
    """Write a rule, or look at how many open cases it would be about."""
    asked = Asked(request, connection, state, principal)
    try:
        rule = RuleRequest.model_validate({n: v for n, v in typed.items() if v and n != "do"})
    except ValidationError as error:
        said = "; ".join(
            f"{plain(str(item['loc'][0])) if item['loc'] else ''} {item['msg']}" for item in error.errors()
        )
        return teams_page(asked, status=422, typed=typed, refusal=said)
    if typed.get("do") == "preview":
        return teams_page(asked, typed=typed, preview=routing_rules.matches(connection, rule.model_dump(mode="json")))
    try:
        with connection.begin_nested():
            routing_rules.add_rule(connection, rule, actor=principal.principal_id)
    except Problem as refused:
        return teams_page(asked, status=refused.status, typed=typed, refusal=refused.detail)
    return see_other(HOME, good=f"The rule {rule.name} is in force for cases that are opened or scored from now on.")


@router.post("/apply")
def apply(connection: Transaction, principal: TeamAdmin, why: Words = "") -> Response:
    """Place the open cases anew."""
    if not why.strip():
        return see_other(HOME, bad="Say why the open cases are placed anew.")
    moved = routing_rules.apply_rules(connection, actor=principal.principal_id, why=plainly(why))
    return see_other(HOME, good=f"{moved} case{'' if moved == 1 else 's'} changed teams.")


@router.post("/{rule_id}")
def change_rule(
    rule_id: PathId,
    connection: Transaction,
    principal: TeamAdmin,
    do: Annotated[str, Form(pattern="^(on|off|drop)$")] = "off",
    why: Words = "",
) -> Response:
    """Switch a rule on or off, or delete it."""
    if not why.strip():
        return see_other(HOME, bad="Say why; it is kept in the audit log.")
    actor = principal.principal_id
    if do == "drop":
        routing_rules.drop_rule(connection, rule_id, actor=actor, why=plainly(why))
        return see_other(HOME, good="The rule is deleted; the audit log keeps it.")
    before = routing_rules.find_rule(connection, rule_id)
    kept = {name: before[name] for name in RuleRequest.model_fields} | {"active": do == "on", "why": plainly(why)}
    routing_rules.set_rule(connection, rule_id, RuleRequest.model_validate(kept), actor=actor)
    return see_other(HOME, good=f"The rule is {do}.")
