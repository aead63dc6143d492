"""Cases as published."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ledger.records.base import Text
from serving.queue.states import CaseState
from serving.routing import Route
from serving.scoring.schemas import MoneyText, ScoreResponse, score_response
from serving.sql import Row


class Fenced(BaseModel):
    """An action on a claim."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{"fence": 1}]})

    fence: int = Field(ge=1, le=2**62, description="the fence that the claim returned")


class Noted(BaseModel):
    """An action that may be explained."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{"note": "approval came"}]})

    note: Text = Field(min_length=1, max_length=4000, description="why")


class CaseOut(BaseModel):
    """A case in the queue."""

    case_id: str
    invoice_id: str
    client_id: str
    project_id: str | None
    score_id: str = Field(description="the newest score")
    state: CaseState
    route: Route
    escalated: bool = Field(description="a reviewer asked for a senior")
    amount: MoneyText
    currency: str
    group_amount: MoneyText | None = Field(description="in the group currency; null without an exchange rate")
    group_currency: str | None
    priority: float = Field(description="expected cash protected by a look now, group currency")
    priority_parts: dict[str, Any] = Field(description="the terms of the formula")
    due_at: datetime
    overdue: bool
    claimed_by: str | None
    claimed_by_name: str | None
    lease_expires_at: datetime | None
    lease_expired: bool
    fence: int
    approvals: list[str] = Field(description="who released it first, when two releases are needed")
    opened_at: datetime
    closed_at: datetime | None


class CasePageOut(BaseModel):
    """A page of cases."""

    cases: list[CaseOut]
    next_cursor: str | None = Field(description="send it as ?cursor= for the next page; null at the end")


class CaseEventOut(BaseModel):
    """Something that happened to a case."""

    event: str
    actor_id: str
    happened_at: datetime
    from_state: str | None
    to_state: str
    detail: dict[str, Any]


class DecisionOut(BaseModel):
    """A decision that was made."""

    decision_id: str
    action: str
    final: bool
    reason_code: str | None
    note: str | None
    reviewer_id: str
    saw_score: bool
    decided_at: datetime


class CaseDetailOut(BaseModel):
    """A case with its score and its story."""

    case: CaseOut
    score: ScoreResponse
    events: list[CaseEventOut]
    decisions: list[DecisionOut]
    barred: str | None = Field(description="why the caller may not decide it; null when they may")


class DecidedOut(BaseModel):
    """A decision as carried out."""

    decision_id: str
    second_release_needed: bool = Field(description="a second, different person must release it as well")
    case: CaseOut


def case_out(row: Row) -> CaseOut:
    """The published form of a case."""
    return CaseOut.model_validate({name: row[name] for name in CaseOut.model_fields})


def case_detail(kase: Row, score: Row, *, events: list[Row], decisions: list[Row], barred: str | None) -> CaseDetailOut:
    """The published form of a case and its story."""
    return CaseDetailOut(
        case=case_out(kase),
        score=score_response(score),
        events=[CaseEventOut.model_validate(event) for event in events],
        decisions=[DecisionOut.model_validate(decision) for decision in decisions],
        barred=barred,
    )
