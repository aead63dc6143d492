"""Views of the queue that a person keeps, alone or for a team, and the one the queue opens with."""

from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection

from serving import audit
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.ids import new_id
from serving.problems import Conflict, Invalid, NotFound
from serving.queue.teams import team_names
from serving.sql import Row, change, first, insert, rows


class UnknownView(NotFound):
    """No such view, or somebody else's."""

    slug = "unknown-view"
    title = "Unknown view"

    def __init__(self, view_id: str) -> None:
        super().__init__(f"there is no view {view_id!r} of yours or your teams")


class ViewExists(Conflict):
    """The person has a view with the name."""

    slug = "view-exists"
    title = "The name is taken"


_VIEWS = """
SELECT v.view_id, v.name, v.parameters, v.team_id, t.name AS team_name, v.owner_id, v.created_at,
       v.owner_id = %(viewer)s AS mine,
       EXISTS (SELECT FROM default_view d WHERE d.view_id = v.view_id AND d.account_id = %(viewer)s) AS is_default
FROM saved_view v LEFT JOIN team t USING (team_id)
WHERE (v.owner_id = %(viewer)s
       OR v.team_id IN (SELECT m.team_id FROM team_member m WHERE m.account_id = %(viewer)s))
"""


def views_of(connection: Connection, principal: Principal) -> list[Row]:
    """The caller's own views and those shared with the caller's teams, by name."""
    return rows(connection, _VIEWS + " ORDER BY v.name, v.view_id", {"viewer": principal.principal_id})


def find_view(connection: Connection, view_id: str, principal: Principal) -> Row:
    """A view; raises ``UnknownView``."""
    view = first(connection, _VIEWS + " AND v.view_id = %(id)s", {"viewer": principal.principal_id, "id": view_id})
    if view is None:
        raise UnknownView(view_id)
    return view


def save_view(
    connection: Connection, name: str, parameters: dict[str, str], *, principal: Principal, team_id: str | None = None
) -> Row:
    """Keep a view; raises ``ViewExists``, and ``Invalid`` for a team that the caller is not in."""
    viewer = None if principal.may(Scope.TEAMS_ADMIN) else principal.principal_id
    if team_id is not None and team_id not in {row["team_id"] for row in team_names(connection, viewer=viewer)}:
        raise Invalid.at("/team_id", "is no team of yours")
    view_id = new_id()
    values: dict[str, Any] = {"view_id": view_id, "owner_id": principal.principal_id, "team_id": team_id}
    try:
        with connection.begin_nested():
            insert(connection, "saved_view", values | {"name": name, "parameters": dict(parameters)})
    except UniqueViolation as error:
        raise ViewExists(f"you have a view {name!r} already") from error
    if team_id is not None:
        detail = {"name": name, "team_id": team_id, "parameters": dict(parameters)}
        audit.write(connection, "view_shared", actor=principal.principal_id, subject=view_id, detail=detail)
    return find_view(connection, view_id, principal)


def drop_view(connection: Connection, view_id: str, principal: Principal) -> None:
    """Delete one of the caller's own views; raises ``UnknownView``."""
    statement = "DELETE FROM saved_view WHERE view_id = %(id)s AND owner_id = %(owner)s"
    if change(connection, statement, {"id": view_id, "owner": principal.principal_id}) != 1:
        raise UnknownView(view_id)


def set_default(connection: Connection, view_id: str | None, principal: Principal) -> None:
    """Open the queue with a view from now on; ``None``: with all open cases."""
    who = {"account": principal.principal_id}
    if view_id is None:
        change(connection, "DELETE FROM default_view WHERE account_id = %(account)s", who)
        return
    find_view(connection, view_id, principal)
    statement = """
        INSERT INTO default_view (account_id, view_id) VALUES (%(account)s, %(view)s)
        ON CONFLICT (account_id) DO UPDATE SET view_id = EXCLUDED.view_id
    """
    change(connection, statement, who | {"view": view_id})


def default_of(connection: Connection, principal: Principal) -> Row | None:
    """The view the caller's queue opens with, while the caller may still see it."""
    query = f"""
        SELECT v.* FROM ({_VIEWS}) v WHERE v.is_default
    """  # noqa: S608 - a constant
    return first(connection, query, {"viewer": principal.principal_id})
