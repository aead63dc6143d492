"""Requests to people as sent and published."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, ValidationInfo, field_validator

from ledger.records.base import Id, Says, Text
from serving.contract.strict import Sent
from serving.contract.types import LARGEST, Published, open_words
from serving.sql import Row

MOST_SUBJECTS = 100
# Enough to be sure that it stays one address inside a notification URL; whether it exists, the mail server says.
ADDRESS = r"^[^\s@<>,;:\x22'()\[\]\\?&#%/]+@[^\s@<>,;:\x22'()\[\]\\?&#%/]+\.[A-Za-z0-9-]+$"
Address = Annotated[str, Field(max_length=254, pattern=ADDRESS)]
NonBlank = Annotated[Text, Field(min_length=1, max_length=4000), Says(pattern=r"^[^\u0000]*[^\s\u0000][^\u0000]*$")]


class AskKind(StrEnum):
    """What is wanted of the person."""

    APPROVE = "approve"  # approve or reject what waits for them
    EVIDENCE = "evidence"  # send a document
    ANSWER = "answer"  # say something


class AskState(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Subject(Sent):
    """A record of the ledger that a request concerns."""

    kind: Literal["approval", "time_entry", "milestone", "change_order", "expense"] = Field(description="its kind")
    id: Id = Field(description="id of the thing")


class AskRequest(Sent):
    """A question to one person, named by at least one of asked_id, asked_name and address."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "answer",
                    "question": "Why is the rate 240 and not 180?",
                    "asked_name": "Petra Manager",
                    "address": "petra@example.com",
                }
            ]
        }
    )

    kind: AskKind = Field(description="approve, evidence or answer")
    question: NonBlank = Field(description="what the person reads")
    asked_id: Id | None = Field(
        default=None, validate_default=True, description="resource id of the person; needed to approve"
    )
    asked_name: Annotated[Text, Field(max_length=200)] | None = Field(
        default=None, description="their name, where the ledger does not know them"
    )
    asked_role: Annotated[Text, Field(max_length=80)] | None = Field(
        default=None, description="their role: decides the channel when there is no address"
    )
    address: Address | None = Field(
        default=None, validate_default=True, description="e-mail address to send the link to"
    )
    subjects: list[Subject] = Field(
        default=[],
        max_length=MOST_SUBJECTS,
        validate_default=True,
        description="what it concerns; to approve, at least one pending approval",
    )
    fence: int | None = Field(
        default=None, ge=1, le=LARGEST, description="the fence of the caller's claim; an open case is claimed without"
    )

    @field_validator("question")
    @classmethod
    def _asks_something(cls, question: str) -> str:
        if not question.strip():
            raise ValueError("say what is asked")
        return question

    @field_validator("asked_id", "subjects")
    @classmethod
    def _can_approve(cls, value: str | list[Subject] | None, info: ValidationInfo) -> str | list[Subject] | None:
        if info.data.get("kind") is AskKind.APPROVE and not value:
            raise ValueError("to approve, asked_id and the pending approvals (subjects) are needed")
        return value

    @field_validator("address")
    @classmethod
    def _names_somebody(cls, address: str | None, info: ValidationInfo) -> str | None:
        others = (info.data.get("asked_id"), (info.data.get("asked_name") or "").strip())
        if {"asked_id", "asked_name"} <= info.data.keys() and not (address or any(others)):
            raise ValueError("say who is asked: asked_id, asked_name or address")
        return address


EXAMPLE_ASK: dict[str, JsonValue] = {
    "request_id": "019c6a3e-0000-7000-8000-000000000060", "case_id": "019c6a3e-0000-7000-8000-000000000002",
    "kind": "approve", "question": "Please approve these hours.", "subjects": [{"kind": "approval", "id": "A-1"}],
    "asked_id": "W-7", "asked_name": "Petra Manager", "asked_role": "approver", "address": "petra@example.com",
    "asked_by": "019c6a3e-0000-7000-8000-000000000003", "asked_at": "2026-02-10T12:04:00Z",
    "expires_at": "2026-02-17T12:04:00Z", "reminded_at": None, "opened_at": None, "state": "asked", "ended_at": None,
    "decision": None, "answer": None,
}  # fmt: skip


class AskOut(Published):
    """A request to a person."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ASK]})

    request_id: str = Field(description="id of the request")
    case_id: str = Field(description="case that it belongs to")
    kind: Annotated[AskKind, open_words(AskKind)] = Field(description="what is wanted")
    question: str = Field(description="what the person reads")
    subjects: list[dict[str, str]] = Field(description="records of the ledger that it concerns: kind and id")
    asked_id: str | None = Field(description="resource id of the person, where the ledger knows them")
    asked_name: str = Field(description="their name")
    asked_role: str | None = Field(description="their role")
    address: str | None = Field(description="where it is sent; null: the asker passes the link on")
    asked_by: str = Field(description="account that asked")
    asked_at: datetime = Field(description="when")
    expires_at: datetime = Field(description="until when it can be answered")
    reminded_at: datetime | None = Field(description="when the person was reminded last")
    opened_at: datetime | None = Field(description="when the link was opened first")
    state: AskState = Field(description="where it stands")
    ended_at: datetime | None = Field(description="when it was answered, withdrawn or found expired")
    decision: Literal["approved", "rejected"] | None = Field(description="what was decided")
    answer: str | None = Field(description="the person's words")


class AskedOut(Published):
    """A request just made, or a person just reminded."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"request": EXAMPLE_ASK, "sent": False, "link": "https://triage.example.com/answer/kz0…"}]
        }
    )

    request: AskOut = Field(description="the request")
    sent: bool = Field(description="the service sends the link itself")
    link: str | None = Field(description="the link to pass on, shown this once; null when the service sends it")


class AsksOut(Published):
    """The requests of a case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"requests": [EXAMPLE_ASK]}]})

    requests: list[AskOut] = Field(description="oldest first")


def ask_out(row: Row) -> AskOut:
    """The published form of a request."""
    return AskOut.model_validate({name: row[name] for name in AskOut.model_fields})
