"""Endpoints of logging in and out, and of who is asking."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field

from ledger.records.base import Text
from serving.api.dependencies import SESSION_COOKIE, Caller, State, refuse_cross_site
from serving.api.errors import ERRORS
from serving.api.writes import OwnWrite
from serving.auth import logging_in, service
from serving.auth.devices import DEVICE_COOKIE, DEVICE_SECONDS
from serving.auth.logging_in import Attempt, Login
from serving.auth.principal import Principal
from serving.auth.schemas import KnownRole, KnownScope
from serving.contract.strict import Sent, StrictRoute
from serving.contract.types import Published
from serving.state import ServingState

router = APIRouter(prefix="/v1/session", tags=["session"], responses=ERRORS, route_class=StrictRoute)


class LoginRequest(Sent):
    """A login."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"login": "rita", "password": "correct horse battery"}]})

    login: Text = Field(min_length=1, max_length=200, description="login name")
    password: Text = Field(min_length=1, max_length=1000, description="password")


class WhoOut(Published):
    """Who is asking."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "principal_id": "019c6a3e-0000-7000-8000-000000000003",
                    "kind": "account",
                    "name": "Rita Reviewer",
                    "roles": ["reviewer"],
                    "scopes": ["cases:read", "self"],
                }
            ]
        }
    )

    principal_id: str = Field(description="id of the account or key")
    kind: Literal["account", "key"] = Field(description="a person with an account, or a machine with a key")
    name: str = Field(description="name of the person or key")
    roles: list[KnownRole] = Field(description="what the caller is for")
    scopes: list[KnownScope] = Field(description="what the caller may do")


@router.post("", summary="Log in")
def log_in(body: LoginRequest, request: Request, response: Response, state: State) -> WhoOut:
    """Start a session; its token comes as a cookie that scripts cannot read.

    No Idempotency-Key: a refused login must be counted, and an answer that carries a secret is not kept.
    """
    refuse_cross_site(request)
    login = log_in_from(request, state, body.login, body.password)
    set_session_cookie(response, login, state)
    return _who(login.principal)


def log_in_from(request: Request, state: ServingState, login: str, password: str) -> Login:
    """Log in with what a request says of its sender; raises what ``log_in`` raises."""
    request.scope["login"] = login  # the record of refusals names it, if it is somebody's
    address = request.client.host if request.client else ""
    attempt = Attempt(login, password, address, request.cookies.get(DEVICE_COOKIE, ""))
    return logging_in.log_in(state.engine, attempt, settings=state.settings, failures=state.failures)


def set_session_cookie(response: Response, login: Login, state: ServingState) -> None:
    """Hand the session's token to the browser, and the mark by which it is known again."""
    length = int(state.settings.session_length.total_seconds())
    response.set_cookie(SESSION_COOKIE, login.token, max_age=length, httponly=True, samesite="lax")
    if login.device:
        response.set_cookie(DEVICE_COOKIE, login.device, max_age=DEVICE_SECONDS, httponly=True, samesite="strict")


@router.get("", summary="Who am I")
def read_caller(principal: Caller) -> WhoOut:
    """The caller, with roles and scopes."""
    return _who(principal)


@router.delete("", status_code=204, response_class=Response, summary="Log out")
def log_out(request: Request, write: OwnWrite) -> Response:
    """End the session."""
    token = request.cookies.get(SESSION_COOKIE, "")
    response = write.once(None, lambda: service.log_out(write.connection, token, principal=write.principal))
    response.delete_cookie(SESSION_COOKIE)
    return response


def _who(principal: Principal) -> WhoOut:
    return WhoOut(
        principal_id=principal.principal_id,
        kind=principal.kind,
        name=principal.name,
        roles=list(principal.roles),
        scopes=sorted(principal.scopes),
    )
