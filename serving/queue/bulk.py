"""Deciding many cases alike: a preview that says what is left out and why, a plan under claims, and time to undo it.

Nothing takes effect while it can be undone. The chosen cases are claimed by whoever decides and stay claimed; when the
time is over a worker carries out each decision as if that person had made it then (``serving.queue.bulk_finish``), with
every check that a single decision meets. A process that dies in between loses nothing: the plan is in the database.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from serving import audit
from serving.ids import new_id
from serving.problems import Conflict, NotFound, Problem
from serving.queue import repository, service
from serving.queue.bulk_preview import Bulk, Excluded, Preview, cash_of, preview
from serving.queue.bulk_schemas import BulkRequest
from serving.queue.planning import SLACK, tell_planned
from serving.queue.sight import SEEN, seen_by
from serving.queue.states import CaseEvent, CaseState
from serving.sql import Row, change, first, insert, json_value, rows

_ITEMS: Final = sql.SQL("""
SELECT i.*, c.invoice_id, c.client_id, c.amount, c.currency, c.state AS case_state
FROM bulk_item i JOIN review_case c USING (case_id) WHERE i.batch_id = %(id)s AND {seen} ORDER BY c.invoice_id
""").format(seen=sql.SQL(SEEN))


class UnknownBatch(NotFound):
    """No such bulk decision of the caller's."""

    slug = "unknown-bulk-decision"
    title = "Unknown bulk decision"


class NothingToDecide(Conflict):
    """Every case that was chosen is left out."""

    slug = "nothing-to-decide"
    title = "None of these cases can be decided in bulk"


class TooLateToUndo(Conflict):
    """The time to undo is over, or it was undone already."""

    slug = "too-late-to-undo"
    title = "It cannot be undone any more"


def plan(bulk: Bulk, wanted: BulkRequest) -> Row:
    """Claim what can be decided and plan it; the batch. Raises ``NothingToDecide``."""
    looked = preview(bulk, wanted)
    held, lost = _hold(bulk, looked.included)
    excluded = [*looked.excluded, *lost]
    if not held:
        why = "; ".join(sorted({one.why for one in excluded}))
        raise NothingToDecide(f"each of them is left out: {why}")
    looked = replace(looked, included=tuple(held), excluded=tuple(excluded), cash=cash_of(held))
    batch_id = _write(bulk, wanted, looked)
    _plan_each(bulk, wanted, batch_id, held)
    audit.write(
        bulk.connection,
        "bulk_planned",
        actor=bulk.principal.principal_id,
        subject=batch_id,
        detail=wanted.model_dump(mode="json") | {"planned": [kase["case_id"] for kase in held], "cash": looked.cash},
        request_id=bulk.request_id,
    )
    return find(bulk, batch_id)


def _hold(bulk: Bulk, cases: Sequence[Row]) -> tuple[list[Row], list[Excluded]]:
    """The cases that could be claimed (or are held by the caller already), and those that somebody else took."""
    held, lost = list[Row](), list[Excluded]()
    for kase in cases:
        try:
            with bulk.connection.begin_nested():
                held.append(_held(bulk, kase))
        except Problem as taken:
            lost.append(Excluded(kase["case_id"], kase["invoice_id"], taken.detail))
    return held, lost


def _held(bulk: Bulk, kase: Row) -> Row:
    connection, state, principal, case_id = bulk.connection, bulk.state, bulk.principal, kase["case_id"]
    mine = kase["claimed_by"] == principal.principal_id and not kase["lease_expired"]
    fence = kase["fence"] if mine else service.claim(connection, state, case_id, principal=principal)["fence"]
    lease = state.settings.undo_window + SLACK
    if not repository.renew(connection, case_id, service.reviewer_of(principal), fence=fence, lease=lease):
        raise service.ClaimLost(case_id)
    if repository.is_planned(connection, case_id):
        raise Conflict("it is decided already, and the decision can still be undone")
    return service.find(connection, case_id, principal)


