"""The records behind a reason: few enough that somebody in finance can open each and see for herself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from features.recordset import History
from models.assessment import Reason
from models.levers.view import InvoiceView
from models.levers.work import WAITING

MOST_RECORDS = 10
_CLOSED = ("settled", "credited", "written_off", "cancelled", "draft", "approved")

Rows = Iterable[tuple[str, int]]


def with_records_behind(reasons: Sequence[Reason], history: History, invoice_id: str, as_of: int) -> tuple[Reason, ...]:
    """The reasons with ``records``: at most ten versions each that were in force at the moment, newest known first.

    Args:
        reasons: reasons of one invoice.
        history: records that cover the invoice: a slice, or a whole ledger.
        invoice_id: the invoice.
        as_of: the moment in microseconds since 1970 UTC.
    """
    view = InvoiceView(history, invoice_id, as_of)
    return tuple(replace(reason, records=records_behind(view, reason)) for reason in reasons)


def records_behind(view: InvoiceView, reason: Reason) -> tuple[tuple[str, int], ...]:
    """(kind, record id) of the versions that show what a reason says; the invoice itself where nothing else does."""
    find = _FINDERS.get(reason.code.partition(".")[2])
    rows = list(find(view)) if find else []
    rows = rows or list(_own(view, reason.evidence)) or list(_own(view, ("invoice",)))
    distinct = dict.fromkeys(rows)
    newest = sorted(distinct, key=lambda one: -int(view.history.column(one[0], "known_at")[one[1]]))
    return tuple((kind, int(view.history.column(kind, "record_id")[row])) for kind, row in newest[:MOST_RECORDS])


def _own(view: InvoiceView, kinds: Iterable[str]) -> Rows:
    """The invoice's own header, lines, and master data."""
    single = {"invoice": view.invoice, "contract": view.contract, "project": view.project, "client": view.client}
    single["legal_entity"] = view.newest("legal_entity", view.header("legal_entity_id"))
    for kind in kinds:
        if kind == "invoice_line":
            yield from _of("invoice_line", view.lines)
        elif (row := single.get(kind)) is not None:
            yield kind, row


def _of(kind: str, rows: Iterable[int]) -> Rows:
    return [(kind, row) for row in rows]


def _on_project(view: InvoiceView, kind: str) -> list[int]:
    return view.rows(kind, "project_id", view.header("project_id"))


def _of_client(view: InvoiceView, kind: str) -> list[int]:
    rows = view.rows(kind, "client_id", view.header("client_id"))
    return [row for row in rows if view.get(kind, row, "invoice_id") != view.invoice_id]


def _time_not_approved(view: InvoiceView) -> Rows:
    rows = (row for row in _on_project(view, "time_entry") if view.get("time_entry", row, "billable"))
    return _of("time_entry", (row for row in rows if view.get("time_entry", row, "status") in WAITING))


def _approvals_pending(view: InvoiceView) -> Rows:
    waiting = [row for row in _on_project(view, "approval") if view.get("approval", row, "decided_at") is None]
    return _of("approval", dict.fromkeys([*waiting, *view.requests(view.invoice_id)]))


def _slow_approver(view: InvoiceView) -> Rows:
    """What waits for an answer, or else the last answers of the project manager."""
    return list(_approvals_pending(view)) or _of("approval", view.rows("approval", "approver_id", view.manager_id))


def _milestones(view: InvoiceView) -> Rows:
    lacking = [row for row in view.billed("milestone") if not view.get("milestone", row, "evidence_ref")]
    late = [row for row in _on_project(view, "milestone") if view.get("milestone", row, "status") != "accepted"]
    return _of("milestone", lacking or late)


def _receipts(view: InvoiceView) -> Rows:
    bare = (row for row in view.billed("expense") if not view.get("expense", row, "receipt_attached"))
    return _of("expense", bare)


def _expenses(view: InvoiceView) -> Rows:
    rows = {*view.billed("expense"), *_on_project(view, "expense")}
    return _of("expense", (row for row in sorted(rows) if view.get("expense", row, "status") != "approved"))


def _rates(view: InvoiceView) -> Rows:
    lines = [row for row in view.lines if view.line(row, "role") is not None]
    roles = {view.line(row, "role") for row in lines}
    cards = view.rows("rate_card", "rate_card_id", view.get("contract", view.contract, "rate_card_id"))
    return [
        *_of("invoice_line", lines),
        *_of("rate_card", (row for row in cards if view.get("rate_card", row, "role") in roles)),
    ]


def _change_orders(view: InvoiceView) -> Rows:
    return _of("change_order", {*_on_project(view, "change_order"), *view.billed("change_order")})


def _duplicates(view: InvoiceView) -> Rows:
    amount, start = view.header("amount"), view.header("period_start")

    def alike(row: int) -> bool:
        same_period = start is not None and view.get("invoice", row, "period_start") == start
        on_project = view.get("invoice", row, "project_id") == view.header("project_id")
        return view.get("invoice", row, "amount") == amount or (same_period and on_project)

    return _of("invoice", (row for row in _of_client(view, "invoice") if alike(row)))


def _settled(view: InvoiceView) -> Rows:
    rows = _of_client(view, "invoice")
    return _of("invoice", (row for row in rows if view.get("invoice", row, "status") == "settled"))


def _open(view: InvoiceView) -> Rows:
    rows = _of_client(view, "invoice")
    return _of("invoice", (row for row in rows if view.get("invoice", row, "status") not in _CLOSED))


def _objections(view: InvoiceView) -> Rows:
    return [*_of("dispute", _of_client(view, "dispute")), *_of("credit_note", _of_client(view, "credit_note"))]


def _notes(view: InvoiceView) -> Rows:
    keys = ((name, view.header(name)) for name in ("invoice_id", "project_id", "client_id"))
    found = (row for name, value in keys for row in view.rows("note", name, value))
    return _of("note", (row for row in found if view.get("note", row, "invoice_id") in (None, view.invoice_id)))


def _links(view: InvoiceView) -> Rows:
    return _of("document_link", (row for name in ("from_id", "to_id") for row in _links_by(view, name)))


def _links_by(view: InvoiceView, name: str) -> list[int]:
    return view.rows("document_link", name, view.invoice_id)


def _work(view: InvoiceView) -> Rows:
    start, end = view.header("period_start"), view.header("period_end")
    if start is None or end is None:
        return []
    entries = _on_project(view, "time_entry")
    return _of("time_entry", (row for row in entries if start <= view.get("time_entry", row, "worked_on") <= end))


def _transfers(view: InvoiceView) -> Rows:
    return _of("sync_event", view.rows("sync_event", "object_id", view.invoice_id))


_FINDERS: Mapping[str, Callable[[InvoiceView], Rows]] = {
    "time_not_approved": _time_not_approved,
    "approvals_pending": _approvals_pending,
    "slow_approver": _slow_approver,
    "milestones": _milestones,
    "receipts": _receipts,
    "expenses_not_approved": _expenses,
    "rates": _rates,
    "change_orders": _change_orders,
    "duplicate": _duplicates,
    "client_pays_late": _settled,
    "pay_rhythm": _settled,
    "slow_release": _settled,
    "client_owes": _open,
    "client_disputes": _objections,
    "project_disputes": _objections,
    "notes": _notes,
    "rebill": _links,
    "linked_documents": _links,
    "billed_hours": _work,
    "margin": _work,
    "transfer": _transfers,
}
