"""Lists of cases: filters, order and pages that stay right while the queue changes under them."""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from psycopg import sql
from sqlalchemy import Connection

from serving.auth.principal import Principal
from serving.problems import Invalid
from serving.queue.repository import CASES
from serving.queue.sight import SEEN, seen_by
from serving.queue.states import OPEN_STATES, CaseState
from serving.routing import Route
from serving.sql import Row, rows

MOST_ROWS = 200


class CaseOrder(StrEnum):
    """What comes first."""

    PRIORITY = "priority"  # the most expected cash
    DUE = "due"  # the earliest due
    AMOUNT = "amount"  # the largest amount


@dataclass(frozen=True)
class CaseFilter:
    """Which cases; ``None`` does not filter."""

    states: tuple[CaseState, ...] = OPEN_STATES
    route: Route | None = None
    client_id: str | None = None
    invoice_id: str | None = None
    claimed_by: str | None = None
    legal_entity_id: str | None = None
    search: str | None = None  # part of an invoice id, or of a client's or project's name or id
    overdue: bool = False
    due_today: bool = False


@dataclass(frozen=True)
class CasePage:
    """Some cases and the cursor to the next ones (``None`` at the end)."""

    cases: list[Row]
    next_cursor: str | None


# Expression, its SQL type, and the direction; the case id breaks ties, so that a page never repeats or skips a case.
_ORDERS = {
    CaseOrder.PRIORITY: ("c.priority", "float8", "DESC"),
    CaseOrder.DUE: ("c.due_at", "timestamptz", "ASC"),
    CaseOrder.AMOUNT: ("coalesce(abs(c.group_amount), 0)", "numeric", "DESC"),
}
_CONDITIONS = {
    "route": "c.route = %(route)s",
    "client_id": "c.client_id = %(client_id)s",
    "invoice_id": "c.invoice_id = %(invoice_id)s",
    "claimed_by": "c.claimed_by = %(claimed_by)s",
    "legal_entity_id": "EXISTS (SELECT FROM invoice i WHERE i.invoice_id = c.invoice_id "
    "AND i.legal_entity_id = %(legal_entity_id)s)",
    "search": "(c.invoice_id ILIKE %(search)s OR c.client_id IN (SELECT client_id FROM client WHERE name ILIKE "
    "%(search)s OR client_id ILIKE %(search)s) OR c.project_id IN (SELECT project_id FROM project WHERE name ILIKE "
    "%(search)s OR project_id ILIKE %(search)s))",
}


def list_cases(
    connection: Connection,
    chosen: CaseFilter,
    *,
    principal: Principal,
    order: CaseOrder = CaseOrder.PRIORITY,
    cursor: str | None = None,
    limit: int = 50,
) -> CasePage:
    """One page of the cases that the caller sees; raises ``Invalid`` for a cursor that is not one of ours."""
    expression, kind, direction = _ORDERS[order]
    parameters: dict[str, Any] = {"states": [state.value for state in chosen.states], "limit": limit + 1}
    parameters |= seen_by(principal)
    conditions = ["c.state = ANY(%(states)s)", SEEN]
    for name, condition in _CONDITIONS.items():
        value = getattr(chosen, name)
        if value is not None:
            conditions.append(condition)
            parameters[name] = _containing(value) if name == "search" else str(value)
    if chosen.due_today:
        conditions.append("c.due_at < date_trunc('day', clock_timestamp()) + interval '1 day'")
    if chosen.overdue:
        conditions.append("c.due_at <= clock_timestamp()")
    if cursor is not None:
        parameters |= dict(zip(("last", "last_id"), _decode(cursor, order), strict=True))
        than = "<" if direction == "DESC" else ">"
        conditions.append(f"({expression}, c.case_id) {than} (%(last)s::{kind}, %(last_id)s)")
    query = sql.SQL(CASES) + sql.SQL(
        " WHERE {where} ORDER BY {by} {direction}, c.case_id {direction} LIMIT %(limit)s"
    ).format(
        where=sql.SQL(" AND ").join(map(sql.SQL, conditions)), by=sql.SQL(expression), direction=sql.SQL(direction)
    )
    found = rows(connection, query, parameters)
    more = len(found) > limit
    return CasePage(found[:limit], _encode(found[limit - 1], order) if more else None)


def _containing(text: str) -> str:
    """An ILIKE pattern; signs that mean something in patterns stand for themselves."""
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, "\\" + sign)
    return f"%{text}%"


def _encode(row: Row, order: CaseOrder) -> str:
    value = {
        CaseOrder.PRIORITY: repr(row["priority"]),
        CaseOrder.DUE: row["due_at"].isoformat(),
        CaseOrder.AMOUNT: str(abs(row["group_amount"] or 0)),
    }[order]
    return base64.urlsafe_b64encode(orjson.dumps([order.value, value, row["case_id"]])).decode()


def _decode(cursor: str, order: CaseOrder) -> tuple[str, str]:
    try:
        name, value, case_id = orjson.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError, TypeError) as error:
        raise Invalid.at("/query/cursor", "is not a cursor of this service; start without one") from error
    if name != order.value or not isinstance(value, str) or not isinstance(case_id, str) or "\x00" in value + case_id:
        raise Invalid.at("/query/cursor", "belongs to another order; start without one")
    return value, case_id
