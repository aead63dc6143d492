"""Deciding a case: who may, what it takes, and what is written where, all in one transaction.

The case is locked, scored again and read again before anything is judged: what decides is what holds at the moment of
the decision. Whoever decides names the fence under which they read the case; if the figures changed since, nothing is
decided and the answer says what changed.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger.records.events import ReviewAction
from ledger.store import append
from serving import audit
from serving.asking.repository import is_asking
from serving.auth.principal import Principal
from serving.callbacks.outbox import tell_of_case
from serving.ids import new_id
from serving.problems import Problem
from serving.queue import repository
from serving.queue.anchoring import is_hidden
from serving.queue.deciders import check_reach
from serving.queue.decision_request import DecisionRequest
from serving.queue.holding import make_way
from serving.queue.labels import label_of
from serving.queue.lending import lend
from serving.queue.looking_again import Decider, look_again
from serving.queue.planning import plan_single
from serving.queue.proposing import people_to_ask
from serving.queue.refusals import (
    HardStopFires,
    NobodyAsked,
    OverrideUnexplained,
    ScoreChanged,
    note_refusal,
    overridden,
    stops,
    unexplained,
)
from serving.queue.repository import Move, Reviewer
from serving.queue.second_draw import draw_look
from serving.queue.service import (
    CaseClosed,
    ClaimLost,
    StillPlanned,
    UnknownCase,
    find,
    refuse_barred,
)
from serving.queue.sight import seen_by
from serving.queue.states import AFTER, OPEN_STATES, CaseEvent, CaseState
from serving.scoring.repository import score_row
from serving.sql import Row, savepoint
from serving.state import ServingState

__all__ = ["Decided", "DecisionRequest", "HardStopFires", "ScoreChanged", "decide", "needs_second"]


@dataclass(frozen=True)
class Decided:
    """A decision as carried out, or as planned while it can be undone.

    Attributes:
        decision_id: empty for one that can still be undone.
        kase: the case afterwards.
        second_release_needed: it was the first of two releases.
        takes_effect_at: until then it can be undone; ``None`` for one that took effect.
    """

    decision_id: str | None
    kase: Row
    second_release_needed: bool
    takes_effect_at: datetime | None = None


@dataclass(frozen=True)
class _Making:
    """One decision on its way through."""

    connection: Connection
    state: ServingState
    kase: Row
    decider: Decider
    saw_score: bool
    planned: bool
    asks: bool

    @property
    def request(self) -> DecisionRequest:
        return self.decider.request

    @property
    def reviewer(self) -> Reviewer:
        return self.decider.reviewer


def decide(
    connection: Connection,
    state: ServingState,
    case_id: str,
    request: DecisionRequest,
    *,
    principal: Principal,
    request_id: str | None = None,
    planned: bool = False,
    asks: bool = False,
) -> Decided:
    """Carry out a decision, or plan it for the time in which the policy lets it be undone.

    ``planned`` carries out what was planned before; ``asks`` says that somebody is asked in the same transaction.

    Raises ``ScoreChanged`` when the case does not show any more what it showed under the request's fence, ``ClaimLost``
    for the fence of another claim, ``CaseClosed``, ``DutiesSeparated``, ``SeniorNeeded``, ``StillPlanned``; on a
    release also ``HardStopFires`` when a control fires that no person can overrule, and ``OverrideUnexplained`` when
    one that asks for review is overridden without reason and note; on a request for evidence ``NobodyAsked`` when
    nobody is; on an escalation ``NobodyAbove`` when it would reach nobody. A refusal of a release is an entry in the
    case's story and in the audit log.
    """
    kase = repository.locked(connection, case_id, seen_by(principal))
    if kase is None:
        raise UnknownCase(case_id)
    saw_score = request.saw_score and not is_hidden(connection, state, kase, principal)
    making = _Making(connection, state, kase, Decider(request, principal, request_id), saw_score, planned, asks)
    try:
        with savepoint(connection):
            return _carry_out(making)
    except Problem as refused:
        if request.action is ReviewAction.RELEASE and not isinstance(refused, CaseClosed):
            note_refusal(
                connection, kase, refused, action=request.action, note=request.note, actor=making.decider.actor
            )
        raise


def needs_second(kase: Row) -> bool:
    """Whether a release now would be the first of two."""
    return kase["four_eyes"] and not kase["approvals"]


def _carry_out(making: _Making) -> Decided:
    _check(making)
    making = replace(making, kase=look_again(making.connection, making.state, making.kase, making.decider))
    score = score_row(making.connection, making.kase["score_id"])
    assert score is not None
    releases = making.request.action is ReviewAction.RELEASE
    if releases:
        _check_release(making, score)
    if making.request.action is ReviewAction.REQUEST_EVIDENCE:
        _check_asked(making, score)
    first_of_two = releases and needs_second(making.kase)
    ends = AFTER[making.request.action][0] is CaseState.DECIDED and not first_of_two
    if ends and not making.planned and making.state.policy.undo_minutes:
        return _plan(making)
    return _write_down(making, score, first_of_two=first_of_two)


def _check(making: _Making) -> None:
    kase = making.kase
    if kase["state"] not in OPEN_STATES:
        raise CaseClosed(kase)
    refuse_barred(making.connection, kase, making.reviewer)
    if kase["state"] != CaseState.CLAIMED or kase["claimed_by"] != making.decider.principal.principal_id:
        raise ClaimLost(kase["case_id"])
    if not kase["claimed_fence"] <= making.request.fence <= kase["fence"]:
        raise ClaimLost(kase["case_id"])
    if not making.planned and repository.is_planned(making.connection, kase["case_id"]):
        raise StillPlanned("it takes effect in some minutes; undo it first to decide otherwise")


def _check_release(making: _Making, score: Row) -> None:
    firing = stops(score)
    if firing:
        raise HardStopFires(firing)
    review = overridden(score)
    missing = unexplained(making.request.reason_code, making.request.note) if review else []
    if missing:
        raise OverrideUnexplained(review, missing)


def _check_asked(making: _Making, score: Row) -> None:
    case_id = making.kase["case_id"]
    if not making.asks and not is_asking(making.connection, case_id):
        raise NobodyAsked(case_id, people_to_ask(making.connection, making.kase, score))


def _plan(making: _Making) -> Decided:
    until = plan_single(
        making.connection,
        making.state,
        making.kase,
        making.request,
        reviewer=making.reviewer,
        saw_score=making.saw_score,
        request_id=making.decider.request_id,
    )
    return Decided(None, _case(making), second_release_needed=False, takes_effect_at=until)


def _write_down(making: _Making, score: Row, *, first_of_two: bool) -> Decided:
    case_id = making.kase["case_id"]
    if making.request.action is ReviewAction.ESCALATE:
        check_reach(making.connection, case_id, without=making.reviewer.account_id)
    _move(making, first_of_two=first_of_two)
    decision_id = _write(making, score, final=not first_of_two)
    lend(making.connection, case_id)
    # A first release or an escalation leaves it open, and not to the person on whose list it was.
    make_way(making.connection, case_id)
    return Decided(decision_id, _case(making), first_of_two)


def _case(making: _Making) -> Row:
    return find(making.connection, making.kase["case_id"], making.decider.principal)


def _move(making: _Making, *, first_of_two: bool) -> None:
    to, event = AFTER[making.request.action]
    if first_of_two:
        to, event = CaseState.OPEN, CaseEvent.APPROVED_ONCE
    approved_by = making.decider.principal.principal_id if first_of_two else None
    move = Move(to, escalated=event is CaseEvent.ESCALATED, approved_by=approved_by)
    case_id, fence = making.kase["case_id"], making.request.fence
    if not repository.leave(making.connection, case_id, making.reviewer, fence=fence, move=move):
        raise ClaimLost(case_id)
    repository.record_event(
        making.connection,
        case_id,
        event,
        actor=making.decider.principal.principal_id,
        states=(CaseState.CLAIMED, to),
        detail={"action": making.request.action.value, "note": making.request.note, "fence": fence},
    )


def _write(making: _Making, score: Row, *, final: bool) -> str:
    """The decision itself, the ledger's record of it (labels come back from there), and the audit entry."""
    decision_id = new_id()
    values = _values(making) | {"decision_id": decision_id, "score_id": score["score_id"], "final": final}
    repository.add_decision(making.connection, values)
    if final:
        record = label_of(values, making.kase, propensity=score["propensity"], now=making.state.clock())
        append(making.connection, [record])
    if final and AFTER[making.request.action][0] is CaseState.DECIDED:
        tell_of_case(making.connection, making.kase["case_id"])
        draw_look(making.connection, making.state, making.kase["case_id"], decision_id)
    audit.write(
        making.connection,
        "decided",
        actor=making.decider.principal.principal_id,
        subject=making.kase["invoice_id"],
        detail=values | {"client_id": making.kase["client_id"]},
        request_id=making.decider.request_id,
    )
    return decision_id


def _values(making: _Making) -> dict[str, Any]:
    request = making.request
    return {
        "case_id": making.kase["case_id"],
        "action": request.action.value,
        "reason_code": None if request.reason_code is None else request.reason_code.value,
        "note": request.note,
        "reviewer_id": making.decider.principal.principal_id,
        "saw_score": making.saw_score,
        "fence": request.fence,
    }
