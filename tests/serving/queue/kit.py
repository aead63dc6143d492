"""Short ways to ask the queue something in the tests of this folder."""

from typing import Any

from sqlalchemy import Engine, text

from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.queue import service, teams
from serving.sql import Row, first, only, rows
from serving.state import ServingState
from tests.serving.kit import person

__all__ = ["case_of", "events", "member", "person", "set_case", "take", "team"]


def case_of(engine: Engine, invoice_id: str) -> Row:
    """The newest case of an invoice, as the database has it."""
    with engine.begin() as connection:
        query = "SELECT * FROM review_case WHERE invoice_id = %(id)s ORDER BY case_id DESC LIMIT 1"
        return only(connection, query, {"id": invoice_id})


def set_case(engine: Engine, invoice_id: str, **columns: Any) -> None:
    """Set columns of an invoice's cases by force."""
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    with engine.begin() as connection:
        statement = f"UPDATE review_case SET {assignments} WHERE invoice_id = :invoice_id"
        connection.execute(text(statement), {**columns, "invoice_id": invoice_id})


def events(engine: Engine, case_id: str) -> list[str]:
    """What happened to a case, oldest first."""
    query = "SELECT event FROM case_event WHERE case_id = %(id)s ORDER BY event_id"
    with engine.begin() as connection:
        return [row["event"] for row in rows(connection, query, {"id": case_id})]


def take(state: ServingState, principal: Principal) -> str | None:
    """The invoice of the next case, claimed; ``None`` when there is none."""
    with state.engine.begin() as connection:
        taken = service.claim_next(connection, state, principal=principal)
    return None if taken is None else str(taken["invoice_id"])


def team(engine: Engine, name: str = "Theirs", *, auto_assign: bool = False) -> str:
    """A new team."""
    with engine.begin() as connection:
        made = teams.add_team(connection, name, actor="test", why="test")
        if auto_assign:
            teams.set_team(connection, made["team_id"], name=name, auto_assign=True, actor="test", why="test")
    return str(made["team_id"])


def member(engine: Engine, team_id: str, name: str, *roles: Role, **more: Any) -> Principal:
    """A new person in a team; ``skills``, ``most_cases`` and ``resource_id`` may be given."""
    made = person(engine, name, *(roles or (Role.REVIEWER,)), resource_id=more.pop("resource_id", None))
    new = {"account_id": made.principal_id, "skills": [], "most_cases": 10, "why": "test", **more}
    with engine.begin() as connection:
        teams.set_member(connection, team_id, new, actor="test")
    return made


def audited(engine: Engine, action: str) -> Row | None:
    """The newest audit entry of an action."""
    query = "SELECT body::jsonb AS body FROM audit_entry WHERE action = %(action)s ORDER BY written_at DESC LIMIT 1"
    with engine.begin() as connection:
        found = first(connection, query, {"action": action})
    return None if found is None else dict(found["body"])
