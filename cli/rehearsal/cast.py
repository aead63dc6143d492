"""Who works in the rehearsal: the demo people and some colleagues, in teams with rules, made by the real services."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from ledger.records.parties import BillingMethod
from serving import audit
from serving.auth import administration, repository
from serving.auth.principal import Principal
from serving.auth.scopes import Role, scopes_of
from serving.ids import new_id
from serving.queue.routing_rules import RuleRequest, add_rule
from serving.queue.teams import add_team, set_member
from serving.sql import Row, first

BY: Final = "rehearsal"  # as the audit log calls the request behind all of it
WHY: Final = "Rehearsed, to show the product."
MANAGER: Final = "mona"
# Login → name and role. On an embedded database the first three are the demo people; nobody logs in as the others.
PEOPLE: Final = {
    "rita": ("Rita Reviewer", Role.REVIEWER),
    "sam": ("Sam Senior", Role.SENIOR_REVIEWER),
    MANAGER: ("Mona Manager", Role.MANAGER),
    "ben": ("Ben Becker", Role.REVIEWER),
    "chloe": ("Chloe Chen", Role.SENIOR_REVIEWER),
    "omar": ("Omar Osei", Role.REVIEWER),
    "petra": ("Petra Peters", Role.REVIEWER),
}
PROJECT_MANAGER: Final = "petra"  # who is a project manager of the ledger as well: duties keep her from her own
_LARGE, _HOURS, _FEES = "Large", "Hours", "Fees"
# Team → its members with what they know.
TEAMS: Final = {
    _LARGE: {"sam": ("contracts",), "chloe": ("contracts", "tax")},
    _HOURS: {"rita": ("timesheets", "rates"), "omar": ("timesheets",), "petra": ("rates",), "sam": ("rates",)},
    _FEES: {"rita": ("milestones",), "ben": ("milestones", "tax"), "chloe": ("contracts", "tax")},
}
_MOST_CASES: Final = 15
_PROJECT_MANAGER = """
SELECT manager_id FROM project WHERE manager_id IS NOT NULL GROUP BY manager_id
ORDER BY count(DISTINCT project_id) DESC, manager_id LIMIT 1
"""


@dataclass
class Player:
    """One person of the rehearsal.

    Attributes:
        teams: ids of the teams that they belong to.
        free_at: until then they are busy with something else.
    """

    principal: Principal
    login: str
    teams: frozenset[str]
    free_at: datetime = field(default=datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True)
class Cast:
    """Everybody, by login."""

    players: dict[str, Player]

    @property
    def manager(self) -> Principal:
        """Who leads them."""
        return self.players[MANAGER].principal

    def members(self, team_id: str | None) -> list[Player]:
        """Who works on a team's cases, or on those of none: everybody but the manager."""
        rest = [player for login, player in self.players.items() if login != MANAGER]
        return rest if team_id is None else [player for player in rest if team_id in player.teams]


def gather(connection: Connection, *, embedded: bool) -> Cast:
    """Find or make the people, and make their teams and the rules that give them cases.

    On a database that is not embedded nobody's login is used: people of the same roles are made, and ``dismiss`` lets
    them go when the rehearsal is over.
    """
    principals = {login: _person(connection, login, embedded=embedded) for login in PEOPLE}
    manager = principals[MANAGER]
    teams = {name: _team(connection, name, principals, manager) for name in TEAMS}
    _add_rules(connection, teams, manager)
    players = {
        login: Player(principal, _login(login, embedded=embedded), _teams_of(login, teams))
        for login, principal in principals.items()
    }
    return Cast(players)


def dismiss(connection: Connection, cast: Cast) -> None:
    """Deactivate everybody."""
    for player in cast.players.values():
        if player.principal != cast.manager:
            administration.deactivate(connection, player.principal.principal_id, by=cast.manager, why=WHY)
    repository.deactivate_account(connection, cast.players[MANAGER].login)


def _login(login: str, *, embedded: bool) -> str:
    return login if embedded else f"rehearsal.{login}"


def _teams_of(login: str, teams: dict[str, str]) -> frozenset[str]:
    return frozenset(teams[name] for name, members in TEAMS.items() if login in members)


def _person(connection: Connection, login: str, *, embedded: bool) -> Principal:
    name, role = PEOPLE[login]
    resource = first(connection, _PROJECT_MANAGER) if login == PROJECT_MANAGER else None
    found = _found(connection, login) if embedded else None
    if found is None:
        found = {
            "account_id": new_id(),
            "login": _login(login, embedded=embedded),
            "name": name,
            "roles": [role.value],
            "resource_id": None if resource is None else resource["manager_id"],
        }
        repository.add_person(connection, found)
        told = {name: found[name] for name in ("login", "roles", "resource_id")} | {"why": WHY}
        audit.write(connection, "account_created", actor=BY, subject=found["account_id"], detail=told, request_id=BY)
    roles = tuple(Role(name) for name in found["roles"])
    return Principal(found["account_id"], "account", found["name"], roles, scopes_of(roles), found["resource_id"])


def _found(connection: Connection, login: str) -> Row | None:
    query = "SELECT account_id, name, roles, resource_id FROM account WHERE login = %(login)s AND active"
    return first(connection, query, {"login": login})


def _team(connection: Connection, name: str, principals: dict[str, Principal], manager: Principal) -> str:
    actor = manager.principal_id
    team_id: str = add_team(connection, name, actor=actor, why=WHY, request_id=BY)["team_id"]
    for login, skills in TEAMS[name].items():
        member = {
            "account_id": principals[login].principal_id,
            "skills": skills,
            "most_cases": _MOST_CASES,
            "why": WHY,
        }
        set_member(connection, team_id, member, actor=actor, request_id=BY)
    return team_id


def _add_rules(connection: Connection, teams: dict[str, str], manager: Principal) -> None:
    """Large ones first, then by how the contract bills; what no rule takes is everybody's."""
    rules = (
        {"name": "From 75,000 on", "team_id": teams[_LARGE], "amount_from": "75000"},
        {"name": "Hours", "team_id": teams[_HOURS], "billing_method": BillingMethod.TIME_AND_MATERIALS},
        {"name": "Milestones", "team_id": teams[_FEES], "billing_method": BillingMethod.MILESTONE},
        {"name": "Fixed fees", "team_id": teams[_FEES], "billing_method": BillingMethod.FIXED_FEE},
    )
    for position, rule in enumerate(rules, start=1):
        request = RuleRequest.model_validate({**rule, "position": 10 * position, "why": WHY})
        add_rule(connection, request, actor=manager.principal_id, request_id=BY)
