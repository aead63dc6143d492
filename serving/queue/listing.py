"""Lists of cases: their order, and pages that stay right while the queue changes under them."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson
from psycopg import sql
from sqlalchemy import Connection

from serving.auth.principal import Principal
from serving.problems import Invalid
from serving.queue.filters import CaseFilter, conditions
from serving.queue.repository import CASES
from serving.queue.turns import TURN, TURNS
from serving.sql import Row, only, rows

__all__ = ["MOST_ROWS", "CaseFilter", "CaseOrder", "CasePage", "Left", "Totals", "left_on", "list_cases", "totals"]

MOST_ROWS = 200
# Beyond it nobody reads the exact number, and counting would cost more than the page.
MOST_COUNTED = 10_000


class CaseOrder(StrEnum):
    """What comes first."""

    PRIORITY = "priority"  # as cases are handed out: the most expected cash within each turn
    DUE = "due"  # the earliest due
    AMOUNT = "amount"  # the largest amount


@dataclass(frozen=True)
class CasePage:
    """Some cases and the cursor to the next ones (``None`` at the end)."""

    cases: list[Row]
    next_cursor: str | None


@dataclass(frozen=True)
class Left:
    """How many cases a filter leaves and what they are worth, in the group currency; ``more``: at least so many."""

    cases: int
    cash: Any
    overdue: int
    more: bool


@dataclass(frozen=True)
class Totals(Left):
    """The same, with how many of them are due by the day's end, and how many the caller holds."""

    due_today: int
    mine: int


@dataclass(frozen=True)
class _Place:
    """The last row of a page: its turn, the moment by which the first page was ordered, its value and its case."""

    turn: int
    moment: datetime
    value: str
    case_id: str


