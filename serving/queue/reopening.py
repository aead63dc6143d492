"""Opens a new case on an invoice that was decided: what was decided, and learned from, stays as it was."""

from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.ids import new_id
from serving.problems import Conflict
from serving.queue import repository
from serving.queue.priority import due_at
from serving.queue.service import UnknownCase, find, refuse_barred, reviewer_of
from serving.queue.sight import seen_by
from serving.queue.states import OPEN_STATES, CaseEvent, CaseState
from serving.routing import Route
from serving.scoring.repository import score_row
from serving.scoring.service import Asker, rescore
from serving.sql import Row, change
from serving.state import ServingState

# Another worker's new case, or a person's, is left alone.
_OPEN_AGAIN: Final = """
INSERT INTO review_case (case_id, invoice_id, client_id, project_id, score_id, state, route, amount, currency,
    group_amount, group_currency, priority, priority_parts, due_at, separated, legal_entity_id, control_ids, causes,
    group_key, group_title, escalated, kind, origin, policy_version, reopens)
SELECT %(new_id)s, invoice_id, client_id, project_id, score_id, 'open', route, amount, currency,
    group_amount, group_currency, priority, priority_parts, %(due_at)s, separated, legal_entity_id, control_ids, causes,
    group_key, group_title, escalated, kind, origin, policy_version, case_id
FROM review_case WHERE case_id = %(case_id)s
ON CONFLICT (invoice_id) WHERE state IN ('open', 'claimed', 'waiting') DO NOTHING
"""


class NotReopenable(Conflict):
    """The case is not decided, or something newer answers for its invoice."""

    slug = "not-reopenable"
    title = "The case cannot be reopened"


def open_again(connection: Connection, state: ServingState, kase: Row, *, actor: str, because: Row) -> str | None:
    """A new open case that names the closed one; its id, ``None`` when there is an open one already.

    Args:
        connection: the caller's transaction.
        state: whose policy says when the new case is due.
        kase: the closed case.
        actor: who reopens it.
        because: why, for the event and the audit log.
    """
    case_id = new_id()
    due = due_at(Route(kase["route"]), policy=state.policy, now=state.clock())
    if change(connection, _OPEN_AGAIN, {"new_id": case_id, "case_id": kase["case_id"], "due_at": due}) != 1:
        return None
    detail = because | {"reopens": kase["case_id"]}
    states = (CaseState.DECIDED, CaseState.OPEN)
    repository.record_event(connection, case_id, CaseEvent.REOPENED, actor=actor, states=states, detail=detail)
    audit.write(
        connection, "case_reopened", actor=actor, subject=kase["invoice_id"], detail={"case_id": case_id} | detail
    )
    return case_id


def reopen(
    connection: Connection,
    state: ServingState,
    case_id: str,
    *,
    principal: Principal,
    note: str,
    request_id: str | None,
) -> Row:
    """Reopen a decided case, with a reason; for seniors. The new case, scored as of now.

    Raises ``UnknownCase``, ``DutiesSeparated``, and ``NotReopenable`` for a case that is open, that a newer one
    followed, or whose invoice was sent.
    """
    principal.require(Scope.CASES_SENIOR)
    kase = repository.locked(connection, case_id, seen_by(principal))
    if kase is None:
        raise UnknownCase(case_id)
    if kase["state"] in OPEN_STATES:
        raise NotReopenable(f"it is {kase['state']}, not decided")
    refuse_barred(connection, kase | {"approvals": []}, reviewer_of(principal))
    if repository.newest_of(connection, kase["invoice_id"]) != case_id:
        raise NotReopenable("a newer case followed it; look at that one")
    made = open_again(connection, state, kase, actor=principal.principal_id, because={"note": note})
    if made is None:
        raise NotReopenable("another case on its invoice is open")
    previous = score_row(connection, kase["score_id"])
    assert previous is not None
    rescore(connection, state, previous, asker=Asker(principal.principal_id, request_id))
    fresh = find(connection, made, principal)
    if fresh["state"] not in OPEN_STATES:
        raise NotReopenable("its invoice was sent; what must be put right now is a credit or a rebill")
    return fresh
