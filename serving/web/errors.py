"""Errors as pages: what happened, what was kept, what to do next. Machines go on getting problem documents."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from serving.api.dependencies import SESSION_COOKIE
from serving.auth.principal import Principal
from serving.auth.service import principal_of_session
from serving.middleware import REQUEST_ID, SECURITY_HEADERS
from serving.problems import Problem, from_database, from_validation, http_problem
from serving.web.access import wants_page
from serving.web.render import render

log = structlog.get_logger(__name__)
Handler = Callable[[Request, Any], Response | Awaitable[Response]]

NEXT_STEPS = {
    400: "Go back and send it again.",
    403: "Ask an administrator if your work needs this, or go on with what you may open.",
    404: "Check the address, or look for the invoice with the search above.",
    405: "Use the buttons of the page instead of the address bar.",
    409: "Look at the page again; it shows who did what meanwhile.",
    413: "Send less.",
    422: "Go back, correct the field and send it again.",
    500: "Try again; if it happens again, tell whoever runs the service, with the number below.",
    503: "Wait some seconds and try again.",
}


@dataclass(frozen=True)
class ErrorPage:
    """Context of ``error.html``."""

    status: int
    title: str
    detail: str
    kept: str
    next_step: str
    fields: tuple[tuple[str, str], ...] = ()


def error_page(problem: Problem, *, changing: bool) -> ErrorPage:
    """A problem in words for people."""
    detail = problem.detail[:1].upper() + problem.detail[1:]
    return ErrorPage(
        status=problem.status,
        title=problem.title,
        detail=detail if detail.endswith((".", "?", "!")) else f"{detail}.",
        kept="Nothing was changed; what was saved before is safe." if changing else "Nothing was lost.",
        next_step=NEXT_STEPS.get(problem.status, NEXT_STEPS[400]),
        fields=tuple((error.pointer, error.message) for error in problem.errors),
    )


def install_error_pages(app: FastAPI) -> None:
    """Answer browsers with pages; everybody else as before. Call after the problem handlers are installed."""
    kinds: tuple[type[Exception], ...] = (Problem, RequestValidationError, HTTPException, DBAPIError, psycopg.Error,
                                          PoolTimeoutError, Exception)  # fmt: skip
    for kind in kinds:
        app.add_exception_handler(kind, _paged(app.exception_handlers[kind]))


def _paged(before: Handler) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        if wants_page(request):
            return _guarded(await run_in_threadpool(_answer, request, _problem_of(error)), request)
        answer = before(request, error)
        return _guarded(answer if isinstance(answer, Response) else await answer, request)

    return handle


def _guarded(response: Response, request: Request) -> Response:
    """Unexpected errors are answered outside the middleware that adds these headers."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault(REQUEST_ID, str(request.scope.get("request_id", "")))
    return response


def _answer(request: Request, problem: Problem) -> Response:
    principal = _who(request)
    if problem.status == 401:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        place = here if request.method == "GET" else request.url.path.rsplit("/", 1)[0] or "/"
        return RedirectResponse(f"/login?next={quote(place, safe='')}", 303)
    page = error_page(problem, changing=request.method != "GET")
    return render(request, "error.html", page, principal=principal, status=problem.status)


def _who(request: Request) -> Principal | None:
    """Who is looking: recognised by the page itself, or by the cookie where no page was reached."""
    known: Principal | None = getattr(request.state, "principal", None)
    token = request.cookies.get(SESSION_COOKIE)
    if known is not None or token is None:
        return known
    try:
        with request.app.state.serving.engine.begin() as connection:
            return principal_of_session(connection, token)
    except (Problem, DBAPIError, psycopg.Error, PoolTimeoutError):
        return None


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return from_validation(error)
    if isinstance(error, HTTPException):
        return http_problem(error.status_code, str(error.detail))
    if isinstance(error, (DBAPIError, psycopg.Error, PoolTimeoutError)):
        return from_database(error)
    log.error("unexpected error on a page", error=repr(error))
    return http_problem(500, "Something went wrong on our side")
