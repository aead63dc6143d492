"""Not now: a person skips a case for a day, or puts it out of everybody's sight until a moment."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from serving.auth.principal import Principal
from serving.problems import Invalid
from serving.queue import repository
from serving.queue.repository import Move
from serving.queue.service import CaseClosed, ClaimLost, NotClaimable, barred_from, find, reviewer_of
from serving.queue.sight import SEEN, seen_by
from serving.queue.states import CaseEvent, CaseState
from serving.sql import Row, change, first, insert, rows
from serving.state import ServingState

LONGEST_SNOOZE: Final = timedelta(days=30)


class SkipReason(StrEnum):
    """Why somebody passes a case on."""

    NOT_MY_AREA = "not_my_area"
    NEEDS_TIME = "needs_time"
    UNCLEAR = "unclear"
    TOO_CLOSE = "too_close"  # knows the client or the people too well
    OTHER = "other"


def skip(
    connection: Connection, case_id: str, reason: SkipReason, *, principal: Principal, fence: int | None, note: str = ""
) -> Row:
    """Leave a case to others; for this person it comes last for a day. Whoever holds it gives it back by that.

    Raises ``ClaimLost``, ``CaseClosed``, and ``NotClaimable`` for a case in somebody else's hands.
    """
    kase = find(connection, case_id, principal)
    states = _put_down(connection, kase, principal, fence)
    who = principal.principal_id
    insert(
        connection,
        "case_skip",
        {"case_id": case_id, "account_id": who, "reason": reason.value, "note": note or None},
    )
    detail = {"reason": reason.value, "note": note or None}
    repository.record_event(connection, case_id, CaseEvent.SKIPPED, actor=who, states=states, detail=detail)
    return find(connection, case_id, principal)


def _put_down(connection: Connection, kase: Row, principal: Principal, fence: int | None) -> tuple[str, str]:
    """Give it back if this person holds it; the states before and after."""
    if kase["closed_at"] is not None:
        raise CaseClosed(kase)
    if kase["state"] == CaseState.OPEN:
        return CaseState.OPEN, CaseState.OPEN
    if kase["state"] == CaseState.WAITING or kase["claimed_by"] != principal.principal_id:
        raise NotClaimable("it is in somebody else's hands, or waits for an answer")
    reviewer = reviewer_of(principal)
    move = Move(CaseState.OPEN)
    if fence is None or not repository.leave(connection, kase["case_id"], reviewer, fence=fence, move=move):
        raise ClaimLost(kase["case_id"])
    return CaseState.CLAIMED, CaseState.OPEN


_SNOOZE = """
UPDATE review_case SET snoozed_until = %(until)s, snooze_reason = %(reason)s
WHERE case_id = %(case_id)s AND state = 'open'
"""


def snooze(
    connection: Connection,
    state: ServingState,
    case_id: str,
    *,
    principal: Principal,
    until: datetime,
    reason: str,
    fence: int | None = None,
) -> Row:
    """Take a case out of the queue until a moment, or until a new fact comes or it falls due; it stays open.

    Raises as ``skip`` does, ``Invalid`` for a moment that is past or too far away, and what bars from deciding.
    """
    kase = find(connection, case_id, principal)
    barred = barred_from(kase, reviewer_of(principal))
    if barred is not None:
        raise barred
    if not state.clock() < until <= state.clock() + LONGEST_SNOOZE:
        raise Invalid.at("/until", f"must lie within the next {LONGEST_SNOOZE.days} days")
    states = _put_down(connection, kase, principal, fence)
    if change(connection, _SNOOZE, {"case_id": case_id, "until": until, "reason": reason}) != 1:
        raise ClaimLost(case_id)
    detail = {"until": until.isoformat(), "reason": reason}
    who = principal.principal_id
    repository.record_event(connection, case_id, CaseEvent.SNOOZED, actor=who, states=states, detail=detail)
    return find(connection, case_id, principal)


_WAKE = """
UPDATE review_case SET snoozed_until = NULL, snooze_reason = NULL
WHERE case_id = %(case_id)s AND state = 'open' AND snoozed_until IS NOT NULL
"""


def wake(connection: Connection, case_id: str, *, actor: str, because: str) -> bool:
    """Bring a snoozed case back; says whether it was out of sight."""
    if change(connection, _WAKE, {"case_id": case_id}) != 1:
        return False
    states = (CaseState.OPEN, CaseState.OPEN)
    detail = {"because": because}
    repository.record_event(connection, case_id, CaseEvent.WOKEN, actor=actor, states=states, detail=detail)
    return True


def wake_by_hand(connection: Connection, case_id: str, *, principal: Principal) -> Row:
    """Bring a snoozed case back; raises ``NotClaimable`` when it is not snoozed."""
    find(connection, case_id, principal)
    if not wake(connection, case_id, actor=principal.principal_id, because="brought back by hand"):
        raise NotClaimable("the case is not snoozed")
    return find(connection, case_id, principal)


def skips_by_reason(connection: Connection, principal: Principal) -> list[Row]:
    """Why people skipped cases in the last thirty days: ``reason``, ``skips``, ``people``."""
    query = f"""
        SELECT s.reason, count(*) AS skips, count(DISTINCT s.account_id) AS people
        FROM case_skip s JOIN review_case c USING (case_id)
        WHERE s.skipped_at > clock_timestamp() - interval '30 days' AND {SEEN}
        GROUP BY s.reason ORDER BY skips DESC, s.reason
    """  # noqa: S608 - a constant
    return rows(connection, query, seen_by(principal))


def skipped_before(connection: Connection, case_id: str, account_id: str) -> Row | None:
    """The last time that a person skipped a case."""
    query = "SELECT reason, note, skipped_at FROM case_skip WHERE case_id = %(id)s AND account_id = %(who)s"
    return first(connection, f"{query} ORDER BY skip_id DESC LIMIT 1", {"id": case_id, "who": account_id})
