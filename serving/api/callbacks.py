"""Endpoints of callbacks: the list of places that may be called, and messages with their attempts."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.dependencies import Authenticator, PathId, PlainId, ScoreReader, State, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import ScoreWrite, Write, writes
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.callbacks import endpoints, messages
from serving.callbacks.outbox import send_test
from serving.callbacks.schemas import (
    CallbackDetailOut,
    CallbackOut,
    CallbackPageOut,
    DisableRequest,
    EndpointOut,
    EndpointRequest,
    EndpointSecretOut,
    EndpointsOut,
    MessageState,
    SecretRotationRequest,
    callback_detail,
    callback_out,
    endpoint_out,
)
from serving.contract.strict import StrictRoute

router = APIRouter(prefix="/v1", tags=["callbacks"], responses=ERRORS, route_class=StrictRoute)

CallbackAdmin = Annotated[Principal, Depends(Authenticator(Scope.CALLBACKS_ADMIN))]
CallbackWrite = Annotated[Write, writes(Scope.CALLBACKS_ADMIN)]


class CallbackQuery(BaseModel):
    """Which messages, from where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: MessageState | None = Field(default=None, description="only those that stand so")
    undelivered: bool = Field(default=False, description="only those that are pending or dead")
    cursor: PlainId | None = Field(default=None, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=messages.MOST_ROWS, description="rows of a page")


@router.get("/callback-endpoints", summary="The list of callback endpoints")
def list_callback_endpoints(connection: Transaction, principal: CallbackAdmin) -> EndpointsOut:  # noqa: ARG001 - checked
    """Every place that callbacks may go to, by name."""
    return EndpointsOut(endpoints=[endpoint_out(row) for row in endpoints.listed(connection)])


# The two routes whose answer holds a secret take no Idempotency-Key: a kept answer would keep the secret in the clear.
@router.post("/callback-endpoints", status_code=201, summary="Allow a callback endpoint")
def create_callback_endpoint(
    body: EndpointRequest, state: State, connection: Transaction, principal: CallbackAdmin
) -> EndpointSecretOut:
    """Put a URL prefix on the list. The signing secret is shown this once; sending the same again gives 409."""
    row, secret = endpoints.create(connection, state, body.prefix, name=body.name, actor=principal.principal_id)
    return EndpointSecretOut(endpoint=endpoint_out(row), secret=secret)


@router.post("/callback-endpoints/{endpoint_id}/rotation", summary="Change a signing secret")
def rotate_callback_secret(
    endpoint_id: PathId, body: SecretRotationRequest, state: State, connection: Transaction, principal: CallbackAdmin
) -> EndpointSecretOut:
    """A new secret, shown this once; the old ones sign along for the overlap. Sent twice, it rotates twice."""
    overlap = timedelta(hours=body.overlap_hours)
    secret = endpoints.rotate(connection, state, endpoint_id, actor=principal.principal_id, overlap=overlap)
    return EndpointSecretOut(endpoint=endpoint_out(endpoints.find(connection, endpoint_id)), secret=secret)


@router.post(
    "/callback-endpoints/{endpoint_id}/disable", response_model=EndpointOut, summary="Send nothing there any more"
)
def disable_callback_endpoint(endpoint_id: PathId, body: DisableRequest, write: CallbackWrite) -> Response:
    """Refuse new callbacks there; waiting messages die at their next attempt and may be redelivered later."""

    def make() -> EndpointOut:
        actor = write.principal.principal_id
        return endpoint_out(endpoints.disable(write.connection, endpoint_id, actor=actor, because=body.because))

    return write.once(body, make)


@router.post("/callback-endpoints/{endpoint_id}/enable", response_model=EndpointOut, summary="Allow it again")
def enable_callback_endpoint(endpoint_id: PathId, write: CallbackWrite) -> Response:
    """Allow an endpoint that was disabled."""
    actor = write.principal.principal_id
    return write.once(None, lambda: endpoint_out(endpoints.enable(write.connection, endpoint_id, actor=actor)))


@router.post(
    "/callback-endpoints/{endpoint_id}/test", status_code=202, response_model=CallbackOut, summary="Send a test message"
)
def check_callback_endpoint(endpoint_id: PathId, write: CallbackWrite) -> Response:
    """Send ``triage.endpoint.test.v1`` to the endpoint's own URL, signed and repeated as every message is."""

    def make() -> CallbackOut:
        connection, actor = write.connection, write.principal.principal_id
        endpoint = endpoints.find(connection, endpoint_id)
        if not endpoint["active"]:
            raise messages.NotRedeliverable("the endpoint is disabled; enable it first")
        message_id = send_test(connection, endpoint, by=actor, at=write.state.clock())
        return callback_out(messages.find(connection, message_id))

    return write.once(None, make, status=202)


@router.get("/callbacks", summary="Callbacks, newest first")
def list_callbacks(
    connection: Transaction, principal: ScoreReader, query: Annotated[CallbackQuery, Query()]
) -> CallbackPageOut:
    """Messages that the caller asked for, with their content; administrators of callbacks see everybody's.

    ``undelivered=true`` is what a receiver missed: read the events here, or have them sent again.
    """
    chosen = messages.Chosen(query.state, query.undelivered, _asker(principal), query.cursor)
    found = messages.listed(connection, chosen, limit=query.limit)
    cursor = found[-1]["message_id"] if len(found) == query.limit else None
    return CallbackPageOut(callbacks=[callback_out(row) for row in found], next_cursor=cursor)


@router.get("/callbacks/{message_id}", summary="A callback with its attempts")
def read_callback(message_id: PathId, connection: Transaction, principal: ScoreReader) -> CallbackDetailOut:
    """The message and every attempt to deliver it; one's own, for administrators of callbacks everybody's."""
    found = messages.find(connection, message_id, asked_by=_asker(principal))
    return callback_detail(found, messages.attempts_of(connection, message_id))


@router.post(
    "/callbacks/{message_id}/redelivery", status_code=202, response_model=CallbackOut, summary="Send a callback again"
)
def redeliver_callback(message_id: PathId, write: ScoreWrite) -> Response:
    """Send it again now under the same id, with a whole series of attempts; also what was delivered.

    One's own, for administrators of callbacks everybody's.
    """
    actor, asker = write.principal.principal_id, _asker(write.principal)

    def make() -> CallbackOut:
        return callback_out(messages.redeliver(write.connection, message_id, actor=actor, asked_by=asker))

    return write.once(None, make, status=202)


def _asker(principal: Principal) -> str | None:
    """Whose messages a caller sees: one's own; ``None``: everybody's."""
    return None if principal.may(Scope.CALLBACKS_ADMIN) else principal.principal_id
