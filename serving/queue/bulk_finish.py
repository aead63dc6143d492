"""Carries out bulk decisions whose time to undo is over: each as a decision of its own, or dropped with its reason."""

from typing import Final

import structlog
from sqlalchemy import Connection

from serving import audit
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.auth.service import principal_of_account
from serving.problems import Problem
from serving.queue.bulk import give_back
from serving.queue.decide import DecisionRequest, decide
from serving.queue.holding import give_to
from serving.queue.repository import record_event
from serving.queue.states import CaseEvent, CaseState
from serving.sql import Row, change, first, rows, savepoint
from serving.state import ServingState
from serving.tasks.set_aside import Item, Sweep, free
from serving.tasks.sweep import sweep_over

log = structlog.get_logger(__name__)

_DUE: Final = f"""
SELECT i.case_id FROM bulk_item i JOIN bulk_batch b USING (batch_id)
WHERE i.state = 'pending' AND b.undone_at IS NULL AND b.pending_until <= clock_timestamp()
  AND {free(Sweep.DECISIONS, "i.case_id")}
ORDER BY i.batch_id, i.case_id LIMIT 500
"""  # noqa: S608 - our own words
# Locks are taken in the same order as by undoing: first the batch, then its cases. Undoing waits, and then finds that
# its time is over.
_LOCK_BATCH: Final = """
SELECT b.batch_id FROM bulk_batch b JOIN bulk_item i USING (batch_id)
WHERE i.case_id = %(case)s AND i.state = 'pending' FOR SHARE OF b
"""
_TAKE: Final = """
SELECT i.*, b.action, b.reason_code, b.note, b.made_by, b.request_id, b.saw_score, b.single
FROM bulk_item i JOIN bulk_batch b USING (batch_id)
WHERE i.case_id = %(case)s AND i.state = 'pending' AND b.undone_at IS NULL AND b.pending_until <= clock_timestamp()
FOR UPDATE OF i SKIP LOCKED
"""
_END: Final = """
UPDATE bulk_item SET state = %(state)s, because = %(because)s, decision_id = %(decision)s, ended_at = clock_timestamp()
WHERE batch_id = %(batch)s AND case_id = %(case)s AND state = 'pending'
"""


class MakerGone(Problem):
    """Whoever decided may decide no more."""

    slug = "maker-gone"
    title = "Whoever decided may decide no more"


def finish_due(state: ServingState) -> int:
    """Carry out what is due, each case in a transaction of its own; how many ended."""
    with state.engine.connect() as connection:
        due = [Item(row["case_id"]) for row in rows(connection, _DUE)]
    return sweep_over(state, Sweep.DECISIONS, due, lambda items: _finish(state, items[0].key)).done


def _finish(state: ServingState, case_id: str) -> bool:
    with state.engine.begin() as connection:
        first(connection, _LOCK_BATCH, {"case": case_id})
        item = first(connection, _TAKE, {"case": case_id})
        if item is None:
            return False
        key = {"batch": item["batch_id"], "case": case_id}
        try:
            with savepoint(connection):
                decision_id = _decide(connection, state, item)
            change(connection, _END, key | {"state": "done", "because": None, "decision": decision_id})
        except Problem as problem:
            _drop(connection, item, problem)
            change(connection, _END, key | {"state": "dropped", "because": problem.detail, "decision": None})
    return True


def _decide(connection: Connection, state: ServingState, item: Row) -> str:
    said = {name: item[name] for name in ("action", "fence", "reason_code", "note", "saw_score")}
    request = DecisionRequest.model_validate(said)
    made = decide(
        connection,
        state,
        item["case_id"],
        request,
        principal=_maker(connection, item["made_by"]),
        request_id=item["request_id"],
        planned=True,
    )
    assert made.decision_id is not None
    return made.decision_id


def _maker(connection: Connection, account_id: str) -> Principal:
    """Whoever planned it, with what they may do now; raises ``MakerGone``."""
    principal = principal_of_account(connection, account_id)
    if principal is None or not principal.may(Scope.CASES_WRITE):
        raise MakerGone("whoever decided may decide no more")
    return principal


def _drop(connection: Connection, item: Row, problem: Problem) -> None:
    log.info("a planned decision was not carried out", case=item["case_id"], because=problem.detail)
    if give_back(connection, item, actor=audit.SYSTEM, because=problem.detail) and item["single"]:
        _return_to_maker(connection, item["case_id"], item["made_by"])
    audit.write(
        connection,
        "bulk_dropped",
        actor=audit.SYSTEM,
        subject=item["batch_id"],
        detail={"case_id": item["case_id"], "because": problem.detail},
    )


def _return_to_maker(connection: Connection, case_id: str, maker: str) -> None:
    """Put a case that somebody decided on its page back on their list, unless they may not decide it any more."""
    if give_to(connection, case_id, maker):
        states = (CaseState.OPEN, CaseState.OPEN)
        detail = {"assigned_to": maker, "why": "the decision on it was not carried out"}
        record_event(connection, case_id, CaseEvent.ASSIGNED, actor=audit.SYSTEM, states=states, detail=detail)
