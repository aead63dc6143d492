"""Teams and their members: who looks at which cases, what they know, and how much they carry at once."""

from typing import Any

from psycopg.errors import ForeignKeyViolation, UniqueViolation
from sqlalchemy import Connection

from serving import audit
from serving.auth.scopes import ROLE_SCOPES, Scope
from serving.ids import new_id
from serving.problems import Conflict, Invalid, NotFound
from serving.sql import Row, change, first, insert, rows

# Roles whose people can take cases, and those who may decide what needs a senior.
REVIEWING = [role.value for role, scopes in ROLE_SCOPES.items() if Scope.CASES_WRITE in scopes]
SENIOR = [role.value for role, scopes in ROLE_SCOPES.items() if Scope.CASES_SENIOR in scopes]


class UnknownTeam(NotFound):
    """No such team."""

    slug = "unknown-team"
    title = "Unknown team"

    def __init__(self, team_id: str) -> None:
        super().__init__(f"there is no team {team_id!r}")


class TeamExists(Conflict):
    """Another team has the name."""

    slug = "team-exists"
    title = "The name is taken"


_TEAMS = """
SELECT t.team_id, t.name, t.auto_assign, t.created_at,
       (SELECT count(*) FROM review_case c WHERE c.team_id = t.team_id AND c.state IN ('open', 'claimed', 'waiting'))
           AS open_cases
FROM team t
"""
_MEMBERS = """
SELECT m.team_id, m.account_id, a.name, a.roles, a.active, m.skills, m.most_cases, m.last_assigned_at,
       (SELECT count(*) FROM review_case c WHERE c.assigned_to = m.account_id
        AND c.state IN ('open', 'claimed', 'waiting')) AS assigned_cases
FROM team_member m JOIN account a USING (account_id)
WHERE m.team_id = ANY(%(teams)s) ORDER BY a.name, m.account_id
"""


def all_teams(connection: Connection) -> list[Row]:
    """Every team with its ``members``, by name."""
    teams = rows(connection, _TEAMS + " ORDER BY t.name")
    return _with_members(connection, teams)


def find_team(connection: Connection, team_id: str) -> Row:
    """A team with its ``members``; raises ``UnknownTeam``."""
    team = first(connection, _TEAMS + " WHERE t.team_id = %(id)s", {"id": team_id})
    if team is None:
        raise UnknownTeam(team_id)
    return _with_members(connection, [team])[0]


def _with_members(connection: Connection, teams: list[Row]) -> list[Row]:
    members = rows(connection, _MEMBERS, {"teams": [team["team_id"] for team in teams]})
    by_team: dict[str, list[Row]] = {team["team_id"]: [] for team in teams}
    for member in members:
        by_team[member["team_id"]].append(member)
    return [team | {"members": by_team[team["team_id"]]} for team in teams]


def add_team(connection: Connection, name: str, *, actor: str, why: str, request_id: str | None = None) -> Row:
    """Make a team; raises ``TeamExists``."""
    team_id = new_id()
    try:
        with connection.begin_nested():
            insert(connection, "team", {"team_id": team_id, "name": name})
    except UniqueViolation as error:
        raise TeamExists(f"there is a team {name!r} already") from error
    _tell(connection, "team_added", team_id, {"name": name, "why": why}, actor=actor, request_id=request_id)
    return find_team(connection, team_id)


def set_team(
    connection: Connection,
    team_id: str,
    *,
    name: str,
    auto_assign: bool,
    actor: str,
    why: str,
    request_id: str | None = None,
) -> Row:
    """Rename a team, and say whether its cases are given to its members without being asked."""
    before = find_team(connection, team_id)
    new = {"name": name, "auto_assign": auto_assign}
    statement = "UPDATE team SET name = %(name)s, auto_assign = %(auto_assign)s WHERE team_id = %(id)s"
    try:
        with connection.begin_nested():
            change(connection, statement, new | {"id": team_id})
    except UniqueViolation as error:
        raise TeamExists(f"there is a team {name!r} already") from error
    told = {"old": {field: before[field] for field in new}, "new": new, "why": why}
    _tell(connection, "team_changed", team_id, told, actor=actor, request_id=request_id)
    return find_team(connection, team_id)


_SET_MEMBER = """
INSERT INTO team_member (team_id, account_id, skills, most_cases)
VALUES (%(team_id)s, %(account_id)s, %(skills)s, %(most_cases)s)
ON CONFLICT (team_id, account_id) DO UPDATE SET skills = EXCLUDED.skills, most_cases = EXCLUDED.most_cases
"""


def set_member(
    connection: Connection, team_id: str, member: dict[str, Any], *, actor: str, request_id: str | None = None
) -> Row:
    """Add a member or change one: ``account_id``, ``skills``, ``most_cases`` and ``why``."""
    before = next(
        (one for one in find_team(connection, team_id)["members"] if one["account_id"] == member["account_id"]), None
    )
    skills = sorted({skill.strip().lower() for skill in member["skills"] if skill.strip()})
    new = {"account_id": member["account_id"], "skills": skills, "most_cases": member["most_cases"]}
    try:
        with connection.begin_nested():
            change(connection, _SET_MEMBER, new | {"team_id": team_id})
    except ForeignKeyViolation as error:
        raise Invalid.at("/account_id", "is no account") from error
    old = None if before is None else {field: before[field] for field in new}
    told = {"old": old, "new": new, "why": member["why"]}
    _tell(connection, "team_member_set", team_id, told, actor=actor, request_id=request_id)
    return find_team(connection, team_id)


def remove_member(
    connection: Connection, team_id: str, account_id: str, *, actor: str, why: str, request_id: str | None = None
) -> Row:
    """Take a member out; what was assigned to them in this team is nobody's again."""
    find_team(connection, team_id)
    both = {"team_id": team_id, "account_id": account_id}
    gone = "DELETE FROM team_member WHERE team_id = %(team_id)s AND account_id = %(account_id)s"
    if change(connection, gone, both) != 1:
        raise NotFound(f"{account_id!r} is not a member of the team")
    freed = """
        UPDATE review_case SET assigned_to = NULL, assigned_at = NULL
        WHERE team_id = %(team_id)s AND assigned_to = %(account_id)s AND state IN ('open', 'claimed', 'waiting')
    """
    count = change(connection, freed, both)
    told = {"account_id": account_id, "freed_cases": count, "why": why}
    _tell(connection, "team_member_removed", team_id, told, actor=actor, request_id=request_id)
    return find_team(connection, team_id)


def reviewers(connection: Connection) -> list[Row]:
    """Active accounts that can take cases: ``account_id``, ``name``."""
    query = "SELECT account_id, name FROM account WHERE active AND roles && %(roles)s ORDER BY name, account_id"
    return rows(connection, query, {"roles": REVIEWING})


def team_names(connection: Connection, *, viewer: str | None) -> list[Row]:
    """Id and name of every team, or of those of one person."""
    query = """
        SELECT team_id, name FROM team
        WHERE %(viewer)s::text IS NULL
           OR team_id IN (SELECT team_id FROM team_member WHERE account_id = %(viewer)s) ORDER BY name
    """
    return rows(connection, query, {"viewer": viewer})


def _tell(
    connection: Connection, action: str, team_id: str, detail: dict[str, Any], *, actor: str, request_id: str | None
) -> None:
    audit.write(connection, action, actor=actor, subject=team_id, detail=detail, request_id=request_id)
