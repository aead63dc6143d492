"""What reviewers do with cases: claim, keep, give back, resume, cancel; and why not, when they cannot."""

from sqlalchemy import Connection

from serving import audit
from serving.auth.principal import Forbidden, Principal
from serving.auth.scopes import Scope
from serving.callbacks.outbox import tell_of_case
from serving.problems import Conflict, NotFound
from serving.queue import repository
from serving.queue.repository import Move, Reviewer
from serving.queue.sight import seen_by
from serving.queue.states import OPEN_STATES, CaseEvent, CaseState
from serving.sql import Row
from serving.state import ServingState


class UnknownCase(NotFound):
    """No such case."""

    slug = "unknown-case"
    title = "Unknown case"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"there is no case {case_id!r}")


class CaseClosed(Conflict):
    """The case was decided or cancelled meanwhile."""

    slug = "case-closed"
    title = "The case is closed"

    def __init__(self, kase: Row) -> None:
        super().__init__(f"case {kase['case_id']} is {kase['state']} since {kase['closed_at'].isoformat()}")


class ClaimLost(Conflict):
    """Somebody else holds the case now, or the fence is an old one."""

    slug = "claim-lost"
    title = "The claim is not yours any more"

    def __init__(self, case_id: str) -> None:
        super().__init__(f"case {case_id} is not held under this claim; look at it again and claim it")


class NotClaimable(Conflict):
    """The case is in somebody's hands, or waits for an answer."""

    slug = "not-claimable"
    title = "The case cannot be claimed now"


class StillPlanned(Conflict):
    """The case is decided already, and the decision can still be undone."""

    slug = "already-decided"
    title = "The case is decided already"


class DutiesSeparated(Forbidden):
    """Whoever prepared, owns, approved or manages what is billed does not decide on it."""

    slug = "segregation-of-duties"
    title = "Somebody else must decide"


class SeniorNeeded(Forbidden):
    """The case is for a senior reviewer."""

    slug = "senior-needed"
    title = "A senior reviewer must decide"


def reviewer_of(principal: Principal) -> Reviewer:
    """The caller as the queue sees one."""
    return Reviewer(
        principal.principal_id,
        principal.resource_id,
        principal.may(Scope.CASES_SENIOR),
        sees_all=principal.may(Scope.CASES_ALL),
        is_key=principal.kind == "key",
    )


def find(connection: Connection, case_id: str, principal: Principal) -> Row:
    """A case; raises ``UnknownCase``, of a foreign team's case too."""
    kase = repository.get(connection, case_id, seen_by(principal))
    if kase is None:
        raise UnknownCase(case_id)
    return kase


def claim(connection: Connection, state: ServingState, case_id: str, *, principal: Principal) -> Row:
    """Take one case; raises why not."""
    taken = repository.take(connection, case_id, reviewer_of(principal), lease=state.settings.lease)
    if taken is None:
        raise why_not(find(connection, case_id, principal), principal)
    return _claimed(connection, taken, principal)


def claim_next(connection: Connection, state: ServingState, *, principal: Principal) -> Row | None:
    """Take the case that protects the most cash; ``None`` when there is none for this person."""
    taken = repository.take_next(connection, reviewer_of(principal), lease=state.settings.lease)
    return None if taken is None else _claimed(connection, taken, principal)


def _claimed(connection: Connection, taken: Row, principal: Principal) -> Row:
    taken_over = taken["from_state"] == CaseState.CLAIMED
    repository.record_event(
        connection,
        taken["case_id"],
        CaseEvent.TAKEN_OVER if taken_over else CaseEvent.CLAIMED,
        actor=principal.principal_id,
        states=(taken["from_state"], CaseState.CLAIMED),
        detail={"fence": taken["fence"], "held_by": taken["held_by"]},
    )
    return find(connection, taken["case_id"], principal)


def why_not(kase: Row, principal: Principal) -> Conflict | Forbidden:
    """What keeps this person from holding a case, in the order in which it can be helped."""
    reviewer = reviewer_of(principal)
    if kase["state"] not in OPEN_STATES:
        return CaseClosed(kase)
    barred = barred_from(kase, reviewer)
    if barred is not None:
        return barred
    if kase["state"] == CaseState.WAITING:
        return NotClaimable("the case waits for an answer; resume it first")
    if kase["state"] == CaseState.OPEN and kase["assigned_to"] not in (None, reviewer.account_id):
        return NotClaimable(
            f"it is assigned to {kase['assigned_to_name']} until {kase['due_at'].isoformat()}, when it falls due"
        )
    held_by, until = kase["claimed_by_name"] or kase["claimed_by"], kase["lease_expires_at"]
    return NotClaimable(f"held by {held_by} until {until.isoformat() if until else 'a moment ago'}")


