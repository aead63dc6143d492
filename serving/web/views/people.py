"""One person's account, for administrators: roles, name, password, sessions, and whether they may log in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import AccountAdmin, PathId, State, Transaction
from serving.auth import administration, people
from serving.auth.people import Described
from serving.auth.scopes import Role
from serving.sql import Row
from serving.web.access import see_other
from serving.web.attempt import attempt
from serving.web.render import render

router = APIRouter(prefix="/admin/accounts", include_in_schema=False, default_response_class=HTMLResponse)
SHORTEST_PASSWORD = 12
GRANTABLE = tuple(role for role in Role if role is not Role.SERVICE)
Why = Annotated[str, Form(max_length=1000)]
Name = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class PersonPage:
    """Context of ``person.html``.

    Attributes:
        own: whoever is asking looks at their own account.
    """

    account: Row
    roles: tuple[Role, ...]
    own: bool


def _place(account_id: str) -> str:
    return f"/admin/accounts/{account_id}"


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()


@router.get("/{account_id}")
def read_person(account_id: PathId, request: Request, connection: Transaction, principal: AccountAdmin) -> Response:
    """What is known of an account, and what can be changed."""
    found = administration.account(connection, account_id)
    page = PersonPage(found, GRANTABLE, found["account_id"] == principal.principal_id)
    return render(request, "person.html", page, principal=principal)


@router.post("/{account_id}/roles")
def set_roles(
    account_id: PathId,
    connection: Transaction,
    principal: AccountAdmin,
    roles: Annotated[list[Role], Form()] = [],  # noqa: B006 - FastAPI copies defaults
    why: Why = "",
) -> Response:
    """Other roles, from the next request on."""
    if not roles:
        return see_other(_place(account_id), bad="Choose at least one role; deactivate whoever needs none.")

    def work() -> None:
        administration.set_roles(connection, account_id, roles, by=principal, why=_plain(why))

    return attempt(connection, _place(account_id), work, good="The roles are changed.", why=_plain(why))


@router.post("/{account_id}/description")
def describe(
    account_id: PathId,
    connection: Transaction,
    principal: AccountAdmin,
    name: Name = "",
    resource_id: Name = "",
    why: Why = "",
) -> Response:
    """Another name or ledger id."""
    if not _plain(name):
        return see_other(_place(account_id), bad="Enter a name.")
    described = Described(_plain(name), _plain(resource_id) or None)

    def work() -> None:
        people.describe(connection, account_id, described, by=principal, why=_plain(why))

    return attempt(connection, _place(account_id), work, good="Name and ledger id are changed.", why=_plain(why))


@router.post("/{account_id}/password")
def reset_password(
    account_id: PathId,
    connection: Transaction,
    principal: AccountAdmin,
    password: Annotated[str, Form(max_length=1000)] = "",
    why: Why = "",
) -> Response:
    """Another password; the sessions end."""
    if len(password) < SHORTEST_PASSWORD or "\x00" in password:
        return see_other(_place(account_id), bad=f"The password needs at least {SHORTEST_PASSWORD} characters.")

    def work() -> None:
        people.reset_password(connection, account_id, password, by=principal, why=_plain(why))

    good = "The password is changed and every session has ended."
    return attempt(connection, _place(account_id), work, good=good, why=_plain(why))


Standing = Annotated[str, Form(pattern="^(deactivate|reactivate|end_sessions)$")]
_GOOD = {
    "deactivate": "The account is deactivated: nobody can log in with it.",
    "reactivate": "The account is active again.",
    "end_sessions": "Every session has ended.",
}


@router.post("/{account_id}/standing")
def set_standing(
    account_id: PathId,
    state: State,
    connection: Transaction,
    principal: AccountAdmin,
    do: Standing,
    why: Why = "",
) -> Response:
    """Deactivate or reactivate it, or end its sessions."""
    reason = _plain(why)
    steps: dict[str, Callable[[], object]] = {
        "deactivate": lambda: administration.deactivate(connection, account_id, by=principal, why=reason),
        "reactivate": lambda: people.reactivate(connection, account_id, by=principal, why=reason),
        "end_sessions": lambda: administration.end_sessions(connection, account_id, by=principal, why=reason),
    }
    response = attempt(connection, _place(account_id), steps[do], good=_GOOD[do], why=reason)
    state.keys.forget(account_id)
    return response
