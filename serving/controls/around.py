"""What controls know around an invoice: timesheets, other invoices, links, approvals, exchange rates, integrations."""

from collections.abc import Callable
from typing import Any

from features.asof import DAY_US
from features.reach import FX_WINDOW_DAYS
from serving.controls.subject import ENDED, Subject

Reader = Callable[[str], Any]

_SAME = ("client_id", "project_id", "contract_id", "amount", "currency", "period_start", "period_end")
_SAME_WORK = ("client_id", "project_id", "contract_id", "billing_method", "currency")


def _readers(subject: Subject, kind: str, rows: list[int]) -> list[Reader]:
    return [_reader(subject, kind, row) for row in rows]


def _reader(subject: Subject, kind: str, row: int) -> Reader:
    return lambda word: subject.known.cell(kind, row, word)


def unapproved_time(subject: Subject) -> list[Reader]:
    """Timesheets of what is billed that nobody approved."""
    rows = subject.billed_time
    status = subject.known.values("time_entry", "status") if rows else []
    return _entries(subject, [row for row in rows if status[row] != "approved"])


def late_time(subject: Subject) -> list[Reader]:
    """Timesheets of what is billed that became known after the period's end."""
    known, end = subject.known, (subject.period or (0, 0))[1]
    rows = [row for row in subject.billed_time if known.first_known("time_entry", row) // DAY_US > end]
    return _entries(subject, rows)


def _entries(subject: Subject, rows: list[int]) -> list[Reader]:
    return [_entry(subject, row) for row in rows]


def _entry(subject: Subject, row: int) -> Reader:
    def read(word: str) -> Any:
        if word not in ("arrived_on", "days_late"):
            return subject.known.cell("time_entry", row, word)
        arrived = subject.known.first_known("time_entry", row) // DAY_US
        if word == "arrived_on":
            return arrived
        return None if subject.period is None else float(arrived - subject.period[1])

    return read


def twins(subject: Subject) -> list[Reader]:
    """Other live invoices that bill the same thing and are not linked to this one."""
    cell, own = subject.known.cell, subject.own
    if subject.row is None:
        return []
    rows = [
        row
        for row in subject.known.rows("invoice", "amount", own("amount"))
        if _is_rival(subject, row)
        and all(cell("invoice", row, name) == own(name) for name in _SAME)
        and (own("period_start") is not None or cell("invoice", row, "invoice_date") == own("invoice_date"))
    ]
    return _readers(subject, "invoice", rows)


def overlapping(subject: Subject) -> list[Reader]:
    """Other live invoices of the same contract and way of billing for some of the same days, over another amount."""
    if subject.period is None or subject.contract_id is None:
        return []
    (start, end), cell, own = subject.period, subject.known.cell, subject.own
    rows = [row for row in subject.contract_invoices if _overlaps(subject, row, start, end)]
    same = [row for row in rows if all(cell("invoice", row, name) == own(name) for name in _SAME_WORK)]
    return _readers(subject, "invoice", [row for row in same if cell("invoice", row, "amount") != own("amount")])


def _overlaps(subject: Subject, row: int, start: int, end: int) -> bool:
    cell = subject.known.cell
    first, last = cell("invoice", row, "period_start"), cell("invoice", row, "period_end")
    return first is not None and last is not None and first <= end and start <= last and _is_rival(subject, row)


def _is_rival(subject: Subject, row: int) -> bool:
    """Another invoice that lives and is not linked to this one."""
    cell = subject.known.cell
    return (
        row != subject.row
        and cell("invoice", row, "status") not in ENDED
        and cell("invoice", row, "invoice_id") not in subject.related
    )


def links(subject: Subject) -> list[Reader]:
    """Linked documents, this invoice's own pointers first."""
    return [
        _link(subject, other, link, outgoing=outgoing)
        for other, (link, outgoing) in sorted(subject.linked.items(), key=lambda item: (not item[1][1], item[0]))
    ]


def _link(subject: Subject, other: str, link: str, *, outgoing: bool) -> Reader:
    row, own = subject.near(other), {"link": link, "outgoing": outgoing, "other_id": other}

    def read(word: str) -> Any:
        if word in own:
            return own[word]
        if word == "other_known":
            return row is not None
        if row is None:
            return None
        if word == "other_credited":
            return subject.credited(row)
        return subject.known.cell("invoice", row, word.removeprefix("other_"))

    return read


def approvals(subject: Subject) -> list[Reader]:
    """Approval requests for the invoice itself."""
    return [_approval(subject, row) for row in subject.known.rows("approval", "subject_id", subject.invoice_id)]


def _approval(subject: Subject, row: int) -> Reader:
    known = subject.known

    def read(word: str) -> Any:
        if word == "requested_on":
            moment = known.cell("approval", row, "requested_at")
            return None if moment is None else moment // DAY_US
        if word == "withdrawn":
            before = {known.cell("approval", version, "decision") for version in known.versions("approval", row)}
            return "approved" in before and known.cell("approval", row, "decision") != "approved"
        return known.cell("approval", row, word)

    return read


def rate_day(subject: Subject) -> int | None:
    """Day of the newest exchange rate, among those that became known not long before the invoice."""
    if subject.row is None:
        return None
    known = subject.known
    since = known.first_known("invoice", subject.row) - FX_WINDOW_DAYS * DAY_US
    days = [
        known.cell("fx_rate", row, "valid_on")
        for row in known.rows("fx_rate", "currency", subject.own("currency"))
        if known.cell("fx_rate", row, "known_at") >= since
    ]
    return max(days, default=None)


def failures(subject: Subject) -> int:
    """How many of the latest integration events of the invoice failed in a row."""
    cell, count = subject.known.cell, 0
    rows = subject.known.rows("sync_event", "object_id", subject.invoice_id)
    for row in sorted(rows, key=lambda row: (cell("sync_event", row, "known_at"), row), reverse=True):
        if cell("sync_event", row, "success") is not False:
            break
        count += 1
    return count
