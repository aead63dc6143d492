"""Carries out bulk decisions whose time to undo is over: each as a decision of its own, or dropped with its reason."""

from typing import Final

import structlog
from sqlalchemy import Connection

from serving import audit
from serving.auth import repository as accounts
from serving.auth.principal import Principal
from serving.auth.scopes import Role, Scope, scopes_of
from serving.problems import Problem
from serving.queue.bulk import give_back
from serving.queue.decide import DecisionRequest, decide
from serving.sql import Row, change, first, rows, savepoint
from serving.state import ServingState

log = structlog.get_logger(__name__)

_DUE: Final = """
SELECT i.batch_id, i.case_id FROM bulk_item i JOIN bulk_batch b USING (batch_id)
WHERE i.state = 'pending' AND b.undone_at IS NULL AND b.pending_until <= clock_timestamp()
ORDER BY i.batch_id, i.case_id LIMIT 500
"""
# The batch is locked as well: undoing waits, and then finds that its time is over.
_TAKE: Final = """
SELECT i.*, b.action, b.reason_code, b.note, b.made_by, b.request_id, b.saw_score
FROM bulk_item i JOIN bulk_batch b USING (batch_id)
WHERE i.batch_id = %(batch)s AND i.case_id = %(case)s AND i.state = 'pending' AND b.undone_at IS NULL
  AND b.pending_until <= clock_timestamp()
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
        due = rows(connection, _DUE)
    return sum(_finish(state, one) for one in due)


def _finish(state: ServingState, due: Row) -> bool:
    with state.engine.begin() as connection:
        key = {"batch": due["batch_id"], "case": due["case_id"]}
        # Locks are taken in the same order as by undoing: first the batch, then its cases.
        first(connection, "SELECT 1 AS one FROM bulk_batch WHERE batch_id = %(batch)s FOR SHARE", key)
        item = first(connection, _TAKE, key)
        if item is None:
            return False
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
    account = accounts.account(connection, account_id)
    roles = tuple(Role(role) for role in account["roles"]) if account else ()
    if account is None or not account["active"] or Scope.CASES_WRITE not in scopes_of(roles):
        raise MakerGone("whoever decided may decide no more")
    return Principal(account_id, "account", account["name"], roles, scopes_of(roles), account["resource_id"])


def _drop(connection: Connection, item: Row, problem: Problem) -> None:
    log.info("a bulk decision was not carried out", case=item["case_id"], because=problem.detail)
    give_back(connection, item, actor=audit.SYSTEM, because=problem.detail)
    audit.write(
        connection,
        "bulk_dropped",
        actor=audit.SYSTEM,
        subject=item["batch_id"],
        detail={"case_id": item["case_id"], "because": problem.detail},
    )
