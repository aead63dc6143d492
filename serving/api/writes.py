"""The one way in which an endpoint writes: its transaction, its caller, and once per Idempotency-Key.

    CaseWrite = Annotated[Write, writes(Scope.CASES_WRITE)]

    @router.post("/{case_id}/claim", operation_id="claim_case", response_model=CaseOut)
    def claim(case_id: PathId, write: CaseWrite) -> Response:
        return write.once(None, lambda: case_out(service.claim(write.connection, write.state, case_id, ...)))

Logging in is the one write without a key: it is counted and audited even when it fails, and its answer is a secret that
must not be kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection

from serving.api.dependencies import Authenticator, State, Transaction
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.idempotency import Answer, Attempt, once, request_digest
from serving.state import ServingState

REPLAYED = "Idempotency-Replayed"
IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="send the same key again to get the same answer instead of doing it twice",
    ),
]
Made = BaseModel | bytes | None


@dataclass(frozen=True)
class Write:
    """A request that changes something, and what an endpoint needs to carry it out.

    Attributes:
        place: method and path with its query.
        key: the ``Idempotency-Key``; ``None`` when none was sent.
    """

    connection: Connection
    state: ServingState
    principal: Principal
    request_id: str
    place: tuple[str, str]
    key: str | None

    def once(self, body: BaseModel | None, make: Callable[[], Made], *, status: int = 200) -> Response:
        """The answer of ``make``, made now or by an earlier request with the same key.

        ``make`` gives a document, its JSON bytes, or ``None`` for 204 without a body. It runs in this request's
        transaction, which also keeps the answer; an error leaves the key free. Raises ``KeyReused``.
        """
        digest = "" if self.key is None else request_digest(*self.place, _plain(body))
        attempt = Attempt(self.principal.principal_id, self.key, digest)
        answer = once(self.connection, attempt, lambda: _answer(make(), status))
        headers = {REPLAYED: "true"} if answer.replayed else None
        media_type = "application/json" if answer.content else None
        return Response(answer.content, answer.status, headers=headers, media_type=media_type)


def _plain(body: BaseModel | None) -> Any:
    return None if body is None else body.model_dump(mode="json")


def _answer(made: Made, status: int) -> Answer:
    if made is None:
        return Answer(204, b"")
    return Answer(status, made if isinstance(made, bytes) else made.model_dump_json().encode())


def write_of(
    request: Request, state: ServingState, connection: Connection, principal: Principal, key: str | None
) -> Write:
    """A request's write on an open transaction."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Write(connection, state, principal, request.scope["request_id"], (request.method, path), key)


def writes(scope: Scope) -> Any:
    """A dependency on a ``Write`` by a caller who holds the scope."""
    caller = Authenticator(scope)

    async def gather(
        request: Request,
        state: State,
        connection: Transaction,
        principal: Annotated[Principal, Depends(caller)],
        idempotency_key: IdempotencyKey = None,
    ) -> Write:
        return write_of(request, state, connection, principal, idempotency_key)

    return Depends(gather)


ScoreWrite = Annotated[Write, writes(Scope.SCORES_WRITE)]
CaseWrite = Annotated[Write, writes(Scope.CASES_WRITE)]
SeniorWrite = Annotated[Write, writes(Scope.CASES_SENIOR)]
FollowWrite = Annotated[Write, writes(Scope.MODELS_FOLLOW)]
TeamWrite = Annotated[Write, writes(Scope.TEAMS_ADMIN)]
ReadWrite = Annotated[Write, writes(Scope.CASES_READ)]
AccountWrite = Annotated[Write, writes(Scope.ACCOUNTS_ADMIN)]
OwnWrite = Annotated[Write, writes(Scope.SELF)]
