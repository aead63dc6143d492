"""Requests and answers of the callback endpoints, as published."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import orjson
from pydantic import AfterValidator, ConfigDict, Field, JsonValue

from ledger.records.base import Id, Says, Text
from serving.callbacks.standing import Kind
from serving.contract.strict import Sent
from serving.contract.types import Published, open_words
from serving.sql import Row

Name = Annotated[Text, Field(min_length=1, max_length=200, pattern=r"\S")]
# What every URL that is called back has; whether it may be called is said by ``parse_url`` and the allow-list.
_URL = r"^[hH][tT][tT][pP][sS]?://[!-\x22$-\[\]-~]+$"
_PREFIX = _URL.replace("$-", "$->@-")  # without a query


def _check_url(text: str) -> str:
    if re.fullmatch(_URL, text) is None:
        raise ValueError("this is not a URL")
    return text


CallbackUrlText = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(_check_url), Says(pattern=_URL)]
CorrelationId = Id
EXAMPLE_SUBSCRIPTION: dict[str, JsonValue] = {
    "standing_id": "019c6a3e-0000-7000-8000-000000000032", "events": ["case.decided", "case.opened"],
    "url": "https://flows.example.com/hooks/cases", "correlation_id": None, "sees_all": False,
    "requested_by": "4f2a90c1d3e5", "created_at": "2026-02-10T12:00:00Z", "ended_at": None,
    "object": "callback_subscription",
}  # fmt: skip


class MessageState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class EndpointRequest(Sent):
    """A place where messages may go."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Camunda", "prefix": "https://flows.example.com/hooks"}]}
    )

    name: Name = Field(description="whose endpoint it is")
    prefix: Annotated[str, Field(min_length=1, max_length=2_000), Says(pattern=_PREFIX)] = Field(
        description="https URL; callbacks may go there and below it"
    )


class SecretRotationRequest(Sent):
    """A change of the signing secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: float = Field(default=24, ge=0, le=24 * 30, description="hours for which the old secrets sign along")


class DisableRequest(Sent):
    """Why nothing is sent there any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"because": "moved"}]})

    because: Name = Field(description="reason, for whoever wants to enable it again")


class EndpointOut(Published):
    """A place where messages may go."""

    endpoint_id: str = Field(description="id")
    name: str = Field(description="whose endpoint it is")
    prefix: str = Field(description="callback URLs are this one or lie below it")
    active: bool = Field(description="false: nothing is sent and no new callback is accepted")
    because: str | None = Field(description="why it is not active")
    live_secrets: int = Field(description="secrets that sign every message; more than one during a rotation")
    created_by: str = Field(description="account that put it on the list")
    created_at: datetime = Field(description="when")
    object: Literal["callback_endpoint"] = Field(default="callback_endpoint", description="what this is")


class EndpointSecretOut(Published):
    """An endpoint and its new secret."""

    endpoint: EndpointOut = Field(description="the endpoint")
    secret: str = Field(description="Standard Webhooks signing secret (whsec_…), shown this once")


class EndpointsOut(Published):
    """The allow-list."""

    endpoints: list[EndpointOut] = Field(description="by name")


class SubscriptionRequest(Sent):
    """What to be told of from now on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"events": ["case.opened", "case.decided"], "callback_url": "https://flows.example.com/hooks/cases"}
            ]
        }
    )

    events: list[Kind] = Field(min_length=1, max_length=10, description="case.opened, case.decided, run.finished")
    callback_url: CallbackUrlText = Field(description="where the messages go; allow-listed URLs only")
    correlation_id: CorrelationId | None = Field(default=None, description="comes back in every message")


class SubscriptionOut(Published):
    """A standing subscription."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_SUBSCRIPTION]})

    standing_id: str = Field(description="id")
    events: list[Annotated[Kind, open_words(Kind)]] = Field(description="what is told")
    url: str = Field(description="where the messages go")
    correlation_id: str | None = Field(description="comes back in every message")
    sees_all: bool = Field(description="everybody's cases and runs; false: those alone that its owner asked for")
    requested_by: str = Field(description="key or account that subscribed")
    created_at: datetime = Field(description="when")
    ended_at: datetime | None = Field(description="when it was ended")
    object: Literal["callback_subscription"] = Field(default="callback_subscription", description="what this is")


class SubscriptionsOut(Published):
    """Standing subscriptions, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"subscriptions": [EXAMPLE_SUBSCRIPTION], "next_cursor": None}]}
    )

    subscriptions: list[SubscriptionOut] = Field(description="a page")
    next_cursor: str | None = Field(description="send it as cursor for the next page; null on the last one")


class CallbackOut(Published):
    """A message."""

    message_id: str = Field(description="webhook-id and the event's id: the same on every attempt")
    event_type: str = Field(description="e.g. triage.case.decided.v1")
    subject: str = Field(description="invoice or run that it is about")
    case_id: str | None = Field(description="the case; null for a run or a test")
    run_id: str | None = Field(description="the run; null for a case or a test")
    score_id: str | None = Field(
        description="the score whose request asked for it; null for a run or a standing subscription"
    )
    correlation_id: str | None = Field(description="as the caller sent it")
    endpoint_id: str = Field(description="id")
    url: str = Field(description="where it goes")
    state: MessageState = Field(description="pending, delivered or dead")
    attempts: int = Field(description="attempts made so far")
    next_attempt_at: datetime | None = Field(description="null unless pending")
    because: str | None = Field(description="why it is dead")
    created_at: datetime = Field(description="when")
    settled_at: datetime | None = Field(description="when it was delivered or given up")
    event: dict[str, JsonValue] = Field(description="the message as it is sent: a CloudEvents 1.0 event")
    object: Literal["callback"] = Field(default="callback", description="what this is")


class AttemptOut(Published):
    """One attempt."""

    number: int = Field(description="counted from 1")
    started_at: datetime = Field(description="when")
    latency_ms: float = Field(description="milliseconds until the answer or the error")
    address: str | None = Field(description="network address it was sent to; null when none could be used")
    status: int | None = Field(description="HTTP status; null when no answer came")
    answer: str = Field(description="first 500 characters of the answer")
    error: str | None = Field(description="why no answer came")


class CallbackDetailOut(CallbackOut):
    """A message with its attempts."""

    attempt_log: list[AttemptOut] = Field(description="oldest first")


class CallbackPageOut(Published):
    """Messages, newest first."""

    callbacks: list[CallbackOut] = Field(description="a page")
    next_cursor: str | None = Field(description="send it as cursor for the next page; null on the last one")


def subscription_out(row: Row) -> SubscriptionOut:
    """The published form of a standing subscription."""
    return SubscriptionOut.model_validate({name: row[name] for name in SubscriptionOut.model_fields if name in row})


def endpoint_out(row: Row) -> EndpointOut:
    """The published form of an endpoint."""
    return EndpointOut.model_validate({name: row[name] for name in EndpointOut.model_fields if name in row})


def callback_out(row: Row) -> CallbackOut:
    """The published form of a message."""
    told = {name: row[name] for name in CallbackOut.model_fields if name in row}
    return CallbackOut.model_validate(told | {"event": orjson.loads(row["body"])})


def callback_detail(row: Row, attempts: list[Row]) -> CallbackDetailOut:
    """The published form of a message with its attempts."""
    made = [AttemptOut.model_validate({name: one[name] for name in AttemptOut.model_fields}) for one in attempts]
    return CallbackDetailOut(**callback_out(row).model_dump(), attempt_log=made)
