"""Cases as published."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from ledger.records.base import Text
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.contract.strict import Sent
from serving.contract.types import LARGEST, CurrencyCode, MoneyText, Priced, Published, open_words
from serving.queue.states import CaseEvent, CaseState
from serving.routing import Route
from serving.scoring.dispositions import CaseKind
from serving.scoring.examples import EXAMPLE_SCORE
from serving.scoring.schemas import ScoreResponse, score_response
from serving.sql import Row

EXAMPLE_CASE: dict[str, JsonValue] = {
    "case_id": "019c6a3e-0000-7000-8000-000000000002", "invoice_id": "INV-2041", "client_id": "C-17",
    "project_id": "P-9", "score_id": "019c6a3e-0000-7000-8000-000000000001", "state": "claimed", "route": "review",
    "escalated": False, "amount": "1800.00", "currency": "EUR", "group_amount": "1800.00", "group_currency": "EUR",
    "priority": 41.5, "priority_parts": {"delay": 12.0}, "due_at": "2026-02-12T12:00:00Z", "overdue": False,
    "claimed_by": "019c6a3e-0000-7000-8000-000000000003", "claimed_by_name": "Rita Reviewer",
    "lease_expires_at": "2026-02-10T12:15:00Z", "lease_expired": False, "fence": 1, "approvals": [],
    "opened_at": "2026-02-10T12:00:00Z", "closed_at": None, "team_id": None, "team_name": None, "skill": None,
    "assigned_to": None, "assigned_to_name": None, "escalation": 0, "snoozed_until": None, "snooze_reason": None,
    "control_ids": ["po_missing"], "group_key": "po_missing:project:P-9", "group_title": "Purchase order missing",
    "kind": "release", "four_eyes": False, "reopens": None,
}  # fmt: skip
EXAMPLE_EVENT: dict[str, JsonValue] = {
    "event": "opened", "actor_id": "019c6a3e-0000-7000-8000-000000000004", "happened_at": "2026-02-10T12:00:00Z",
    "from_state": None, "to_state": "open", "detail": {"route": "review"},
}  # fmt: skip
EXAMPLE_DECISION: dict[str, JsonValue] = {
    "decision_id": "019c6a3e-0000-7000-8000-000000000005", "action": "hold", "final": True, "reason_code": "rate",
    "note": "rate is wrong", "reviewer_id": "019c6a3e-0000-7000-8000-000000000003", "saw_score": True,
    "decided_at": "2026-02-10T12:05:00Z",
}  # fmt: skip


class Fenced(Sent):
    """An action on a claim."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"fence": 1}]})

    fence: int = Field(ge=1, le=LARGEST, description="the fence that the claim returned")


