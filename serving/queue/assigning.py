"""Giving cases to people: by hand, and by itself to the members of a team who know how and have room."""

from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.auth.principal import Principal
from serving.auth.scopes import ROLE_SCOPES, Scope
from serving.problems import Invalid
from serving.queue import repository
from serving.queue.service import CaseClosed, find
from serving.queue.states import OPEN_STATES, CaseEvent
from serving.queue.teams import REVIEWING, SENIOR, find_team
from serving.sql import Row, change, first, rows
from serving.state import ServingState
from serving.tasks.set_aside import Item, Sweep, free
from serving.tasks.sweep import sweep_over

MOST_AT_ONCE: Final = 200
_SEEING_ALL = [role.value for role, scopes in ROLE_SCOPES.items() if Scope.CASES_ALL in scopes]

_ASSIGN = """
UPDATE review_case SET assigned_to = %(person)s, assigned_at = clock_timestamp(), placed_by_hand = true
WHERE case_id = %(case_id)s AND state IN ('open', 'claimed', 'waiting')
"""
_FREE = """
UPDATE review_case SET assigned_to = NULL, assigned_at = NULL, placed_by_hand = false
WHERE case_id = %(case_id)s AND state IN ('open', 'claimed', 'waiting')
"""
_MOVE = """
UPDATE review_case SET team_id = %(team)s, skill = NULL, assigned_to = NULL, assigned_at = NULL, placed_by_hand = true
WHERE case_id = %(case_id)s AND state IN ('open', 'waiting')
"""
# What keeps a person from a case that is given to them by hand, in the words of the answer.
_WHY_NOT = """
SELECT CASE
    WHEN NOT a.active OR NOT a.roles && %(reviewing)s THEN 'cannot take cases'
    WHEN a.resource_id IS NOT NULL AND a.resource_id = ANY(c.separated)
        THEN 'prepared, owns, approved or manages what this invoice bills'
    WHEN a.account_id = ANY(c.approvals) THEN 'gave the first release'
    WHEN (c.route = 'senior_review' OR c.escalated OR cardinality(c.approvals) > 0) AND NOT a.roles && %(senior)s
        THEN 'is no senior reviewer'
    WHEN c.team_id IS NOT NULL AND NOT a.roles && %(seeing_all)s AND NOT EXISTS (
        SELECT FROM team_member m WHERE m.team_id = c.team_id AND m.account_id = a.account_id)
        THEN 'is not in the team whose case it is'
    END AS why, a.name
FROM account a, review_case c WHERE a.account_id = %(person)s AND c.case_id = %(case_id)s
"""


def assign(connection: Connection, case_id: str, person: str, *, principal: Principal, why: str) -> Row:
    """Give a case to a person; from now on neither rules nor auto-assignment touch it. Raises ``Invalid`` why not."""
    kase = _to_place(connection, case_id, principal)
    asked = {"person": person, "case_id": case_id, "reviewing": REVIEWING, "senior": SENIOR, "seeing_all": _SEEING_ALL}
    found = first(connection, _WHY_NOT, asked)
    if found is None:
        raise Invalid.at("/assigned_to", "is no account")
    if found["why"] is not None:
        raise Invalid.at("/assigned_to", f"{found['name']} {found['why']}")
    _placed(connection, kase, _ASSIGN, {"person": person})
    _told(connection, kase, CaseEvent.ASSIGNED, principal.principal_id, {"assigned_to": person, "why": why})
    return find(connection, case_id, principal)


def unassign(connection: Connection, case_id: str, *, principal: Principal, why: str) -> Row:
    """Make a case nobody's; rules and auto-assignment may place it again."""
    kase = _to_place(connection, case_id, principal)
    _placed(connection, kase, _FREE, {})
    detail = {"assigned_to": kase["assigned_to"], "why": why}
    _told(connection, kase, CaseEvent.UNASSIGNED, principal.principal_id, detail)
    return find(connection, case_id, principal)


def move(connection: Connection, case_id: str, team_id: str | None, *, principal: Principal, why: str) -> Row:
    """Give a case that nobody holds to a team, or to none; rules leave it there."""
    kase = _to_place(connection, case_id, principal)
    if team_id is not None:
        find_team(connection, team_id)
    if change(connection, _MOVE, {"case_id": case_id, "team": team_id}) != 1:
        raise Invalid.at("/team_id", "cannot be changed while somebody holds the case")
    _told(connection, kase, CaseEvent.ASSIGNED, principal.principal_id, {"team_id": team_id, "why": why})
    return find(connection, case_id, principal)


def _to_place(connection: Connection, case_id: str, principal: Principal) -> Row:
    principal.require(Scope.TEAMS_ADMIN)
    kase = find(connection, case_id, principal)
    if kase["state"] not in OPEN_STATES:
        raise CaseClosed(kase)
    return kase


def _placed(connection: Connection, kase: Row, statement: str, parameters: Row) -> None:
    if change(connection, statement, parameters | {"case_id": kase["case_id"]}) != 1:
        raise CaseClosed(kase | {"closed_at": kase["opened_at"]})


