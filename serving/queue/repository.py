"""Cases in the database: every transition is one guarded UPDATE that tells whether it happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg import sql
from sqlalchemy import Connection

from serving.queue.sight import SEEN, sight_of
from serving.queue.states import CaseEvent, CaseState
from serving.queue.turns import AWAKE, OFFERED, TURNS
from serving.sql import Row, change, first, insert, json_value, rows


@dataclass(frozen=True)
class Reviewer:
    """What the queue must know of who works in it."""

    account_id: str
    resource_id: str | None
    senior: bool
    sees_all: bool = False
    is_key: bool = False

    def parameters(self) -> dict[str, Any]:
        """For the statements below."""
        sight = sight_of(self.account_id, sees_all=self.sees_all, senior=self.senior, is_key=self.is_key)
        return {"account": self.account_id, "resource": self.resource_id, "senior": self.senior, **sight}


# Who may hold a case: it needs no senior or has one, its reviewer did not make, own or manage what is billed, and has
# not given the first of two releases.
_ALLOWED = sql.SQL("""
    ((route <> 'senior_review' AND NOT escalated) OR %(senior)s)
    AND (cardinality(approvals) = 0 OR %(senior)s)
    AND (%(resource)s::text IS NULL OR NOT %(resource)s = ANY(separated))
    AND NOT %(account)s = ANY(approvals)
