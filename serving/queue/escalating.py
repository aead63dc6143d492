"""The clock of the service level: what is overdue is shown to seniors, what is long overdue to managers.

An overdue case is not taken from reviewers: it comes first for everybody, whoever it was assigned to; a snooze ends.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.queue.states import CaseEvent
from serving.sql import Row, rows
from serving.state import ServingState
from serving.tasks.set_aside import Sweep, free

MOST_AT_ONCE: Final = 500

_LATE = f"""
SELECT c.case_id FROM review_case c
WHERE c.state IN ('open', 'claimed', 'waiting')
  AND ((c.escalation < 1 AND c.due_at <= clock_timestamp())
       OR (c.escalation < 2 AND c.due_at <= clock_timestamp() - %(after)s::interval))
  AND {free(Sweep.SERVICE_LEVELS, "c.case_id")}
ORDER BY c.due_at, c.case_id LIMIT %(most)s
"""  # noqa: S608 - our own words
_ESCALATE = """
WITH late AS (
    SELECT case_id, due_at FROM review_case
    WHERE state IN ('open', 'claimed', 'waiting') AND escalation < %(level)s
      AND due_at <= clock_timestamp() - %(after)s::interval
      AND (%(cases)s::text[] IS NULL OR case_id = ANY(%(cases)s))
    ORDER BY due_at, case_id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), raised AS (
    UPDATE review_case c SET escalation = %(level)s, snoozed_until = NULL, snooze_reason = NULL
    FROM late WHERE c.case_id = late.case_id RETURNING c.case_id, c.state, c.due_at
), told AS (
    INSERT INTO case_event (case_id, event, actor_id, from_state, to_state, detail)
    SELECT case_id, %(event)s, %(actor)s, state, state, jsonb_build_object('level', %(level)s::int, 'due_at', due_at)
    FROM raised
)
SELECT case_id, due_at FROM raised ORDER BY due_at, case_id
"""


def overdue(connection: Connection, state: ServingState) -> list[str]:
    """Cases that are to be raised, the longest overdue first."""
    found = rows(connection, _LATE, {"after": _manager(state), "most": MOST_AT_ONCE})
    return [row["case_id"] for row in found]


def escalate_overdue(connection: Connection, state: ServingState, cases: Sequence[str] | None = None) -> int:
    """Raise what became overdue, and what has been so for the policy's hours; how many cases.

    A case is raised once to each level, however many workers look.

    Args:
        connection: the caller's transaction.
        state: whose policy says when managers are shown a case.
        cases: look at these only; ``None`` looks at all.
    """
    done = 0
    for level, after in ((2, _manager(state)), (1, timedelta(0))):
        done += _tell(connection, level, _raise(connection, level, after, cases))
    return done


def _manager(state: ServingState) -> timedelta:
    return timedelta(hours=state.policy.service_levels.manager_after)


def _raise(connection: Connection, level: int, after: timedelta, cases: Sequence[str] | None) -> list[Row]:
    asked = {"level": level, "after": after, "most": MOST_AT_ONCE, "actor": audit.SYSTEM}
    chosen = {"cases": None if cases is None else list(cases), "event": CaseEvent.SLA_BREACHED.value}
    return rows(connection, _ESCALATE, asked | chosen)


def _tell(connection: Connection, level: int, raised: list[Row]) -> int:
    if raised:
        detail = {"level": level, "cases": [row["case_id"] for row in raised]}
        audit.write(connection, "sla_breached", actor=audit.SYSTEM, subject="queue", detail=detail)
    return len(raised)
