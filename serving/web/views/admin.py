"""People and API keys, for administrators."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection

from serving.api.dependencies import AccountAdmin, PathId, State, Transaction
from serving.auth import administration, service
from serving.auth.principal import Principal
from serving.auth.scopes import Role, Scope, scopes_of
from serving.sql import Row
from serving.state import ServingState
from serving.tasks.set_aside import ITEMS, NotSetAside, Sweep, listed, try_now
from serving.web.access import see_other
from serving.web.render import render
from serving.web.views.people import GRANTABLE, SHORTEST_PASSWORD

router = APIRouter(prefix="/admin", include_in_schema=False, default_response_class=HTMLResponse)
ASIDE = 100  # entries that are shown
KEY_SCOPES = tuple(sorted((scopes_of((Role.SERVICE,)) | {Scope.AUDIT_READ}) - {Scope.SELF}))


@dataclass(frozen=True)
class AdminPage:
    """Context of ``admin.html``.

    Attributes:
        aside: the newest items that the worker set aside; ``kind`` says what each is the id of.
        new_key: a key that was just made; shown this once.
        refusal: why the last form was not carried out; ``typed`` is what stood in it.
    """

    accounts: list[Row]
    keys: list[Row]
    aside: list[Row]
    roles: tuple[Role, ...]
    scopes: tuple[Scope, ...]
    now: object
    new_key: str = ""
    refusal: str = ""
    typed: Row | None = None


@dataclass(frozen=True)
class _Asked:
    request: Request
    connection: Connection
    state: ServingState
    principal: Principal


def _page(
    asked: _Asked, *, status: int = 200, new_key: str = "", refusal: str = "", typed: Row | None = None
) -> Response:
    page = AdminPage(
        accounts=administration.accounts(asked.connection),
        keys=administration.keys(asked.connection),
        aside=[row | {"kind": ITEMS[Sweep(row["sweep"])]} for row in listed(asked.connection, limit=ASIDE)],
        roles=GRANTABLE,
        scopes=KEY_SCOPES,
        now=asked.state.clock(),
        new_key=new_key,
        refusal=refusal,
        typed=typed,
    )
    return render(asked.request, "admin.html", page, principal=asked.principal, status=status)


@router.get("")
def read_admin(request: Request, state: State, connection: Transaction, principal: AccountAdmin) -> Response:
    """Everybody and every key."""
    return _page(_Asked(request, connection, state, principal))


@router.post("/accounts")
def add_account(
    request: Request,
    state: State,
    connection: Transaction,
    principal: AccountAdmin,
    login: Annotated[str, Form(max_length=100)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    role: Annotated[Role, Form()] = Role.REVIEWER,
    resource_id: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Make an account for one person."""
    asked = _Asked(request, connection, state, principal)
    typed = {"login": login, "name": name, "role": role, "resource_id": resource_id}
    refusal = _account_fault(login, name, password, resource_id)
    if not refusal:
        new = service.NewAccount(login.strip(), name.strip(), password, (role,), resource_id.strip() or None)
        try:
            with connection.begin_nested():
                service.create_account(connection, new, actor=principal.principal_id)
        except UniqueViolation:
            refusal = f"The login {login.strip()} is taken; choose another."
    if refusal:
        return _page(asked, status=422, refusal=refusal, typed=typed)
    return see_other("/admin", good=f"{name.strip()} can log in now.")


def _account_fault(login: str, name: str, password: str, resource_id: str) -> str:
    if not login.strip() or not name.strip():
        return "Enter a login and a name."
    if "\x00" in login + name + password + resource_id:
        return "The NUL character is not allowed."
    if len(password) < SHORTEST_PASSWORD:
        return f"The password needs at least {SHORTEST_PASSWORD} characters."
    return ""


@router.post("/keys")
def add_key(
    request: Request,
    state: State,
    connection: Transaction,
    principal: AccountAdmin,
    name: Annotated[str, Form(max_length=200)] = "",
    scopes: Annotated[list[Scope], Form()] = [],  # noqa: B006 - FastAPI copies defaults
    kind: Annotated[str, Form(pattern="^(live|test)$")] = "live",
) -> Response:
    """Make an API key and show it once; one of kind test reaches the sandbox alone."""
    asked = _Asked(request, connection, state, principal)
    if not name.strip() or "\x00" in name or not scopes:
        return _page(asked, status=422, refusal="A key needs a name and at least one scope.")
    actor = principal.principal_id
    key = service.create_key(connection, name.strip(), scopes, actor=actor, sandbox=kind == "test")
    return _page(asked, new_key=key)


@router.post("/set-aside/{set_aside_id}/retry")
def retry_set_aside(set_aside_id: PathId, connection: Transaction, principal: AccountAdmin) -> Response:
    """Have the worker try an item again with its next round."""
    try:
        try_now(connection, set_aside_id, actor=principal.principal_id)
    except NotSetAside:
        return see_other("/admin", good="It was carried out meanwhile.")
    return see_other("/admin", good="The worker tries it again within a minute or, for requests, within five.")
