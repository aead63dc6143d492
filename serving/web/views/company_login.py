"""Logging in with the company's account at its identity provider: there, back again, and out there too."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import State
from serving.api.session import set_session_cookie
from serving.auth.oidc.company import LOGIN_SECONDS, CompanyLogin, NotBegun
from serving.auth.oidc.people import Deactivated, NoRole, TwoAccounts
from serving.auth.oidc.sessions import log_in_proven
from serving.auth.principal import Forbidden, Unauthenticated
from serving.problems import NotFound, Problem, Unavailable
from serving.state import ServingState
from serving.web.access import own_path, see_other
from serving.web.render import render

router = APIRouter(prefix="/login/company", include_in_schema=False, default_response_class=HTMLResponse)
FLOW_COOKIE = "triage_company_login"
# The path keeps the cookie away from every other page.
PATH = "/login/company"


@dataclass(frozen=True)
class RefusedPage:
    """Context of ``company_refused.html``."""

    status: int
    title: str
    detail: str
    next_step: str
    name: str


def company_of(state: ServingState) -> CompanyLogin:
    """The company's login; raises ``NotFound`` where none is set."""
    if state.provider is None or not state.provider.settings.client_id:
        raise NotFound("no company login is set up here; log in with a local account")
    return CompanyLogin(state.provider, state.settings)


def name_of(state: ServingState) -> str:
    """What people call the company's login; empty where none is set."""
    settings = None if state.provider is None else state.provider.settings
    return settings.name if settings is not None and settings.client_id else ""


@router.get("")
def begin(request: Request, state: State, next: str = "/") -> Response:  # noqa: A002 - the parameter's public name
    """Send the browser to the provider, with a cookie by which it is known again.

    A link and no form: the content policy lets no form of ours lead to another site.
    """
    company = company_of(state)
    try:
        place, sealed = company.begin(own_path(next))
    except Unavailable as refused:
        return _refused(request, state, refused)
    response = see_other(place)
    response.set_cookie(
        FLOW_COOKIE,
        sealed,
        max_age=LOGIN_SECONDS,
        path=PATH,
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/callback")
def finish(request: Request, state: State) -> Response:
    """Start a session for whoever the provider says has come, and go where the person wanted to go."""
    company = company_of(state)
    try:
        proven = company.finish(request.query_params, request.cookies.get(FLOW_COOKIE, ""))
        made = log_in_proven(state.engine, proven, company.provider.settings, settings=state.settings)
    except (NotBegun, Unauthenticated, Forbidden, Unavailable) as refused:
        return _forgetting(_refused(request, state, refused))
    response = see_other(own_path(proven.flow.target))
    set_session_cookie(response, made, state)
    return _forgetting(response)


@router.get("/leave")
def leave(state: State) -> Response:
    """Send the browser on to log out at the provider too."""
    try:
        place = company_of(state).leave()
    except Unavailable:
        place = None
    if place is None:
        return see_other("/login", bad=f"Close the browser to leave {name_of(state)} too.")
    return see_other(place)


def _forgetting(response: Response) -> Response:
    response.delete_cookie(FLOW_COOKIE, path=PATH)
    return response


def _refused(request: Request, state: ServingState, problem: Problem) -> Response:
    request.scope["problem"] = problem.slug
    page = RefusedPage(
        status=problem.status,
        title=problem.title,
        detail=problem.detail[:1].upper() + problem.detail[1:] + ".",
        next_step=_next_step(problem),
        name=name_of(state),
    )
    return render(request, "company_refused.html", page, principal=None, status=problem.status)


def _next_step(problem: Problem) -> str:
    if isinstance(problem, NoRole):
        return "Ask an administrator of this service for a role, then log in again."
    if isinstance(problem, Deactivated):
        return "Ask an administrator of this service to open your account again."
    if isinstance(problem, TwoAccounts):
        return "Log in with the other account, or ask an administrator of this service to deactivate it."
    if isinstance(problem, Unavailable):
        return "Try again in a minute. A local account works meanwhile; if it lasts, tell whoever runs this service."
    return "Log in again from the start; if it happens again, tell whoever runs this service, with the number below."
