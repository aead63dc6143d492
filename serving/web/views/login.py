"""Logging in and out, the start page and the theme."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import SESSION_COOKIE, Caller, State, Transaction
from serving.api.session import set_session_cookie
from serving.auth import service
from serving.auth.principal import AccountLocked, Unauthenticated
from serving.web.access import SameSite, own_path, see_other
from serving.web.frame import THEME_COOKIE, THEMES, sections_for
from serving.web.render import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class LoginPage:
    """Context of ``login.html``; ``refusal`` says why the last attempt failed."""

    next: str
    login: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class StartPage:
    """Context of ``start.html``, for roles that no page is made for."""

    name: str


@router.get("/login")
def login_form(request: Request, next: str = "/") -> Response:  # noqa: A002 - the parameter's public name
    """The form; whoever comes here logs in anew."""
    return render(request, "login.html", LoginPage(own_path(next)), principal=None)


@router.post("/login")
def log_in(
    request: Request,
    state: State,
    same_site: SameSite,  # noqa: ARG001 - checked
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the parameter's public name
) -> Response:
    """Start a session and go where the person wanted to go."""
    target = own_path(next)
    if "\x00" in login or not login.strip() or not password:
        return _again(request, target, login, "Enter your login and your password.", 422)
    try:
        made = service.log_in(state.engine, login.strip(), password, settings=state.settings)
    except (Unauthenticated, AccountLocked) as refusal:
        return _again(request, target, login, refusal.detail[:1].upper() + refusal.detail[1:] + ".", refusal.status)
    response = see_other(target)
    set_session_cookie(response, made.token, state)
    return response


def _again(request: Request, target: str, login: str, refusal: str, status: int) -> Response:
    page = LoginPage(target, login.replace("\x00", ""), refusal)
    return render(request, "login.html", page, principal=None, status=status)


@router.post("/logout")
def log_out(request: Request, connection: Transaction, principal: Caller) -> Response:
    """End the session."""
    service.log_out(connection, request.cookies.get(SESSION_COOKIE, ""), principal=principal)
    response = see_other("/login", good="You are logged out.")
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/")
def start(request: Request, principal: Caller) -> Response:
    """The first page that the role may open."""
    sections = sections_for(principal)
    if sections:
        return see_other(sections[0].path)
    return render(request, "start.html", StartPage(principal.name), principal=principal)


@router.post("/theme")
def choose_theme(
    same_site: SameSite,  # noqa: ARG001 - checked
    theme: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - as above
) -> Response:
    """Remember light or dark for a year; anything else follows the system."""
    response = see_other(own_path(next))
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="lax", httponly=True)
    else:
        response.delete_cookie(THEME_COOKIE)
    return response
