"""Endpoints of teams, their members and the rules that say whose a case is; for managers."""

from fastapi import APIRouter, Response

from serving.api.dependencies import PathId, TeamAdmin, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import TeamWrite
from serving.contract.strict import StrictRoute
from serving.queue import routing_rules, teams
from serving.queue.routing_rules import RuleRequest
from serving.queue.team_schemas import (
    AppliedOut,
    MemberRequest,
    RuleOut,
    RulePreviewOut,
    RulesOut,
    TeamChange,
    TeamOut,
    TeamRequest,
    TeamsOut,
    WhyOnly,
    rule_out,
    team_out,
)

router = APIRouter(prefix="/v1", tags=["teams"], responses=ERRORS, route_class=StrictRoute)


@router.get("/teams", summary="Teams")
def list_teams(connection: Transaction, principal: TeamAdmin) -> TeamsOut:  # noqa: ARG001 - checked
    """Every team with its members and how much each of them carries."""
    return TeamsOut(teams=[team_out(team) for team in teams.all_teams(connection)])


@router.post("/teams", status_code=201, response_model=TeamOut, summary="Make a team")
def make_team(body: TeamRequest, write: TeamWrite) -> Response:
    """Make a team without members."""

    def make() -> TeamOut:
        actor, request_id = write.principal.principal_id, write.request_id
        return team_out(teams.add_team(write.connection, body.name, actor=actor, why=body.why, request_id=request_id))

    return write.once(body, make, status=201)


@router.put("/teams/{team_id}", response_model=TeamOut, summary="Change a team")
def change_team(team_id: PathId, body: TeamChange, write: TeamWrite) -> Response:
    """Rename it, and say whether its cases are given to its members without being asked."""

    def make() -> TeamOut:
        changed = teams.set_team(
            write.connection,
            team_id,
            name=body.name,
            auto_assign=body.auto_assign,
            actor=write.principal.principal_id,
            why=body.why,
            request_id=write.request_id,
        )
        return team_out(changed)

    return write.once(body, make)


@router.put("/teams/{team_id}/members/{account_id}", response_model=TeamOut, summary="Set a member")
def set_member(team_id: PathId, account_id: PathId, body: MemberRequest, write: TeamWrite) -> Response:
    """Add a member, or change skills and cap."""

    def make() -> TeamOut:
        member = body.model_dump() | {"account_id": account_id}
        actor, request_id = write.principal.principal_id, write.request_id
        return team_out(teams.set_member(write.connection, team_id, member, actor=actor, request_id=request_id))

    return write.once(body, make)


@router.post("/teams/{team_id}/members/{account_id}/removal", response_model=TeamOut, summary="Take a member out")
def remove_member(team_id: PathId, account_id: PathId, body: WhyOnly, write: TeamWrite) -> Response:
    """What was assigned to the person in this team is nobody's again."""

    def make() -> TeamOut:
        actor, request_id = write.principal.principal_id, write.request_id
        return team_out(
            teams.remove_member(write.connection, team_id, account_id, actor=actor, why=body.why, request_id=request_id)
        )

    return write.once(body, make)


@router.get("/routing-rules", summary="Routing rules")
def list_rules(connection: Transaction, principal: TeamAdmin) -> RulesOut:  # noqa: ARG001 - checked
    """Every rule, in the order in which they are asked; the first that matches says whose a case is."""
    return RulesOut(rules=[rule_out(rule) for rule in routing_rules.all_rules(connection)])


@router.post("/routing-rules", status_code=201, response_model=RuleOut, summary="Write a routing rule")
def add_rule(body: RuleRequest, write: TeamWrite) -> Response:
    """Cases that are opened or scored from now on follow it; open ones when the rules are applied."""

    def make() -> RuleOut:
        actor, request_id = write.principal.principal_id, write.request_id
        return rule_out(routing_rules.add_rule(write.connection, body, actor=actor, request_id=request_id))

    return write.once(body, make, status=201)


@router.post("/routing-rules/preview", response_model=RulePreviewOut, summary="What a rule would be about")
def preview_rule(body: RuleRequest, write: TeamWrite) -> Response:
    """How many of the open cases a rule would match now; nothing is written."""
    plain = body.model_dump(mode="json")
    return write.once(body, lambda: RulePreviewOut(matches=routing_rules.matches(write.connection, plain)))


@router.post("/routing-rules/application", response_model=AppliedOut, summary="Place the open cases anew")
def apply_rules(body: WhyOnly, write: TeamWrite) -> Response:
    """All open cases that nobody holds or placed by hand follow the rules as they are now."""

    def make() -> AppliedOut:
        actor, request_id = write.principal.principal_id, write.request_id
        moved = routing_rules.apply_rules(write.connection, actor=actor, why=body.why, request_id=request_id)
        return AppliedOut(moved=moved)

    return write.once(body, make)


@router.put("/routing-rules/{rule_id}", response_model=RuleOut, summary="Change a routing rule")
def change_rule(rule_id: PathId, body: RuleRequest, write: TeamWrite) -> Response:
    """Replace a rule by another text of it; the audit log keeps the old one."""

    def make() -> RuleOut:
        actor, request_id = write.principal.principal_id, write.request_id
        return rule_out(routing_rules.set_rule(write.connection, rule_id, body, actor=actor, request_id=request_id))

    return write.once(body, make)


@router.post("/routing-rules/{rule_id}/removal", status_code=204, summary="Delete a routing rule")
def drop_rule(rule_id: PathId, body: WhyOnly, write: TeamWrite) -> Response:
    """Delete a rule; the audit log keeps it."""
    actor, request_id = write.principal.principal_id, write.request_id

    def make() -> None:
        routing_rules.drop_rule(write.connection, rule_id, actor=actor, why=body.why, request_id=request_id)

    return write.once(body, make)
