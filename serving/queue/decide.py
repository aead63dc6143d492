"""Deciding a case: who may, what it takes, and what is written where, all in one transaction."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field, model_validator
from sqlalchemy import Connection

from ledger.records import ReviewDecision
from ledger.records.base import Text
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from ledger.store import append
from serving import audit
from serving.auth.principal import Principal
from serving.callbacks.outbox import tell_of_case
from serving.contract.strict import Sent
from serving.contract.types import LARGEST
from serving.ids import new_id
from serving.problems import Conflict
from serving.queue import repository
from serving.queue.anchoring import is_hidden
from serving.queue.repository import Move, Reviewer
from serving.queue.second_draw import draw_look
from serving.queue.service import CaseClosed, ClaimLost, barred_from, find, reviewer_of
from serving.queue.states import AFTER, NEEDS_NOTE, NEEDS_REASON, OPEN_STATES, CaseEvent, CaseState
from serving.scoring.repository import score_row
from serving.scoring.service import Asker, rescore
from serving.sql import Row
from serving.state import ServingState

SOURCE = "triage"


_WHAT_ACTIONS_NEED: dict[str, Any] = {
    "allOf": [
        {
            "if": {"properties": {"action": {"enum": sorted(actions)}}, "required": ["action"]},
            "then": {"required": [field], "properties": {field: {"type": "string", **more}}},
        }
        for field, actions, more in (("reason_code", NEEDS_REASON, {}), ("note", NEEDS_NOTE, {"pattern": r"\S"}))
    ]
}


class DecisionRequest(Sent):
    """A reviewer's decision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"action": "hold", "fence": 1, "reason_code": "rate", "note": "rate is wrong"}],
            **_WHAT_ACTIONS_NEED,
        },
    )

    action: ReviewAction = Field(description="what is decided")
    fence: int = Field(ge=1, le=LARGEST, description="the fence that the claim returned")
    reason_code: Cause | None = Field(default=None, description="confirmed cause; needed to correct, hold, write off")
    note: Text | None = Field(default=None, max_length=4000, description="the reviewer's words")
    saw_score: bool = Field(default=True, description="false: the reviewer did not look at the score")

    @model_validator(mode="after")
    def _says_why(self) -> "DecisionRequest":
        if self.action in NEEDS_REASON and self.reason_code is None:
            raise ValueError(f"reason_code is needed to {self.action.value}")
        if self.action in NEEDS_NOTE and not (self.note or "").strip():
            raise ValueError(f"note is needed to {self.action.value}")
        return self


class HardStopFires(Conflict):
    """A control that no person can overrule still fires; the remedy clears it, not a decision."""

    slug = "hard-stop"
    title = "A hard stop still fires"

    def __init__(self, hits: list[Row]) -> None:
        first = hits[0]
        super().__init__(f"{first['title']}: {first['message']} {first['remedy']}", controls=hits)


@dataclass(frozen=True)
class Decided:
    """A decision as carried out: the case afterwards, and whether a second release is still needed."""

    decision_id: str
    kase: Row
    second_release_needed: bool


@dataclass(frozen=True)
class _Making:
    """One decision on its way through."""

    connection: Connection
    state: ServingState
    kase: Row
    request: DecisionRequest
    principal: Principal
    request_id: str | None
    saw_score: bool

    @property
    def reviewer(self) -> Reviewer:
        return reviewer_of(self.principal)


def decide(
    connection: Connection,
    state: ServingState,
    case_id: str,
    request: DecisionRequest,
    *,
    principal: Principal,
    request_id: str | None = None,
) -> Decided:
    """Carry out a decision.

    Raises ``ClaimLost`` for an old fence, ``CaseClosed``, ``DutiesSeparated``, ``SeniorNeeded``, and ``HardStopFires``
    when a release meets a control that no person can overrule.
    """
    kase = find(connection, case_id, principal)
    saw_score = request.saw_score and not is_hidden(connection, state, kase, principal)
    making = _Making(connection, state, kase, request, principal, request_id, saw_score)
    _check(making)
    score = _checked_score(making)
    first_of_two = request.action is ReviewAction.RELEASE and needs_second(making.kase, state)
    _move(making, first_of_two=first_of_two)
    decision_id = _write(making, score, final=not first_of_two)
    return Decided(decision_id, find(connection, case_id, principal), first_of_two)


