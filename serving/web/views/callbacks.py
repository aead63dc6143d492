"""Callbacks for administrators: what waits or is dead, each with its attempts, and a button to send it again."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.callbacks import CallbackAdmin
from serving.api.dependencies import PathId, PlainId, Transaction
from serving.callbacks import endpoints, messages
from serving.callbacks.messages import Counts, NotRedeliverable
from serving.sql import Row
from serving.web.access import see_other
from serving.web.render import render

router = APIRouter(prefix="/callbacks", include_in_schema=False, default_response_class=HTMLResponse)
ROWS = 100


@dataclass(frozen=True)
class CallbacksPage:
    """Context of ``callbacks.html``.

    Attributes:
        chosen: state that is shown; empty for all.
        older: cursor of the next page, if there is one.
    """

    endpoints: list[Row]
    messages: list[Row]
    counts: Counts
    chosen: str
    older: str


@dataclass(frozen=True)
class CallbackPage:
    """Context of ``callback.html``."""

    message: Row
    attempts: list[Row]


@router.get("")
def read_callbacks(
    request: Request,
    connection: Transaction,
    principal: CallbackAdmin,
    state: Annotated[Literal["", "pending", "delivered", "dead"], Query()] = "",
    before: Annotated[PlainId | None, Query()] = None,
) -> Response:
    """The newest messages, and the places they may go to."""
    found = messages.listed(connection, messages.Chosen(state or None, cursor=before), limit=ROWS)
    page = CallbacksPage(
        endpoints=endpoints.listed(connection),
        messages=found,
        counts=messages.counts(connection),
        chosen=state,
        older=found[-1]["message_id"] if len(found) == ROWS else "",
    )
    return render(request, "callbacks.html", page, principal=principal)


@router.get("/{message_id}")
def read_message(message_id: PathId, request: Request, connection: Transaction, principal: CallbackAdmin) -> Response:
    """A message with every attempt."""
    page = CallbackPage(messages.find(connection, message_id), messages.attempts_of(connection, message_id))
    return render(request, "callback.html", page, principal=principal)


@router.post("/{message_id}/redelivery")
def redeliver(message_id: PathId, connection: Transaction, principal: CallbackAdmin) -> Response:
    """Send it again now."""
    place = f"/callbacks/{message_id}"
    try:
        messages.redeliver(connection, message_id, actor=principal.principal_id)
    except NotRedeliverable as refused:
        return see_other(place, bad=f"Not sent: {refused.detail}.")
    return see_other(place, good="Queued: it is sent again now, under the same id.")
