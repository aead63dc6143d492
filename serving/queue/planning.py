"""A decision on one case that can be undone for some minutes: a bulk decision of one, planned under the claim.

Nothing takes effect before the window is over: callbacks and the ledger's record are written by the worker that carries
it out (``serving.queue.bulk_finish``), with every check that it would meet then.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.auth.principal import Principal
from serving.ids import new_id
from serving.problems import Conflict
from serving.queue import repository
from serving.queue.decision_request import DecisionRequest
from serving.queue.repository import Reviewer
from serving.queue.service import ClaimLost, find
from serving.queue.states import CaseEvent, CaseState
from serving.sql import Row, change, first, insert, json_value, only
from serving.state import ServingState

# The claim outlasts the time to undo, so that a worker that comes late still finds it.
SLACK: Final = timedelta(hours=1)
_PLANNED: Final = """
SELECT b.*, i.fence, a.name AS made_by_name, b.pending_until > clock_timestamp() AS undoable
FROM bulk_item i JOIN bulk_batch b USING (batch_id) LEFT JOIN account a ON a.account_id = b.made_by
WHERE i.case_id = %(id)s AND i.state = 'pending'
"""


class NothingToUndo(Conflict):
    """No decision of the caller's on this case can be undone any more."""

    slug = "too-late-to-undo"
    title = "It cannot be undone any more"


def planned_on(connection: Connection, case_id: str) -> Row | None:
    """The decision on a case that did not take effect yet, with who made it and whether it can be undone."""
    return first(connection, _PLANNED, {"id": case_id})


def plan_single(
    connection: Connection,
    state: ServingState,
    kase: Row,
    request: DecisionRequest,
    *,
    reviewer: Reviewer,
    saw_score: bool,
    request_id: str | None,
) -> datetime:
    """Plan a decision under the reviewer's claim; when it takes effect. Raises ``ClaimLost``."""
    case_id, window, batch_id = kase["case_id"], state.policy.undo_window, new_id()
    if not repository.renew(connection, case_id, reviewer, fence=request.fence, lease=window + SLACK):
        raise ClaimLost(case_id)
    cash = kase["amount"] if kase["group_amount"] is None else kase["group_amount"]
    said = request.model_dump(mode="json", include={"action", "reason_code", "note"})
    moment: datetime = only(connection, "SELECT clock_timestamp() + %(window)s AS until", {"window": window})["until"]
    values = {
        "batch_id": batch_id, "made_by": reviewer.account_id, "pending_until": moment, "cash": abs(cash),
        "currency": kase["group_currency"] or kase["currency"], "excluded": json_value([]), "request_id": request_id,
        "single": True, "saw_score": saw_score,
    }  # fmt: skip
    insert(connection, "bulk_batch", said | values)
    insert(connection, "bulk_item", {"batch_id": batch_id, "case_id": case_id, "fence": request.fence})
    detail = {"batch_id": batch_id, "action": request.action.value, "takes_effect_at": moment, "note": request.note}
    tell_planned(connection, case_id, CaseEvent.PLANNED, actor=reviewer.account_id, detail=detail)
    audit.write(
        connection,
        "decision_planned",
        actor=reviewer.account_id,
        subject=kase["invoice_id"],
        detail=said | {"case_id": case_id, "batch_id": batch_id, "fence": request.fence},
        request_id=request_id,
    )
    return moment


def tell_planned(connection: Connection, case_id: str, event: CaseEvent, *, actor: str, detail: Row) -> None:
    """An event of a case that stays claimed."""
    states = (CaseState.CLAIMED, CaseState.CLAIMED)
    repository.record_event(connection, case_id, event, actor=actor, states=states, detail=detail)


_UNDO: Final = """
UPDATE bulk_batch SET undone_at = clock_timestamp()
WHERE batch_id = %(batch)s AND single AND made_by = %(by)s AND undone_at IS NULL AND pending_until > clock_timestamp()
"""


def undo_single(
    connection: Connection, state: ServingState, case_id: str, *, principal: Principal, request_id: str | None
) -> Row:
    """Take a planned decision back; the case stays with the caller. Raises ``UnknownCase`` and ``NothingToUndo``."""
    kase = find(connection, case_id, principal)
    planned, actor = planned_on(connection, case_id), principal.principal_id
    batch = "" if planned is None else planned["batch_id"]
    if change(connection, _UNDO, {"batch": batch, "by": actor}) != 1:
        raise NothingToUndo("it took effect, was undone, or was decided by somebody else or in bulk")
    ended = "UPDATE bulk_item SET state = 'undone', ended_at = clock_timestamp() WHERE batch_id = %(batch)s"
    change(connection, ended, {"batch": batch})
    keep = "UPDATE review_case SET lease_expires_at = clock_timestamp() + %(lease)s WHERE case_id = %(id)s"
    change(connection, keep, {"lease": state.settings.lease, "id": case_id})
    detail = {"batch_id": batch, "because": "undone"}
    tell_planned(connection, case_id, CaseEvent.PLAN_DROPPED, actor=actor, detail=detail)
    audit.write(
        connection,
        "decision_undone",
        actor=actor,
        subject=kase["invoice_id"],
        detail={"case_id": case_id, "batch_id": batch},
        request_id=request_id,
    )
    return find(connection, case_id, principal)