def _write(bulk: Bulk, wanted: BulkRequest, looked: Preview) -> str:
    statement = """
        INSERT INTO bulk_batch (batch_id, action, reason_code, note, made_by, pending_until, cash, currency, excluded,
                                request_id)
        VALUES (%(batch_id)s, %(action)s, %(reason_code)s, %(note)s, %(by)s, clock_timestamp() + %(window)s, %(cash)s,
                %(currency)s, %(excluded)s, %(request_id)s)
    """
    batch_id = new_id()
    said = wanted.model_dump(mode="json", include={"action", "reason_code", "note"})
    values = said | {
        "batch_id": batch_id,
        "by": bulk.principal.principal_id,
        "window": bulk.state.settings.undo_window,
        "cash": looked.cash,
        "currency": looked.currency,
        "excluded": json_value([vars(one) for one in looked.excluded]),
        "request_id": bulk.request_id,
    }
    change(bulk.connection, statement, values)
    return batch_id


def _plan_each(bulk: Bulk, wanted: BulkRequest, batch_id: str, held: Sequence[Row]) -> None:
    for kase in held:
        item = {"batch_id": batch_id, "case_id": kase["case_id"], "fence": kase["fence"]}
        insert(bulk.connection, "bulk_item", item)
        detail = {"batch_id": batch_id, "action": wanted.action}
        actor = bulk.principal.principal_id
        tell_planned(bulk.connection, kase["case_id"], CaseEvent.PLANNED, actor=actor, detail=detail)


def find(bulk: Bulk, batch_id: str) -> Row:
    """A bulk decision of the caller's, or of anybody for seniors; raises ``UnknownBatch``."""
    query = """
        SELECT b.*, a.name AS made_by_name,
               b.undone_at IS NULL AND b.pending_until > clock_timestamp() AS undoable
        FROM bulk_batch b LEFT JOIN account a ON a.account_id = b.made_by WHERE b.batch_id = %(id)s
    """
    batch = first(bulk.connection, query, {"id": batch_id})
    reviewer = service.reviewer_of(bulk.principal)
    if batch is None or batch["single"] or (batch["made_by"] != reviewer.account_id and not reviewer.senior):
        raise UnknownBatch(f"there is no bulk decision {batch_id!r}, or not for you")
    return batch


def items_of(bulk: Bulk, batch_id: str) -> list[Row]:
    """The cases of a bulk decision that the caller sees, with what became of each."""
    return rows(bulk.connection, _ITEMS, {"id": batch_id, **seen_by(bulk.principal)})


def undo(bulk: Bulk, batch_id: str) -> Row:
    """Give the cases back as if nothing had been planned; raises ``UnknownBatch`` and ``TooLateToUndo``."""
    find(bulk, batch_id)
    statement = """
        UPDATE bulk_batch SET undone_at = clock_timestamp()
        WHERE batch_id = %(id)s AND undone_at IS NULL AND pending_until > clock_timestamp()
    """
    if change(bulk.connection, statement, {"id": batch_id}) != 1:
        raise TooLateToUndo("its decisions are made, or it was undone; open the cases that are wrong one by one")
    undone = """
        UPDATE bulk_item SET state = 'undone', ended_at = clock_timestamp()
        WHERE batch_id = %(id)s AND state = 'pending' RETURNING *
    """
    for item in rows(bulk.connection, undone, {"id": batch_id}):
        give_back(bulk.connection, item, actor=bulk.principal.principal_id, because="undone")
    actor, detail = bulk.principal.principal_id, {"batch_id": batch_id}
    audit.write(
        bulk.connection, "bulk_undone", actor=actor, subject=batch_id, detail=detail, request_id=bulk.request_id
    )
    return find(bulk, batch_id)


def give_back(connection: Connection, item: Row, *, actor: str, because: str) -> bool:
    """claimed -> open, if it is still held for this plan; says whether it was."""
    statement = """
        UPDATE review_case SET state = 'open', claimed_by = NULL, lease_expires_at = NULL
        WHERE case_id = %(case_id)s AND state = 'claimed' AND %(fence)s BETWEEN claimed_fence AND fence
    """
    if change(connection, statement, {"case_id": item["case_id"], "fence": item["fence"]}) != 1:
        return False
    states = (CaseState.CLAIMED, CaseState.OPEN)
    detail = {"batch_id": item["batch_id"], "because": because}
    repository.record_event(
        connection, item["case_id"], CaseEvent.PLAN_DROPPED, actor=actor, states=states, detail=detail
    )
    return True
