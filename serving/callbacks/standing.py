"""Standing subscriptions: every case that is opened or decided, and every run that is finished, until it is ended.

Its owner hears of what it may see: what it asked for itself, or everything with ``cases:all``. A key that was revoked
and an account that was closed hear nothing any more.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection

from serving import audit
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.callbacks.wishes import Wish
from serving.ids import new_id
from serving.problems import NotFound
from serving.sql import Row, change, first, insert, rows


class Kind(StrEnum):
    """What a standing subscription is told of."""

    CASE_OPENED = "case.opened"
    CASE_DECIDED = "case.decided"
    RUN_FINISHED = "run.finished"


class UnknownSubscription(NotFound):
    """No such standing subscription."""

    slug = "unknown-subscription"
    title = "Unknown subscription"

    def __init__(self, standing_id: str) -> None:
        super().__init__(f"there is no standing subscription {standing_id!r}")


def subscribe(
    connection: Connection, wish: Wish, kinds: Sequence[Kind], *, principal: Principal, request_id: str | None
) -> Row:
    """Tell the wish's URL of all these from now on."""
    standing_id = new_id()
    values = {
        "standing_id": standing_id,
        "endpoint_id": wish.endpoint_id,
        "url": wish.url,
        "events": sorted({kind.value for kind in kinds}),
        "correlation_id": wish.correlation_id,
        "sees_all": principal.may(Scope.CASES_ALL),
        "requested_by": principal.principal_id,
    }
    insert(connection, "callback_standing", values)
    _tell(connection, "callback_subscribed", standing_id, principal, request_id, {"url": wish.url})
    return find(connection, standing_id, asked_by=None)


def end(
    connection: Connection, standing_id: str, *, principal: Principal, asked_by: str | None, request_id: str | None
) -> Row:
    """Tell nothing more; ending twice is ending once. Raises ``UnknownSubscription``."""
    find(connection, standing_id, asked_by=asked_by)
    statement = """
        UPDATE callback_standing SET ended_at = clock_timestamp() WHERE standing_id = %(id)s AND ended_at IS NULL
    """
    if change(connection, statement, {"id": standing_id}):
        _tell(connection, "callback_unsubscribed", standing_id, principal, request_id, {})
    return find(connection, standing_id, asked_by=asked_by)


def find(connection: Connection, standing_id: str, *, asked_by: str | None) -> Row:
    """A subscription of one owner, or of anybody; raises ``UnknownSubscription``."""
    query = """
        SELECT * FROM callback_standing
        WHERE standing_id = %(id)s AND (%(by)s::text IS NULL OR requested_by = %(by)s)
    """
    found = first(connection, query, {"id": standing_id, "by": asked_by})
    if found is None:
        raise UnknownSubscription(standing_id)
    return found


def listed(connection: Connection, *, asked_by: str | None, cursor: str | None, limit: int) -> list[Row]:
    """Subscriptions of one owner, or of everybody, newest first, from below the cursor."""
    query = """
        SELECT * FROM callback_standing
        WHERE (%(by)s::text IS NULL OR requested_by = %(by)s)
          AND (%(cursor)s::text IS NULL OR standing_id < %(cursor)s)
        ORDER BY standing_id DESC LIMIT %(limit)s
    """
    return rows(connection, query, {"by": asked_by, "cursor": cursor, "limit": limit})


_LIVE: Final = """
FROM callback_standing st JOIN callback_endpoint e USING (endpoint_id)
WHERE st.ended_at IS NULL AND e.active AND %(kind)s = ANY(st.events)
  AND NOT EXISTS (SELECT FROM api_key k WHERE k.key_id = st.requested_by
                  AND (k.revoked_at IS NOT NULL OR k.expires_at <= clock_timestamp()))
  AND NOT EXISTS (SELECT FROM account a WHERE a.account_id = st.requested_by AND NOT a.active)
"""
_OF_CASE: Final = f"""
SELECT st.* {_LIVE}
  AND (st.sees_all OR EXISTS (SELECT FROM score own WHERE own.invoice_id = %(invoice_id)s AND own.case_id = %(case_id)s
                              AND own.requested_by = st.requested_by))
ORDER BY st.standing_id
"""  # noqa: S608 - our own words
_OF_RUN: Final = f"""
SELECT st.* {_LIVE} AND (st.sees_all OR st.requested_by = %(requested_by)s) ORDER BY st.standing_id
"""


def of_case(connection: Connection, kind: Kind, kase: Row) -> list[Row]:
    """The subscriptions that are told of a case."""
    asked: dict[str, Any] = {"kind": kind.value, "invoice_id": kase["invoice_id"], "case_id": kase["case_id"]}
    return rows(connection, _OF_CASE, asked)


def of_run(connection: Connection, run: Row) -> list[Row]:
    """The subscriptions that are told of a finished run."""
    return rows(connection, _OF_RUN, {"kind": Kind.RUN_FINISHED.value, "requested_by": run["requested_by"]})


def _tell(
    connection: Connection, action: str, standing_id: str, principal: Principal, request_id: str | None, detail: Row
) -> None:
    audit.write(
        connection, action, actor=principal.principal_id, subject=standing_id, detail=detail, request_id=request_id
    )
