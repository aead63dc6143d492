"""Logging in and out, the start page and the theme."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import SESSION_COOKIE, Caller, State, Transaction
from serving.api.session import log_in_from, set_session_cookie
from serving.auth import service
from serving.auth.logging_in import TooManyLogIns
from serving.auth.principal import Unauthenticated
from serving.web.access import SameSite, own_path, see_other
from serving.web.frame import THEME_COOKIE, THEMES, sections_for
from serving.web.render import render
from serving.web.views.company_login import name_of

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class LoginPage:
    """Context of ``login.html``.

    Attributes:
        refusal: why the last attempt failed.
        company: what the company's login is called; empty where there is none.
        still_in: whether the person has just left us, and is still logged in there.
    """

    next: str
    company: str
    login: str = ""
    refusal: str = ""
    still_in: bool = False


@dataclass(frozen=True)
class StartPage:
    """Context of ``start.html``, for roles that no page is made for."""

    name: str


@router.get("/login")
def login_form(request: Request, state: State, next: str = "/", left: str = "") -> Response:  # noqa: A002 - public name
    """The form; whoever comes here logs in anew."""
    company = name_of(state)
    page = LoginPage(own_path(next), company, still_in=bool(company and left))
    return render(request, "login.html", page, principal=None)


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
    target, form = own_path(next), LoginPage(own_path(next), name_of(state), login.replace("\x00", ""))
    if "\x00" in login or not login.strip() or not password:
        return _again(request, form, "Enter your login and your password.", 422)
    try:
        made = log_in_from(request, state, login.strip(), password)
    except (Unauthenticated, TooManyLogIns) as refusal:
        request.scope["problem"] = refusal.slug
        response = _again(request, form, refusal.detail[:1].upper() + refusal.detail[1:] + ".", refusal.status)
        response.headers.update({"Retry-After": refusal.headers["Retry-After"]} if refusal.status == 429 else {})
        return response
    response = see_other(target)
    set_session_cookie(response, made, state)
    return response


def _again(request: Request, form: LoginPage, refusal: str, status: int) -> Response:
    return render(request, "login.html", replace(form, refusal=refusal), principal=None, status=status)


@router.post("/logout")
def log_out(request: Request, connection: Transaction, principal: Caller) -> Response:
    """End the session; whoever came with the company's account hears that they are still logged in there."""
    token = request.cookies.get(SESSION_COOKIE, "")
    elsewhere = service.began_elsewhere(connection, token)
    service.log_out(connection, token, principal=principal)
    response = see_other("/login?left=1" if elsewhere else "/login", good="You are logged out.")
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