def _told(connection: Connection, kase: Row, event: CaseEvent, actor: str, detail: Row) -> None:
    states = (kase["state"], kase["state"])
    repository.record_event(connection, kase["case_id"], event, actor=actor, states=states, detail=detail)
    audit.write(
        connection,
        f"case_{event.value}",
        actor=actor,
        subject=kase["invoice_id"],
        detail=detail | {"case_id": kase["case_id"]},
    )


# The member with the skill whom duties and seniority allow, with the fewest open cases under the cap; who was given
# one longest ago comes first among equals.
_PAIRS = """
SELECT c.case_id, c.invoice_id, c.state, who.account_id
FROM review_case c JOIN team t ON t.team_id = c.team_id AND t.auto_assign
CROSS JOIN LATERAL (
    SELECT m.account_id FROM team_member m JOIN account a USING (account_id)
    CROSS JOIN LATERAL (
        SELECT count(*) AS carried FROM review_case o
        WHERE o.assigned_to = m.account_id AND o.state IN ('open', 'claimed', 'waiting')
    ) w
    WHERE m.team_id = c.team_id AND a.active AND a.roles && %(reviewing)s AND w.carried < m.most_cases
      AND (c.skill IS NULL OR c.skill = ANY(m.skills))
      AND (a.resource_id IS NULL OR NOT a.resource_id = ANY(c.separated)) AND NOT a.account_id = ANY(c.approvals)
      AND (a.roles && %(senior)s
           OR NOT (c.route = 'senior_review' OR c.escalated OR cardinality(c.approvals) > 0))
    ORDER BY w.carried, m.last_assigned_at NULLS FIRST, m.account_id LIMIT 1
) who
WHERE c.state = 'open' AND c.assigned_to IS NULL AND NOT c.placed_by_hand
  AND (c.snoozed_until IS NULL OR c.snoozed_until <= clock_timestamp()) AND {which}
ORDER BY c.due_at <= clock_timestamp() DESC, c.priority DESC, c.case_id DESC LIMIT 1
"""
_NEXT = _PAIRS.format(which=free(Sweep.ASSIGNMENT, "c.case_id"))
_PAIR = _PAIRS.format(which="c.case_id = %(case_id)s") + "FOR UPDATE OF c SKIP LOCKED"
_ROOM = """
SELECT EXISTS (
    SELECT FROM team_member m JOIN team t USING (team_id)
    WHERE t.auto_assign AND m.most_cases > (
        SELECT count(*) FROM review_case o
        WHERE o.assigned_to = m.account_id AND o.state IN ('open', 'claimed', 'waiting'))
) AS room
"""
_GIVE = """
WITH given AS (
    UPDATE review_case SET assigned_to = %(person)s, assigned_at = clock_timestamp()
    WHERE case_id = %(case_id)s AND state = 'open' AND assigned_to IS NULL RETURNING team_id
)
UPDATE team_member m SET last_assigned_at = clock_timestamp() FROM given
WHERE m.team_id = given.team_id AND m.account_id = %(person)s
"""


def assign_open(state: ServingState) -> int:
    """Give open cases of teams that want it to their members, the most expected cash first; how many were given."""
    given = 0
    for _ in range(MOST_AT_ONCE):
        with state.engine.connect() as connection:
            case_id = _next_case(connection)
        found = [] if case_id is None else [Item(case_id)]
        given += sweep_over(state, Sweep.ASSIGNMENT, found, lambda items: _give(state, items[0].key)).done
        if not found:
            break
    return given


def _next_case(connection: Connection) -> str | None:
    if not rows(connection, _ROOM)[0]["room"]:
        return None
    pair = first(connection, _NEXT, {"reviewing": REVIEWING, "senior": SENIOR})
    return None if pair is None else str(pair["case_id"])


def _give(state: ServingState, case_id: str) -> bool:
    """Give a case to whom it suits best now; says whether there was somebody.

    One caller does so at a time: two could otherwise both see the last free place of a person.
    """
    with state.engine.begin() as connection:
        change(connection, "SELECT pg_advisory_xact_lock(hashtext('triage: assigning'))")
        pair = first(connection, _PAIR, {"reviewing": REVIEWING, "senior": SENIOR, "case_id": case_id})
        if pair is None:
            return False
        change(connection, _GIVE, {"person": pair["account_id"], "case_id": case_id})
        states = (pair["state"], pair["state"])
        detail = {"assigned_to": pair["account_id"], "why": "the team assigns its cases by itself"}
        repository.record_event(
            connection, case_id, CaseEvent.ASSIGNED, actor=audit.SYSTEM, states=states, detail=detail
        )
        told = {"cases": [{"case_id": case_id, "assigned_to": pair["account_id"]}]}
        audit.write(connection, "cases_assigned", actor=audit.SYSTEM, subject="queue", detail=told)
    return True