""")
# A claim whose lease has run out is free for the next one; nobody else looks at the clock.
_FREE = sql.SQL("(state = 'open' OR (state = 'claimed' AND lease_expires_at <= clock_timestamp()))")
_TAKE = sql.SQL("""
WITH candidate AS (
    SELECT case_id, state AS from_state, claimed_by AS held_by FROM review_case c
    WHERE {free} AND {allowed} AND {seen} AND {offered} AND {which}
    {order} LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE review_case c
SET state = 'claimed', claimed_by = %(account)s, lease_expires_at = clock_timestamp() + %(lease)s, fence = c.fence + 1,
    claimed_fence = c.fence + 1, snoozed_until = NULL, snooze_reason = NULL
FROM candidate WHERE c.case_id = candidate.case_id
RETURNING c.*, candidate.from_state, candidate.held_by
""")
_BY_CASH = sql.SQL("ORDER BY priority DESC, case_id DESC")


def _taking(which: str, order: sql.Composable = _BY_CASH) -> str:
    return _TAKE.format(
        free=_FREE,
        allowed=_ALLOWED,
        seen=sql.SQL(SEEN),
        offered=sql.SQL(OFFERED),
        which=sql.SQL(which),
        order=order,
    ).as_string()


_TAKE_ONE = _taking("case_id = %(case_id)s", sql.SQL(""))
_TAKE_NEXT = tuple(_taking(f"{AWAKE} AND {turn}") for turn in TURNS)


def take(connection: Connection, case_id: str, reviewer: Reviewer, *, lease: timedelta) -> Row | None:
    """open (or claimed with an expired lease) -> claimed; ``None`` when this reviewer cannot have it now."""
    return first(connection, _TAKE_ONE, reviewer.parameters() | {"case_id": case_id, "lease": lease})


def take_next(connection: Connection, reviewer: Reviewer, *, lease: timedelta) -> Row | None:
    """Claim the first case of the reviewer's turns; ``None`` when there is none for this reviewer."""
    parameters = reviewer.parameters() | {"lease": lease, "moment": None}
    taken = (first(connection, turn, parameters) for turn in _TAKE_NEXT)
    return next((row for row in taken if row is not None), None)


# A claim outlives a change of the figures: with any fence since it began it is kept and given back, and only with the
# newest one decided under.
_HELD = sql.SQL(
    "case_id = %(case_id)s AND state = 'claimed' AND claimed_by = %(account)s "
    "AND %(fence)s BETWEEN claimed_fence AND fence"
)
_RENEW = sql.SQL("UPDATE review_case SET lease_expires_at = clock_timestamp() + %(lease)s WHERE {}").format(_HELD)


def renew(connection: Connection, case_id: str, reviewer: Reviewer, *, fence: int, lease: timedelta) -> bool:
    """Make the holder's lease last longer; says whether the reviewer still held the case."""
    return change(connection, _RENEW, _held(case_id, reviewer, fence) | {"lease": lease}) == 1


@dataclass(frozen=True)
class Move:
    """What a transition from ``claimed`` sets."""

    to: CaseState
    escalated: bool = False  # from now on a senior must decide
    approved_by: str | None = None  # who gave the first of two releases


_MOVE = sql.SQL("""
UPDATE review_case
SET state = %(to)s, claimed_by = NULL, lease_expires_at = NULL, escalated = escalated OR %(escalated)s,
    approvals = CASE WHEN %(approved_by)s::text IS NULL THEN approvals ELSE approvals || %(approved_by)s::text END,
    closed_at = CASE WHEN %(to)s = 'decided' THEN clock_timestamp() END
WHERE {held} AND (%(to)s = 'open' OR (fence = %(fence)s AND {allowed}))
""").format(held=_HELD, allowed=_ALLOWED)


def leave(connection: Connection, case_id: str, reviewer: Reviewer, *, fence: int, move: Move) -> bool:
    """claimed -> another state, by the reviewer whose claim carries this fence; says whether it happened."""
    moved = {"to": move.to.value, "escalated": move.escalated, "approved_by": move.approved_by}
    return change(connection, _MOVE, _held(case_id, reviewer, fence) | moved) == 1


def locked(connection: Connection, case_id: str, sight: Mapping[str, Any]) -> Row | None:
    """A case, if whoever asks sees it, locked until the transaction ends."""
    return first(connection, f"{CASES} WHERE c.case_id = %(id)s AND {SEEN} FOR UPDATE OF c", {"id": case_id, **sight})


def hand_on(connection: Connection, case_id: str, reviewer: Reviewer) -> bool:
    """claimed -> open, taken from a holder who may not decide it any more; says whether it happened."""
    statement = """
        UPDATE review_case SET state = 'open', claimed_by = NULL, lease_expires_at = NULL, assigned_to = NULL,
               assigned_at = NULL
        WHERE case_id = %(case_id)s AND state = 'claimed' AND claimed_by = %(account)s
    """
    return change(connection, statement, {"case_id": case_id, "account": reviewer.account_id}) == 1


def is_planned(connection: Connection, case_id: str) -> bool:
    """Whether a decision on the case can still be undone or waits to be carried out."""
    query = "SELECT 1 AS one FROM bulk_item WHERE case_id = %(id)s AND state = 'pending'"
    return first(connection, query, {"id": case_id}) is not None


def newest_of(connection: Connection, invoice_id: str) -> str | None:
    """The newest case of an invoice."""
    query = """
        SELECT case_id FROM review_case WHERE invoice_id = %(id)s ORDER BY opened_at DESC, case_id DESC LIMIT 1
    """
    row = first(connection, query, {"id": invoice_id})
    return None if row is None else str(row["case_id"])


def figures_at(connection: Connection, case_id: str, fence: int) -> Row | None:
    """What the case showed to whoever read it under a fence."""
    query = """
        SELECT amount, currency, route, four_eyes, control_ids FROM case_figures
        WHERE case_id = %(id)s AND fence <= %(fence)s ORDER BY fence DESC LIMIT 1
    """
    return first(connection, query, {"id": case_id, "fence": fence})


def _held(case_id: str, reviewer: Reviewer, fence: int) -> dict[str, Any]:
    return reviewer.parameters() | {"case_id": case_id, "fence": fence}


def resume(connection: Connection, case_id: str) -> bool:
    """waiting -> open; says whether it happened."""
    statement = "UPDATE review_case SET state = 'open' WHERE case_id = %(id)s AND state = 'waiting'"
    return change(connection, statement, {"id": case_id}) == 1


def cancel(connection: Connection, case_id: str) -> str | None:
    """open, claimed or waiting -> cancelled; the state it was in, or ``None`` when it was closed already."""
    statement = """
        WITH held AS (SELECT case_id, state FROM review_case WHERE case_id = %(id)s FOR UPDATE)
        UPDATE review_case c SET state = 'cancelled', closed_at = clock_timestamp(), claimed_by = NULL,
               lease_expires_at = NULL
        FROM held WHERE c.case_id = held.case_id AND held.state IN ('open', 'claimed', 'waiting')
        RETURNING held.state AS from_state
    """
    row = first(connection, statement, {"id": case_id})
    return None if row is None else str(row["from_state"])


def record_event(
    connection: Connection, case_id: str, event: CaseEvent, *, actor: str, states: tuple[str, str], detail: Row
) -> None:
    """Write what happened; in the same transaction as the transition it tells of."""
    values = {"case_id": case_id, "event": event.value, "actor_id": actor, "detail": json_value(detail)}
    insert(connection, "case_event", values | {"from_state": states[0], "to_state": states[1]})


def add_decision(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write a decision; the database refuses a second one under the same fence."""
    insert(connection, "case_decision", values)


def get(connection: Connection, case_id: str, sight: Mapping[str, Any]) -> Row | None:
    """A case, if whoever asks sees it."""
    return first(connection, f"{CASES} WHERE c.case_id = %(id)s AND {SEEN}", {"id": case_id, **sight})


CASES = """
SELECT c.*, c.closed_at IS NULL AND c.due_at <= clock_timestamp() AS overdue,
       a.name AS claimed_by_name, b.name AS assigned_to_name, t.name AS team_name,
       c.state = 'claimed' AND c.lease_expires_at <= clock_timestamp() AS lease_expired,
       coalesce(c.snoozed_until > clock_timestamp(), false) AS asleep
FROM review_case c LEFT JOIN account a ON a.account_id = c.claimed_by
LEFT JOIN account b ON b.account_id = c.assigned_to LEFT JOIN team t ON t.team_id = c.team_id
"""


def events_of(connection: Connection, case_id: str) -> list[Row]:
    """Everything that happened to a case, oldest first."""
    query = """
        SELECT event, actor_id, happened_at, from_state, to_state, detail FROM case_event
        WHERE case_id = %(id)s ORDER BY event_id
    """
    return rows(connection, query, {"id": case_id})


def decisions_of(connection: Connection, case_id: str) -> list[Row]:
    """Every decision on a case, oldest first."""
    query = "SELECT * FROM case_decision WHERE case_id = %(id)s ORDER BY decided_at"
    return rows(connection, query, {"id": case_id})
