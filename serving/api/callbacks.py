"""Endpoints of callbacks: the list of places that may be called, and messages with their attempts."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.dependencies import Authenticator, PathId, PlainId, State, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import Write, writes
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.callbacks import endpoints, messages
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


@router.get("/callbacks", summary="Callbacks, newest first")
def list_callbacks(
    connection: Transaction,
    principal: CallbackAdmin,  # noqa: ARG001 - checked
    query: Annotated[CallbackQuery, Query()],
) -> CallbackPageOut:
    """Messages with their state; ``dead`` ones need somebody."""
    found = messages.listed(connection, state=query.state, cursor=query.cursor, limit=query.limit)
    cursor = found[-1]["message_id"] if len(found) == query.limit else None
    return CallbackPageOut(callbacks=[callback_out(row) for row in found], next_cursor=cursor)


@router.get("/callbacks/{message_id}", summary="A callback with its attempts")
def read_callback(
    message_id: PathId,
    connection: Transaction,
    principal: CallbackAdmin,  # noqa: ARG001 - checked
) -> CallbackDetailOut:
    """The message and every attempt to deliver it."""
    return callback_detail(messages.find(connection, message_id), messages.attempts_of(connection, message_id))


@router.post(
    "/callbacks/{message_id}/redelivery", status_code=202, response_model=CallbackOut, summary="Send a callback again"
)
def redeliver_callback(message_id: PathId, write: CallbackWrite) -> Response:
    """Send it again now under the same id, with a whole series of attempts; also what was delivered."""
    actor = write.principal.principal_id
    connection = write.connection
    return write.once(None, lambda: callback_out(messages.redeliver(connection, message_id, actor=actor)), status=202)
