"""What endpoints declare in their signatures: the state, the request's one transaction, and who is asking."""

from collections.abc import Callable, Iterator
from typing import Annotated, Final
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Path, Request
from pydantic import AfterValidator, StringConstraints
from sqlalchemy import Connection

from ledger.records.base import ID_PATTERN, Says, check_id
from serving.auth import service
from serving.auth.logging_in import TooManyLogIns
from serving.auth.oidc.people import principal_of_claims
from serving.auth.principal import Forbidden, Principal, Unauthenticated
from serving.auth.scopes import Scope
from serving.auth.secrets import parse_key
from serving.limits.addresses import counted_address
from serving.limits.failures import Who
from serving.problems import Problem
from serving.state import ServingState

SESSION_COOKIE = "triage_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOKING_UP = CapacityLimiter(8)


async def state_of(request: Request) -> ServingState:
    """The process's state with the policy in force; asynchronous, like all that only looks something up: a thread
    costs more than the look, and only every other second the database is asked.
    """
    state: ServingState = request.app.state.serving
    return await to_thread.run_sync(state.in_force, limiter=_LOOKING_UP) if state.policies.due else state.in_force()


State = Annotated[ServingState, Depends(state_of)]


def open_transaction(request: Request, state: State) -> Iterator[Connection]:
    """One transaction per request: committed before the answer leaves, rolled back by any error.

    A ``Problem`` that is ``kept`` is answered after a commit: what the refused request wrote is meant to stay.
    """
    _refuse_strangers(request)
    with state.engine.connect() as connection, connection.begin() as transaction:
        request.state.connection = connection  # what surrounds a page reads by it: a request holds one connection
        try:
            yield connection
        except Problem as problem:
            if problem.kept:
                transaction.commit()
            raise


# Function scope: the commit happens before the response is sent, so an answer never promises what is not on disk.
Transaction = Annotated[Connection, Depends(open_transaction, scope="function")]


