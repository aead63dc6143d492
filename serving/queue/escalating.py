"""The clock of the service level: what is overdue is shown to seniors, what is long overdue to managers.

An overdue case is not taken from reviewers: it comes first for everybody, whoever it was assigned to; a snooze ends.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.queue.states import CaseEvent
from serving.sql import Row, rows
from serving.state import ServingState

MOST_AT_ONCE: Final = 500

_ESCALATE = """
WITH late AS (
    SELECT case_id, due_at FROM review_case
    WHERE state IN ('open', 'claimed', 'waiting') AND escalation < %(level)s
      AND due_at <= clock_timestamp() - %(after)s::interval
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


def escalate_overdue(connection: Connection, state: ServingState) -> int:
    """Raise what became overdue, and what has been so for the policy's hours; how many cases.

    A case is raised once to each level, however many workers look.
    """
    manager = timedelta(hours=state.policy.service_levels.manager_after)
    done = 0
    for level, after in ((2, manager), (1, timedelta(0))):
        done += _tell(connection, level, _raise(connection, level, after))
    return done


def _raise(connection: Connection, level: int, after: timedelta) -> list[Row]:
    asked = {"level": level, "after": after, "most": MOST_AT_ONCE, "actor": audit.SYSTEM}
    return rows(connection, _ESCALATE, asked | {"event": CaseEvent.SLA_BREACHED.value})


def _tell(connection: Connection, level: int, raised: list[Row]) -> int:
    if raised:
        detail = {"level": level, "cases": [row["case_id"] for row in raised]}
        audit.write(connection, "sla_breached", actor=audit.SYSTEM, subject="queue", detail=detail)
    return len(raised)