def barred_from(kase: Row, reviewer: Reviewer) -> Forbidden | None:
    """Why this person may never decide this case as it stands; ``None`` when they may."""
    if reviewer.resource_id is not None and reviewer.resource_id in kase["separated"]:
        return DutiesSeparated("you prepared, own, approved or manage what this invoice bills")
    if reviewer.account_id in kase["approvals"]:
        return DutiesSeparated("you gave the first release; a second person must give the other")
    if not reviewer.senior and (kase["route"] == "senior_review" or kase["escalated"] or kase["approvals"]):
        return SeniorNeeded("this case needs a senior reviewer")
    return None


def hand_on(connection: Connection, kase: Row, reviewer: Reviewer, *, because: str) -> bool:
    """claimed -> open, for those who may decide it, when the holder may not any more; says whether it happened."""
    if not repository.hand_on(connection, kase["case_id"], reviewer):
        return False
    states = (CaseState.CLAIMED, CaseState.OPEN)
    detail = {"held_by": reviewer.account_id, "because": because}
    repository.record_event(
        connection, kase["case_id"], CaseEvent.HANDED_ON, actor=audit.SYSTEM, states=states, detail=detail
    )
    return True


def refuse_barred(connection: Connection, kase: Row, reviewer: Reviewer) -> None:
    """Raise why a person may not decide a case as it stands; if they hold it, it goes back to those who may."""
    barred = barred_from(kase, reviewer)
    if barred is not None:
        barred.kept = hand_on(connection, kase, reviewer, because=barred.detail)
        raise barred


def heartbeat(connection: Connection, state: ServingState, case_id: str, *, principal: Principal, fence: int) -> Row:
    """Keep a claim alive; raises ``ClaimLost``, and why the caller may not decide the case any more."""
    reviewer = reviewer_of(principal)
    kase = find(connection, case_id, principal)
    if kase["claimed_by"] == reviewer.account_id:
        refuse_barred(connection, kase, reviewer)
    if not repository.renew(connection, case_id, reviewer, fence=fence, lease=state.settings.lease):
        raise _lost(connection, case_id, principal)
    return find(connection, case_id, principal)


def release(connection: Connection, case_id: str, *, principal: Principal, fence: int) -> Row:
    """claimed -> open, by the reviewer who holds it; raises ``ClaimLost``, and ``StillPlanned`` for a decided case."""
    if repository.is_planned(connection, case_id):
        raise StillPlanned("its decision takes effect in some minutes; undo it to give the case back")
    if not repository.leave(connection, case_id, reviewer_of(principal), fence=fence, move=Move(CaseState.OPEN)):
        raise _lost(connection, case_id, principal)
    states = (CaseState.CLAIMED, CaseState.OPEN)
    _tell(connection, case_id, CaseEvent.RELEASED, principal, states=states, detail={"fence": fence})
    return find(connection, case_id, principal)


def resume(connection: Connection, case_id: str, *, principal: Principal, note: str | None) -> Row:
    """waiting -> open, when the answer has come."""
    kase = find(connection, case_id, principal)
    if not repository.resume(connection, case_id):
        raise CaseClosed(kase) if kase["closed_at"] else NotClaimable(f"the case is {kase['state']}, not waiting")
    states = (CaseState.WAITING, CaseState.OPEN)
    _tell(connection, case_id, CaseEvent.RESUMED, principal, states=states, detail={"note": note})
    return find(connection, case_id, principal)


def cancel(connection: Connection, case_id: str, *, principal: Principal, note: str, request_id: str | None) -> Row:
    """Close a case without a decision, because its invoice is gone; seniors only."""
    principal.require(Scope.CASES_SENIOR)
    kase = find(connection, case_id, principal)
    barred = barred_from(kase, reviewer_of(principal))
    if barred is not None:
        raise barred
    was = repository.cancel(connection, case_id)
    if was is None:
        raise CaseClosed(find(connection, case_id, principal))
    states = (was, CaseState.CANCELLED)
    _tell(connection, case_id, CaseEvent.CANCELLED, principal, states=states, detail={"note": note})
    tell_of_case(connection, case_id, note=note)
    audit.write(
        connection,
        "case_cancelled",
        actor=principal.principal_id,
        subject=kase["invoice_id"],
        detail={"case_id": case_id, "note": note},
        request_id=request_id,
    )
    return find(connection, case_id, principal)


def _tell(
    connection: Connection,
    case_id: str,
    event: CaseEvent,
    principal: Principal,
    *,
    states: tuple[str, str],
    detail: Row,
) -> None:
    actor = principal.principal_id
    repository.record_event(connection, case_id, event, actor=actor, states=states, detail=detail)


def _lost(connection: Connection, case_id: str, principal: Principal) -> Conflict:
    kase = find(connection, case_id, principal)
    return CaseClosed(kase) if kase["closed_at"] else ClaimLost(case_id)
