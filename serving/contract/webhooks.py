"""The messages that the service sends, in the document's ``webhooks``: CloudEvents in the Standard Webhooks format."""

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import Field
from pydantic.json_schema import models_json_schema

from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.callbacks.events import CONTENT_TYPE, EventType
from serving.contract.types import Published
from serving.queue.states import CaseState
from serving.routing import Route
from serving.runs.schemas import RunOut

REFERENCE: Final = "#/components/schemas/"
_HEADERS: Final = {
    "webhook-id": "the message, the same on every attempt: drop what you have seen",
    "webhook-timestamp": "seconds since 1970 of this attempt: refuse what is older than five minutes",
    "webhook-signature": "v1, and base64 of HMAC-SHA256 over id.timestamp.body; several, by spaces, during a rotation",
}


class EndedCase(Published):
    """The case that ended."""

    case_id: str = Field(description="id")
    invoice_id: str = Field(description="invoice")
    client_id: str = Field(description="client")
    invoice_version: str | None = Field(
        description="version of the invoice in the ledger that was decided on; null for a document that was sent along"
    )
    amount: str = Field(description="net total of that version, a decimal string")
    currency: str = Field(description="its currency")
    state: CaseState = Field(description="decided or cancelled")
    opened_at: datetime = Field(description="when it was opened")
    closed_at: datetime = Field(description="when it ended")


class FinalDecision(Published):
    """What was decided."""

    decision_id: str = Field(description="id")
    action: ReviewAction = Field(description="release: send the invoice; any other: give it back")
    reason_code: Cause | None = Field(description="confirmed cause")
    note: str | None = Field(description="the reviewer's words")
    decided_at: datetime = Field(description="when")


class Cancellation(Published):
    """Why a case was closed without a decision."""

    note: str | None = Field(description="the words of whoever cancelled it")


class OpenedCase(EndedCase):
    """The case that was opened."""

    state: Literal["open"] = Field(description="open")  # type: ignore[assignment]  # narrower than that of an ended case
    closed_at: datetime | None = Field(description="null: it is open")  # type: ignore[assignment]  # as above


class CaseOpening(Published):
    """A case that people have to decide."""

    case: OpenedCase = Field(description="the case, with the figures of its newest score")
    route: Route = Field(description="where its newest score sent the invoice")
    score_id: str = Field(description="its newest score")
    correlation_id: str | None = Field(description="as the subscription has it")


class EndpointTest(Published):
    """Nothing but that the message arrived."""

    endpoint_id: str = Field(description="the endpoint that is tested")
    name: str = Field(description="its name")


class CaseEnding(Published):
    """The end of a case."""

    case: EndedCase = Field(description="the case")
    route: Route = Field(description="where its newest score sent the invoice")
    decision: FinalDecision | None = Field(description="null when it was cancelled")
    cancellation: Cancellation | None = Field(description="null when it was decided")
    score_id: str | None = Field(description="the score whose request asked; null for a standing subscription")
    correlation_id: str | None = Field(description="as the request sent it")


class RunEnding(Published):
    """The end of a billing run."""

    run: RunOut = Field(description="the run")
    correlation_id: str | None = Field(description="as the request sent it")


class _Event(Published):
    """A CloudEvents 1.0 event."""

    specversion: Literal["1.0"] = Field(description="version of CloudEvents")
    id: str = Field(description="the webhook-id")
    source: str = Field(description="urn:triage: and the firm")
    type: EventType = Field(description="what happened")
    time: datetime = Field(description="when it happened")
    subject: str = Field(description="the invoice or run")
    datacontenttype: Literal["application/json"] = Field(description="form of data")


class CaseEndedEvent(_Event):
    """A case was decided or cancelled."""

    data: CaseEnding = Field(description="the facts; fields are only ever added")


class CaseOpenedEvent(_Event):
    """A case was opened."""

    data: CaseOpening = Field(description="the facts; fields are only ever added")


class EndpointTestEvent(_Event):
    """An administrator tests an endpoint."""

    data: EndpointTest = Field(description="the facts; fields are only ever added")


class RunEndedEvent(_Event):
    """A billing run is over."""

    data: RunEnding = Field(description="the facts; fields are only ever added")


_MODELS: Final[dict[EventType, type[_Event]]] = {
    EventType.CASE_OPENED: CaseOpenedEvent,
    EventType.CASE_DECIDED: CaseEndedEvent,
    EventType.CASE_CANCELLED: CaseEndedEvent,
    EventType.RUN_FINISHED: RunEndedEvent,
    EventType.RUN_CANCELLED: RunEndedEvent,
    EventType.RUN_FAILED: RunEndedEvent,
    EventType.ENDPOINT_TEST: EndpointTestEvent,
}


def webhook_schemas() -> dict[str, Any]:
    """Schemas of the messages."""
    wanted: list[Any] = [(model, "serialization") for model in dict.fromkeys(_MODELS.values())]
    _, found = models_json_schema(wanted, ref_template=REFERENCE + "{model}")
    return dict(found["$defs"])


def webhooks() -> dict[str, Any]:
    """The messages, by type."""
    return {kind.value: {"post": _message(kind)} for kind in EventType}


def _message(kind: EventType) -> dict[str, Any]:
    model = _MODELS[kind]
    return {
        "operationId": "tell_" + "_".join(kind.value.split(".")[1:3]),
        "summary": model.__doc__,
        "description": "Sent to the callback_url of the request or subscription that asked; see docs/callbacks.md.",
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": meaning, "schema": {"type": "string"}}
            for name, meaning in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {CONTENT_TYPE: {"schema": {"$ref": REFERENCE + model.__name__}}},
        },
        "responses": {
            "2XX": {"description": "taken"},
            "410": {"description": "send nothing here any more"},
            "default": {"description": "not taken: it is sent again"},
        },
    }