class Authenticator:
    """Recognises the caller and requires one scope; the access test reads ``scope`` from every route."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def __call__(self, request: Request, state: State) -> Principal:
        """The caller, or a 401 or 403 problem."""
        principal = await _caller(request, state)
        request.state.principal = principal  # an error page still knows whom it addresses
        if principal.kind == "key":
            _count(request, state, principal)
        principal.require(self.scope)
        if principal.sandbox:
            _keep_in_sandbox(request)
        return principal


# What a test key reaches: scores of documented ids, and the messages that it asked for.
SANDBOX: Final = frozenset(
    {
        ("POST", "/v1/scores"),
        ("GET", "/v1/callbacks"),
        ("GET", "/v1/callbacks/{message_id}"),
        ("GET", "/v1/session"),
    }
)


def _keep_in_sandbox(request: Request) -> None:
    place = (request.method, getattr(request.scope.get("route"), "path", request.url.path))
    if place not in SANDBOX:
        raise Forbidden("a test key reaches the sandbox alone: POST /v1/scores, and its own callbacks")


def _count(request: Request, state: ServingState, principal: Principal) -> None:
    """Count a key's request, once; what is left of its limits goes into the answer's headers."""
    if "ratelimit" not in request.scope:
        standing = state.limits.take(principal.principal_id, principal.allowance)
        request.scope["ratelimit"] = {} if standing is None else standing.headers()


async def _caller(request: Request, state: ServingState) -> Principal:
    """Who is asking: as the door found out, or now where no door was passed."""
    if "caller" not in request.scope:
        request.scope["caller"] = await recognise(request, state)
    _refuse_strangers(request)
    known: Principal = request.scope["caller"]
    return known


def _refuse_strangers(request: Request) -> None:
    """Raise why somebody was not recognised; what is open to everybody has not been looked at by the door."""
    if request.scope.get("caller", request) is None:
        raise request.scope.get("not_recognised") or Unauthenticated(
            "send 'Authorization: Bearer <API key>' or log in at POST /v1/session"
        )


async def recognise(request: Request, state: ServingState) -> Principal | None:
    """The caller by the headers alone; ``None`` without credentials.

    Raises ``Unauthenticated`` for wrong ones and ``Forbidden`` for a write that another site started.
    """
    kind, _, credential = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and credential:
        presented = credential.strip()
        known = state.keys.recall(presented)
        return known if known is not None else await _look_up_unless_guessing(request, state, presented)
    token = request.cookies.get(SESSION_COOKIE)
    if token is None:
        return None
    if request.method not in SAFE_METHODS:
        refuse_cross_site(request)
    return await _in_own_thread(_look_up_session, state, token)


async def _look_up_unless_guessing(request: Request, state: ServingState, presented: str) -> Principal:
    """The caller by a key or token; raises ``TooManyLogIns`` where too many wrong ones came from."""
    address = counted_address(request.client.host if request.client else "")
    key = parse_key(presented)
    whose: Who = ("key", address, "token" if key is None else key[0])
    wait = state.failures.wait(whose, state.settings.failed_logins_per_address)
    if wait > 0:
        raise TooManyLogIns(wait)
    try:
        return await _in_own_thread(_look_up_bearer, state, presented)
    except Unauthenticated:
        state.failures.count(whose, state.settings.lock_length.total_seconds())
        raise


async def _in_own_thread(
    look_up: Callable[[ServingState, str], Principal], state: ServingState, text: str
) -> Principal:
    """Look it up in one of few threads: made-up credentials never take those in which work is done."""
    return await to_thread.run_sync(look_up, state, text, limiter=_LOOKING_UP)


def _look_up_bearer(state: ServingState, presented: str) -> Principal:
    provider = state.provider if parse_key(presented) is None else None
    if provider is not None and not provider.settings.audience:
        provider = None  # it logs people in on the pages; its tokens are not for the API
    claims = None if provider is None else provider.claims(presented)
    with state.engine.begin() as connection:
        if provider is None or claims is None:
            principal = service.principal_of_key(connection, presented)
        else:
            principal = principal_of_claims(connection, claims, provider.settings)
    state.keys.keep(presented, principal)
    return principal


def _look_up_session(state: ServingState, token: str) -> Principal:
    with state.engine.begin() as connection:
        return service.principal_of_session(connection, token)


def refuse_cross_site(request: Request) -> None:
    """A write that carries a cookie must come from our own pages (Sec-Fetch-Site, else Origin against Host).

    Callers that send neither header are no browsers, and nobody can make them send a cookie by accident.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise Forbidden("this write was started by another site and was refused")
    origin = request.headers.get("origin")
    if site is None and origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("this write was started by another site and was refused")


ScoreReader = Annotated[Principal, Depends(Authenticator(Scope.SCORES_READ))]
ScoreWriter = Annotated[Principal, Depends(Authenticator(Scope.SCORES_WRITE))]
CaseReader = Annotated[Principal, Depends(Authenticator(Scope.CASES_READ))]
BoardReader = Annotated[Principal, Depends(Authenticator(Scope.BOARDS_READ))]
SeniorReviewer = Annotated[Principal, Depends(Authenticator(Scope.CASES_SENIOR))]
CaseWriter = Annotated[Principal, Depends(Authenticator(Scope.CASES_WRITE))]
RuleReader = Annotated[Principal, Depends(Authenticator(Scope.RULES_READ))]
RuleWriter = Annotated[Principal, Depends(Authenticator(Scope.RULES_WRITE))]
RuleApprover = Annotated[Principal, Depends(Authenticator(Scope.RULES_APPROVE))]
ModelReader = Annotated[Principal, Depends(Authenticator(Scope.MODELS_READ))]
ModelFollower = Annotated[Principal, Depends(Authenticator(Scope.MODELS_FOLLOW))]
AuditReader = Annotated[Principal, Depends(Authenticator(Scope.AUDIT_READ))]
TeamAdmin = Annotated[Principal, Depends(Authenticator(Scope.TEAMS_ADMIN))]
AccountAdmin = Annotated[Principal, Depends(Authenticator(Scope.ACCOUNTS_ADMIN))]
Caller = Annotated[Principal, Depends(Authenticator(Scope.SELF))]


PlainId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(check_id),
    Says(pattern=ID_PATTERN),
]
PathId = Annotated[PlainId, Path(description="id as the service gave it")]
