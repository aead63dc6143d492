"""Errors as RFC 9457 problem documents: domain exceptions carry a status, a stable type and the fields at fault."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.routing import Route

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:triage:problem:"

log = structlog.get_logger(__name__)


class FieldError(BaseModel):
    """One field at fault."""

    pointer: str = Field(description="JSON pointer (RFC 6901) into the body, or /query, /path, /header and the name")
    message: str = Field(description="what is wrong with it")


class ProblemDocument(BaseModel):
    """The one shape of every error."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:triage:problem:invalid",
                    "title": "A field is wrong",
                    "status": 422,
                    "detail": "/document/invoice/currency: unknown ISO 4217 currency 'XXQ'",
                    "errors": [{"pointer": "/document/invoice/currency", "message": "unknown ISO 4217 currency 'XXQ'"}],
                    "request_id": "019c6a3e-0000-7000-8000-000000000006",
                }
            ]
        },
    )

    type: str = Field(description="stable URN of the kind of problem", examples=["urn:triage:problem:not-found"])
    title: str = Field(description="the kind of problem in words")
    status: int = Field(description="HTTP status")
    detail: str = Field(description="what happened this time, and what to do next")
    errors: list[FieldError] = Field(default=[], description="the fields at fault")
    request_id: str | None = Field(default=None, description="quote this when asking for help")


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem, and so does every subclass
    """A refusal with a status and a stable type; subclasses live beside the code that raises them."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "The request cannot be served"
    # What the request found out stays written although it is refused: fresh figures, and the entry of the refusal.
    kept: bool = False

    def __init__(self, detail: str, *, errors: list[FieldError] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors or []
        self.members = members
        self.headers: dict[str, str] = {}


class NotFound(Problem):
    """The thing named in the request does not exist, or not for the caller."""

    status = 404
    slug = "not-found"
    title = "Not found"


class Invalid(Problem):
    """The request is understood, but a field is wrong."""

    status = 422
    slug = "invalid"
    title = "A field is wrong"

    @classmethod
    def at(cls, pointer: str, message: str) -> "Invalid":
        """One wrong field."""
        return cls(f"{pointer}: {message}", errors=[FieldError(pointer=pointer, message=message)])


class Conflict(Problem):
    """The request contradicts what is already recorded."""

    status = 409
    slug = "conflict"
    title = "In conflict with what is recorded"


class Unavailable(Problem):
    """Something behind the service is down; asking again later may help."""

    status = 503
    slug = "unavailable"
    title = "Temporarily unavailable"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": "2"}


HTTP_TITLES = {
    400: ("bad-request", "The request cannot be read"),
    401: ("unauthenticated", "Log in or send an API key"),
    403: ("forbidden", "Not allowed"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed"),
    406: ("not-acceptable", "No acceptable form"),
    413: ("too-large", "The body is too large"),
    415: ("unsupported-media-type", "Unsupported media type"),
}


def problem_document(problem: Problem, request_id: str | None) -> dict[str, Any]:
    """A problem as plain JSON values."""
    return {
        "type": TYPE_PREFIX + problem.slug,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "errors": [error.model_dump() for error in problem.errors],
        "request_id": request_id,
        **problem.members,
    }


def respond(request: Request | None, problem: Problem) -> JSONResponse:
    """A problem as a response; the request remembers its kind, for the record of refusals."""
    if request is not None:
        request.scope["problem"] = problem.slug
    request_id = None if request is None else request.scope.get("request_id")
    content = problem_document(problem, request_id)
    return JSONResponse(content, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def http_problem(status: int, detail: str) -> Problem:
    """A problem for a plain HTTP status."""
    slug, title = HTTP_TITLES.get(status, ("http-error", "The request cannot be served"))
    made = type("HttpProblem", (Problem,), {"status": status, "slug": slug, "title": title})
    problem: Problem = made(detail)
    return problem


def pointer_of(location: tuple[str | int, ...]) -> str:
    """FastAPI's error location as a pointer: into the body, or below /query, /path, /header."""
    parts = location[1:] if location and location[0] == "body" else location
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def from_validation(error: RequestValidationError) -> Problem:
    """Each of pydantic's complaints with its place; the offending values are not echoed."""
    fields = [FieldError(pointer=pointer_of(item["loc"]), message=printable(item["msg"])) for item in error.errors()]
    if not fields:
        return Invalid("the request is not valid")
    more = f" (and {len(fields) - 1} more)" if len(fields) > 1 else ""
    return Invalid(f"{fields[0].pointer or '/'}: {fields[0].message}{more}", errors=fields)


def printable(text: str) -> str:
    """Text that UTF-8 can carry: lone surrogates from hostile input are replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def from_database(error: DBAPIError | psycopg.Error | PoolTimeoutError) -> Problem:
    """What the database's refusal means to a caller."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, psycopg.DataError):
        return Invalid("a value cannot be stored: it is out of range or holds a forbidden character")
    if isinstance(original, psycopg.errors.ReadOnlySqlTransaction):
        return Unavailable("the database takes no changes just now; nothing was changed, send the request again")
    if isinstance(original, (psycopg.OperationalError, PoolTimeoutError)):
        return Unavailable(
            "the database does not answer in time; send it again: with the same Idempotency-Key it is done once"
        )
    log.error("database error", error=str(original))
    return http_problem(500, "the database refused the statement; nothing was changed")


def allowed_methods(routes: Iterable[Any], path: str) -> list[str]:
    """Every method of the path's resource; the router itself only knows those of the first route that matches.

    A path that is written out (``/v1/scores/batch``) is a resource of its own and no id of the one beside it.
    """
    matching = [route for route in _every_route(routes) if route.path_regex.match(path)]
    own = [route for route in matching if route.path == path] or matching
    methods = {method for route in own for method in route.methods or ()}
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


def _every_route(routes: Iterable[Any]) -> Iterator[Route]:
    for route in routes:
        below = getattr(route, "original_router", None)
        if below is not None:
            yield from _every_route(below.routes)
        elif isinstance(route, Route):
            yield route


def install(app: FastAPI) -> None:
    """Make every error of the application a problem document."""

    def on_problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return respond(request, error)

    def on_validation(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return respond(request, from_validation(error))

    def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        problem = http_problem(error.status_code, str(error.detail))
        problem.headers = dict(error.headers or {})
        if error.status_code == 405:
            problem.headers["Allow"] = ", ".join(allowed_methods(request.app.routes, request.url.path))
        return respond(request, problem)

    def on_database(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, (DBAPIError, psycopg.Error, PoolTimeoutError))
        return respond(request, from_database(error))

    def on_anything(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error", error=repr(error), path=request.url.path)
        return respond(request, http_problem(500, "an unexpected error; nothing was changed"))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    for kind in (DBAPIError, psycopg.Error, PoolTimeoutError):
        app.add_exception_handler(kind, on_database)
    app.add_exception_handler(Exception, on_anything)