def needs_second(kase: Row, state: ServingState) -> bool:
    """Whether a release now would be the first of two."""
    amount: Decimal = kase["amount"] if kase["group_amount"] is None else kase["group_amount"]
    return abs(amount) >= state.policy.four_eyes_amount and not kase["approvals"]


def _check(making: _Making) -> None:
    kase = making.kase
    if kase["state"] not in OPEN_STATES:
        raise CaseClosed(kase)
    barred = barred_from(kase, making.reviewer)
    if barred is not None:
        raise barred
    held = kase["claimed_by"] == making.principal.principal_id and kase["fence"] == making.request.fence
    if kase["state"] != CaseState.CLAIMED or not held:
        raise ClaimLost(kase["case_id"])


def _checked_score(making: _Making) -> Row:
    """The score that the reviewer saw; a release is also checked against the records as they are known now."""
    previous = score_row(making.connection, making.kase["score_id"])
    assert previous is not None
    if making.request.action is not ReviewAction.RELEASE:
        return previous
    asker = Asker(making.principal.principal_id, making.request_id)
    fresh = rescore(making.connection, making.state, previous, asker=asker)
    stops = [hit for hit in fresh["controls"] if hit["severity"] == "hard_stop"]
    if stops:
        raise HardStopFires(stops)
    return previous


def _move(making: _Making, *, first_of_two: bool) -> None:
    to, event = AFTER[making.request.action]
    if first_of_two:
        to, event = CaseState.OPEN, CaseEvent.APPROVED_ONCE
    approved_by = making.principal.principal_id if first_of_two else None
    move = Move(to, escalated=event is CaseEvent.ESCALATED, approved_by=approved_by)
    case_id, fence = making.kase["case_id"], making.request.fence
    if not repository.leave(making.connection, case_id, making.reviewer, fence=fence, move=move):
        raise ClaimLost(case_id)
    repository.record_event(
        making.connection,
        case_id,
        event,
        actor=making.principal.principal_id,
        states=(CaseState.CLAIMED, to),
        detail={"action": making.request.action.value, "note": making.request.note, "fence": fence},
    )


def _write(making: _Making, score: Row, *, final: bool) -> str:
    """The decision itself, the ledger's record of it (labels come back from there), and the audit entry."""
    decision_id = new_id()
    values = _values(making) | {"decision_id": decision_id, "score_id": score["score_id"], "final": final}
    repository.add_decision(making.connection, values)
    if final:
        append(making.connection, [_record(making, decision_id, score)])
    if final and AFTER[making.request.action][0] is CaseState.DECIDED:
        tell_of_case(making.connection, making.kase["case_id"])
        draw_look(making.connection, making.state, making.kase["case_id"], decision_id)
    audit.write(
        making.connection,
        "decided",
        actor=making.principal.principal_id,
        subject=making.kase["invoice_id"],
        detail=values | {"client_id": making.kase["client_id"]},
        request_id=making.request_id,
    )
    return decision_id


def _values(making: _Making) -> dict[str, Any]:
    request = making.request
    return {
        "case_id": making.kase["case_id"],
        "action": request.action.value,
        "reason_code": None if request.reason_code is None else request.reason_code.value,
        "note": request.note,
        "reviewer_id": making.principal.principal_id,
        "saw_score": making.saw_score,
        "fence": request.fence,
    }


def _record(making: _Making, decision_id: str, score: Row) -> ReviewDecision:
    now = making.state.clock()
    return ReviewDecision(
        source=SOURCE,
        source_id=decision_id,
        event_at=now,
        known_at=now,
        decision_id=decision_id,
        case_id=making.kase["case_id"],
        invoice_id=making.kase["invoice_id"],
        client_id=making.kase["client_id"],
        action=making.request.action,
        reason_code=making.request.reason_code,
        note=making.request.note,
        reviewer_id=making.principal.principal_id,
        saw_score=making.saw_score,
        propensity=score["propensity"],
    )
