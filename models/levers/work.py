"""Levers on the work behind an invoice: timesheets and approvals that somebody still has to give."""

from collections.abc import Iterable

from features.asof import DAY_US
from features.lines.checks import LATE_DAYS
from ledger.records.billing import Cause
from models.levers.lever import Lever, Owner
from models.levers.view import InvoiceView, counted, named

WAITING = ("draft", "submitted", "rejected")
_TIME_KINDS = ("time", "change_order")
# Hours are compared in hundredths.
_PARTS = 100
_TO_OPEN_MINUTES, _PER_TIMESHEET_MINUTES, _PER_APPROVAL_MINUTES = 3, 1, 5


def approve_timesheets(view: InvoiceView) -> Iterable[Lever]:
    """For every approver: give the hours that the invoice bills and nobody has approved."""
    by_approver: dict[str | None, list[int]] = {}
    for row in _billed_unapproved(view):
        requests = view.requests(str(view.get("time_entry", row, "time_entry_id")))
        person = view.get("approval", requests[0], "approver_id") if requests else view.manager_id
        by_approver.setdefault(person, []).append(row)
    for person, rows in sorted(by_approver.items(), key=lambda item: (item[0] is None, item[0] or "")):
        yield _timesheets(view, person, rows)


def _timesheets(view: InvoiceView, person: str | None, rows: list[int]) -> Lever:
    ids = [str(view.get("time_entry", row, "time_entry_id")) for row in rows]
    hours = sum(view.get("time_entry", row, "hours") for row in rows)
    what = f"{counted(len(rows), 'billed timesheet')} ({hours:g} hours: {named(ids)})"
    return Lever(
        code="approve_timesheets",
        sentence=f"Have {person or 'the project manager'} approve {what}",
        owner=Owner.APPROVER,
        owner_id=person,
        minutes=_TO_OPEN_MINUTES + _PER_TIMESHEET_MINUTES * len(rows),
        cause=Cause.HOURS_NOT_APPROVED,
        changes=view.approved("time_entry", rows),
    )


def _billed_unapproved(view: InvoiceView) -> list[int]:
    """Unapproved timesheets of the people whose billed hours approved ones cannot account for.

    Work after the period is on a later invoice, and a careful manager leaves out what is not approved: neither is
    wrong here.
    """
    end = view.header("period_end") or view.header("invoice_date")
    entries = [
        row
        for row in view.rows("time_entry", "project_id", view.header("project_id"))
        if view.get("time_entry", row, "billable") and view.get("time_entry", row, "worked_on") <= end
    ]
    waiting = [row for row in entries if view.get("time_entry", row, "status") in WAITING]
    if not waiting:
        return []
    found: list[int] = []
    for person, hours in _billed_hours(view).items():
        # Lines that name nobody may bill anybody's hours.
        mine = [row for row in entries if person in (None, view.get("time_entry", row, "resource_id"))]
        if not _accounted_for(view, hours, [row for row in mine if row not in waiting]):
            found += [row for row in mine if row in waiting]
    return list(dict.fromkeys(found))


def _billed_hours(view: InvoiceView) -> dict[str | None, float]:
    hours: dict[str | None, float] = {}
    for row in view.lines:
        if view.line(row, "line_kind") in _TIME_KINDS and view.line(row, "role") is not None:
            person = view.line(row, "resource_id")
            hours[person] = hours.get(person, 0.0) + (view.line(row, "quantity") or 0.0)
    return hours


def _accounted_for(view: InvoiceView, hours: float, approved: list[int]) -> bool:
    """Whether the period's approved hours, and some approved since it began for earlier work, make up billed hours."""
    start = view.header("period_start") or 0
    in_period = [row for row in approved if view.get("time_entry", row, "worked_on") >= start]
    missing = round(_PARTS * (hours - sum(view.get("time_entry", row, "hours") for row in in_period)))
    if missing <= 0:
        return True
    late = [
        round(_PARTS * view.get("time_entry", row, "hours"))
        for row in approved
        if start - LATE_DAYS <= view.get("time_entry", row, "worked_on") < start
        and view.get("time_entry", row, "known_at") >= start * DAY_US
    ]
    sums = {0}
    for part in late:
        sums |= {total + part for total in sums if total + part <= missing}
    return missing in sums


def approve_invoice(view: InvoiceView) -> Iterable[Lever]:
    """The pending approvals of the invoice itself."""
    for request in view.requests(view.invoice_id):
        person, asked = (view.get("approval", request, name) for name in ("approver_id", "approval_id"))
        yield Lever(
            code="approve_invoice",
            sentence=f"Have {person} answer the approval request {asked} for this invoice",
            owner=Owner.APPROVER,
            owner_id=person,
            minutes=_PER_APPROVAL_MINUTES,
            changes=(view.granted(request),),
        )