class Noted(Sent):
    """An action that may be explained."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "approval came"}]})

    note: Text = Field(min_length=1, max_length=4000, description="why")


class CaseOut(Priced):
    """A case in the queue."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_CASE]})

    case_id: str = Field(description="id of the case")
    invoice_id: str = Field(description="id of the invoice")
    client_id: str = Field(description="id of the client")
    project_id: str | None = Field(description="main project of the invoice")
    score_id: str = Field(description="the newest score")
    state: CaseState = Field(description="where the case stands")
    route: Route = Field(description="where the newest score sent the invoice")
    escalated: bool = Field(description="a reviewer asked for a senior")
    amount: MoneyText = Field(description="net total of the invoice")
    currency: CurrencyCode = Field(description="its currency")
    group_amount: MoneyText | None = Field(description="in the group currency; null without an exchange rate")
    group_currency: CurrencyCode | None = Field(description="the firm's own currency; null where it keeps none")
    priority: float = Field(description="expected cash protected by a look now, group currency")
    priority_parts: dict[str, JsonValue] = Field(description="the terms of the formula")
    due_at: datetime = Field(description="when it should be decided")
    overdue: bool = Field(description="it should have been decided already")
    claimed_by: str | None = Field(description="account that holds it")
    claimed_by_name: str | None = Field(description="name of who holds it")
    lease_expires_at: datetime | None = Field(description="until when the claim holds without a heartbeat")
    lease_expired: bool = Field(description="others may take it over")
    fence: int = Field(
        description="grows with every claim and whenever amount, route or firing controls change; a decision must send "
        "the one under which the case was read"
    )
    four_eyes: bool = Field(description="a release needs two people")
    approvals: list[str] = Field(description="who released it first, when two releases are needed")
    opened_at: datetime = Field(description="when it was opened")
    closed_at: datetime | None = Field(description="when it was decided or cancelled")
    team_id: str | None = Field(description="the team whose case it is; null: everybody's")
    team_name: str | None = Field(description="its name")
    skill: str | None = Field(description="what its reviewer must know")
    assigned_to: str | None = Field(description="account to which it is offered first, until it is due")
    assigned_to_name: str | None = Field(description="whose account that is")
    escalation: int = Field(description="0; 1: overdue, shown to seniors; 2: long overdue, shown to managers")
    snoozed_until: datetime | None = Field(description="out of the queue until then")
    snooze_reason: str | None = Field(description="why")
    control_ids: list[str] = Field(description="controls that fired")
    group_key: str | None = Field(description="cases with the same key have one upstream cause")
    group_title: str | None = Field(description="that cause, in words")
    kind: CaseKind = Field(
        description="release: may the invoice go out; sent: something must be done about an invoice that is out"
    )
    reopens: str | None = Field(description="the case before it on the same invoice")


class CasePageOut(Published):
    """A page of cases."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cases": [EXAMPLE_CASE], "next_cursor": None}]})

    cases: list[CaseOut] = Field(description="the cases, in the order asked for")
    next_cursor: str | None = Field(description="send it as ?cursor= for the next page; null at the end")


class CaseEventOut(Published):
    """Something that happened to a case."""

    event: Annotated[CaseEvent, open_words(CaseEvent)] = Field(description="what happened")
    actor_id: str = Field(description="account or key that did it")
    happened_at: datetime = Field(description="when")
    from_state: CaseState | None = Field(description="state before; null when it was opened")
    to_state: CaseState = Field(description="state after")
    detail: dict[str, JsonValue] = Field(description="what else is known of it")


class DecisionOut(Published):
    """A decision that was made."""

    decision_id: str = Field(description="id of the decision")
    action: ReviewAction = Field(description="what was decided")
    final: bool = Field(description="false for the first of two releases")
    reason_code: Cause | None = Field(description="confirmed cause")
    note: str | None = Field(description="the reviewer's words")
    reviewer_id: str = Field(description="account that decided")
    saw_score: bool = Field(description="the reviewer saw the score before deciding")
    decided_at: datetime = Field(description="when")


class CaseDetailOut(Published):
    """A case with its score and its story."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "case": EXAMPLE_CASE,
                    "score": EXAMPLE_SCORE,
                    "events": [EXAMPLE_EVENT],
                    "decisions": [EXAMPLE_DECISION],
                    "barred": None,
                }
            ]
        }
    )

    case: CaseOut = Field(description="the case")
    score: ScoreResponse = Field(description="its newest score")
    events: list[CaseEventOut] = Field(description="everything that happened to it, oldest first")
    decisions: list[DecisionOut] = Field(description="every decision on it, oldest first")
    barred: str | None = Field(description="why the caller may not decide it; null when they may")


class DecidedOut(Published):
    """A decision as carried out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decision_id": "019c6a3e-0000-7000-8000-000000000005",
                    "second_release_needed": False,
                    "takes_effect_at": None,
                    "case": EXAMPLE_CASE,
                }
            ]
        }
    )

    decision_id: str | None = Field(description="id of the decision; null while it can be undone")
    second_release_needed: bool = Field(description="a second, different person must release it as well")
    takes_effect_at: datetime | None = Field(
        default=None, description="until then it can be undone, and nothing is sent or recorded; null: it took effect"
    )
    case: CaseOut = Field(description="the case afterwards")


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