# Expression, its SQL type, and the direction; the case id breaks ties, so that a page never repeats or skips a case.
_ORDERS = {
    CaseOrder.PRIORITY: ("c.priority", "float8", "DESC"),
    CaseOrder.DUE: ("c.due_at", "timestamptz", "ASC"),
    CaseOrder.AMOUNT: ("coalesce(abs(c.group_amount), 0)", "numeric", "DESC"),
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
    now = _planned(connection)
    last = None if cursor is None else _decode(cursor, order)
    moment = now if last is None else last.moment
    where, parameters = conditions(chosen, principal)
    parameters |= {"moment": moment, "last_turn": 0 if last is None else last.turn}
    if last is not None:
        parameters |= {"last": last.value, "last_id": last.case_id}
    found: list[Row] = []
    for query in _queries(where, order, chosen, last):
        found += rows(connection, query, parameters | {"limit": limit + 1 - len(found)})
        if len(found) > limit:
            return CasePage(found[:limit], _encode(found[limit - 1], order, moment))
    return CasePage(found, None)


# Overdue cases are gathered and put in order: walking all cases by priority could find them at the very end.
_BY_DUE = "c.priority + 0"
# The cases of a page are found by what is narrow; only then is the rest of them read.
_PAGE = f"""
WITH page AS MATERIALIZED (
    SELECT f.case_id, f.turn, f.value FROM (
        SELECT c.case_id, {{by}} AS value, {{turn}} AS turn FROM review_case c WHERE {{where}}
    ) f WHERE {{after}} ORDER BY {{turns}}f.value {{direction}}, f.case_id {{direction}} LIMIT %(limit)s
)
SELECT k.*, page.turn FROM page CROSS JOIN LATERAL ({CASES} WHERE c.case_id = page.case_id) k
ORDER BY page.turn, page.value {{direction}}, page.case_id {{direction}}
"""  # noqa: S608 - constants


def _queries(where: list[str], order: CaseOrder, chosen: CaseFilter, last: _Place | None) -> Iterator[sql.Composed]:
    """One query per turn for the whole queue, which walks its index; a single pass over what a filter leaves."""
    if order is not CaseOrder.PRIORITY or not chosen.all_open:
        yield _query(where, order, "0", last)
    elif chosen != CaseFilter():
        yield _query(where, order, TURN, last)
    else:
        for turn in range(0 if last is None else last.turn, len(TURNS)):
            since = last if last is not None and turn == last.turn else None
            yield _query([*where, TURNS[turn]], order, str(turn), since, by=_BY_DUE if turn == 1 else None)


def _query(
    where: list[str], order: CaseOrder, turn: str, last: _Place | None, *, by: str | None = None
) -> sql.Composed:
    expression, kind, direction = _ORDERS[order]
    than = "<" if direction == "DESC" else ">"
    after = f"(f.value, f.case_id) {than} (%(last)s::{kind}, %(last_id)s)"
    if turn == TURN:
        after = f"(f.turn > %(last_turn)s OR f.turn = %(last_turn)s AND {after})"
    return sql.SQL(_PAGE).format(
        by=sql.SQL(by or expression),
        turn=sql.SQL(turn),
        turns=sql.SQL("f.turn, " if turn == TURN else ""),
        where=sql.SQL(" AND ").join(map(sql.SQL, where)),
        after=sql.SQL("true" if last is None else after),
        direction=sql.SQL(direction),
    )


def _planned(connection: Connection) -> datetime:
    """The moment now. From here on each statement is planned for its own values: what is rare differs between them."""
    query = "SELECT clock_timestamp() AS now, set_config('plan_cache_mode', 'force_custom_plan', true)"
    now: datetime = only(connection, query)["now"]
    return now


def left_on(page: CasePage) -> Left | None:
    """What a filter leaves, when its first page holds all of it; ``None`` when there are more pages."""
    if page.next_cursor is not None:
        return None
    cash = sum((abs(kase["group_amount"] or 0) for kase in page.cases), Decimal(0))
    return Left(len(page.cases), cash, overdue=sum(kase["overdue"] for kase in page.cases), more=False)


def totals(connection: Connection, chosen: CaseFilter, principal: Principal) -> Totals:
    """Count and sum of what the filter leaves, exact up to ten thousand cases."""
    where, parameters = conditions(chosen, principal)
    query = sql.SQL("""
        SELECT count(*) AS cases, coalesce(sum(abs(group_amount)), 0) AS cash,
               count(*) FILTER (WHERE closed_at IS NULL AND due_at <= clock_timestamp()) AS overdue,
               count(*) FILTER (WHERE due_at < date_trunc('day', clock_timestamp(), 'UTC') + interval '1 day') AS today,
               count(*) FILTER (WHERE claimed_by = %(account)s) AS mine
        FROM (SELECT c.group_amount, c.due_at, c.claimed_by, {closed} AS closed_at FROM review_case c WHERE {where}
              LIMIT %(most)s) counted
    """).format(
        where=sql.SQL(" AND ").join(map(sql.SQL, where)),
        # Open cases are added up from their index alone, which does not hold what they all lack.
        closed=sql.SQL("NULL::timestamptz" if chosen.all_open else "c.closed_at"),
    )
    row = only(connection, query, parameters | {"most": MOST_COUNTED + 1})
    more = row["cases"] > MOST_COUNTED
    counted = min(row["cases"], MOST_COUNTED)
    return Totals(counted, row["cash"], row["overdue"], more, due_today=row["today"], mine=row["mine"])


def _encode(row: Row, order: CaseOrder, moment: datetime) -> str:
    value = {
        CaseOrder.PRIORITY: repr(row["priority"]),
        CaseOrder.DUE: row["due_at"].isoformat(),
        CaseOrder.AMOUNT: str(abs(row["group_amount"] or 0)),
    }[order]
    content = [order.value, row["turn"], moment.isoformat(), value, row["case_id"]]
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode()


def _decode(cursor: str, order: CaseOrder) -> _Place:
    try:
        name, turn, moment, value, case_id = orjson.loads(base64.urlsafe_b64decode(cursor))
        when, number = datetime.fromisoformat(moment), int(turn)
    except (binascii.Error, ValueError, TypeError) as error:
        raise Invalid.at("/query/cursor", "is not a cursor of this service; start without one") from error
    plain = isinstance(value, str) and isinstance(case_id, str) and "\x00" not in value + case_id
    if name != order.value or not plain or when.tzinfo is None or not 0 <= number < len(TURNS):
        raise Invalid.at("/query/cursor", "belongs to another order; start without one")
    return _Place(number, when, value, case_id)
