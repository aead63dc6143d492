"""Who has a case after its figures changed: whoever may still decide it keeps it, everybody else makes way."""

from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.auth.scopes import Scope
from serving.auth.service import principal_of_account
from serving.queue import repository
from serving.queue.repository import Reviewer
from serving.queue.service import barred_from, hand_on, reviewer_of
from serving.queue.sight import everything, seen_by
from serving.queue.states import CaseEvent, CaseState
from serving.sql import Row, change

GONE: Final = "the person who had it may not decide cases any more"
_FREE: Final = """
UPDATE review_case SET assigned_to = NULL, assigned_at = NULL, placed_by_hand = false
WHERE case_id = %(case_id)s AND assigned_to = %(person)s AND closed_at IS NULL
"""


def why_barred(connection: Connection, kase: Row, account_id: str) -> str | None:
    """Why a person may not decide a case as it stands; ``None`` when they may."""
    principal = principal_of_account(connection, account_id)
    if principal is None or not principal.may(Scope.CASES_WRITE):
        return GONE
    barred = barred_from(kase, reviewer_of(principal))
    return None if barred is None else barred.detail


_GIVE: Final = """
UPDATE review_case SET assigned_to = %(person)s, assigned_at = clock_timestamp()
WHERE case_id = %(case_id)s AND state = 'open'
"""


def give_to(connection: Connection, case_id: str, account_id: str) -> bool:
    """Put an open case on the list of a person who sees it and may decide it; says whether that is so."""
    principal = principal_of_account(connection, account_id)
    kase = None if principal is None else repository.get(connection, case_id, seen_by(principal))
    if kase is None or why_barred(connection, kase, account_id) is not None:
        return False
    return change(connection, _GIVE, {"case_id": case_id, "person": account_id}) == 1


def make_way(connection: Connection, case_id: str) -> bool:
    """Take a case from a holder, or off the list of a person, who may not decide it as it stands; says whether so."""
    kase = repository.get(connection, case_id, everything())
    if kase is None or kase["closed_at"] is not None:
        return False
    if kase["state"] == CaseState.CLAIMED:
        because = why_barred(connection, kase, kase["claimed_by"])
        holder = Reviewer(kase["claimed_by"], None, senior=False)
        return because is not None and hand_on(connection, kase, holder, because=because)
    because = None if kase["assigned_to"] is None else why_barred(connection, kase, kase["assigned_to"])
    return because is not None and _free(connection, kase, because)


def _free(connection: Connection, kase: Row, because: str) -> bool:
    case_id, person = kase["case_id"], kase["assigned_to"]
    change(connection, _FREE, {"case_id": case_id, "person": person})
    states, detail = (kase["state"], kase["state"]), {"assigned_to": person, "why": because}
    event, actor = CaseEvent.UNASSIGNED, audit.SYSTEM
    repository.record_event(connection, case_id, event, actor=actor, states=states, detail=detail)
    return True
