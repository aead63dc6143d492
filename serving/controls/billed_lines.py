"""What controls know of each line: the rate agreed, and the milestone, change order or expense that it bills."""

from collections.abc import Callable, Mapping
from typing import Any

from serving.controls.subject import ENDED, Subject

Read = Callable[[Subject, int], Any]


def lines(subject: Subject) -> list[Callable[[str], Any]]:
    """Readers of the words of each line."""
    return [_reader(subject, row) for row in subject.line_rows]


def _reader(subject: Subject, row: int) -> Callable[[str], Any]:
    readers = subject.known.readers("invoice_line")

    def read(word: str) -> Any:
        derived = _DERIVED.get(word)
        return readers[word](row) if derived is None else derived(subject, row)

    return read


def _of(kind: str, name: str) -> Read:
    """A column of the record of ``kind`` that the line names."""

    def read(subject: Subject, row: int) -> Any:
        found = _named(kind, subject, row)
        return None if found is None else subject.known.cell(kind, found, name)

    return read


def _named(kind: str, subject: Subject, row: int) -> int | None:
    return subject.known.row(kind, subject.known.cell("invoice_line", row, f"{kind}_id"))


def _is_known(kind: str) -> Read:
    return lambda subject, row: _named(kind, subject, row) is not None


def _project_status(subject: Subject, row: int) -> Any:
    if subject.project is None or subject.known.cell("invoice_line", row, "project_id") != subject.project_id:
        return None
    return subject.known.cell("project", subject.project, "status")


def _was_accepted(subject: Subject, row: int) -> bool:
    found = _named("milestone", subject, row)
    versions = [] if found is None else subject.known.versions("milestone", found)
    return any(subject.known.cell("milestone", version, "status") == "accepted" for version in versions)


def _billed_elsewhere(subject: Subject, row: int) -> str | None:
    """The first other live invoice, by its row, that bills what the line bills."""
    known, found = subject.known, list[int]()
    for column in ("milestone_id", "expense_id"):
        for other in known.rows("invoice_line", column, known.cell("invoice_line", row, column)):
            invoice = subject.near(known.cell("invoice_line", other, "invoice_id"))
            if invoice is not None and _counts_twice(subject, invoice):
                found.append(invoice)
    return known.cell("invoice", min(found), "invoice_id") if found else None


def _counts_twice(subject: Subject, invoice: int) -> bool:
    other = subject.known.cell("invoice", invoice, "invoice_id")
    live = subject.known.cell("invoice", invoice, "status") not in ENDED
    return live and other != subject.invoice_id and other not in subject.related


def _agreed(name: str) -> Read:
    """A column of the card's rate for the line's role, valid on the first billed day; the latest start wins."""

    def read(subject: Subject, row: int) -> Any:
        rate = _agreed_rate(subject, row)
        return None if rate is None else subject.known.cell("rate_card", rate, name)

    return read


def _agreed_rate(subject: Subject, row: int) -> int | None:
    known, cell = subject.known, subject.known.cell
    role = cell("invoice_line", row, "role")
    if cell("invoice_line", row, "line_kind") != "time" or role is None or subject.contract is None:
        return None
    unit = cell("invoice_line", row, "unit") or "hour"
    day = subject.own("period_start") or subject.own("invoice_date") or 0
    candidates = [
        rate
        for rate in known.rows("rate_card", "rate_card_id", cell("contract", subject.contract, "rate_card_id"))
        if cell("rate_card", rate, "role") == role
        and cell("rate_card", rate, "unit") == unit
        and cell("rate_card", rate, "valid_from") <= day
        and ((last := cell("rate_card", rate, "valid_to")) is None or day <= last)
    ]
    return max(candidates, key=lambda rate: cell("rate_card", rate, "valid_from"), default=None)


_DERIVED: Mapping[str, Read] = {
    "agreed_rate": _agreed("rate"),
    "agreed_currency": _agreed("currency"),
    "milestone_known": _is_known("milestone"),
    "milestone_status": _of("milestone", "status"),
    "milestone_evidence": _of("milestone", "evidence_ref"),
    "milestone_amount": _of("milestone", "amount"),
    "milestone_currency": _of("milestone", "currency"),
    "milestone_project_id": _of("milestone", "project_id"),
    "milestone_accepted_on": _of("milestone", "accepted_on"),
    "milestone_was_accepted": _was_accepted,
    "change_order_known": _is_known("change_order"),
    "change_order_status": _of("change_order", "status"),
    "change_order_project_id": _of("change_order", "project_id"),
    "expense_known": _is_known("expense"),
    "receipt_attached": _of("expense", "receipt_attached"),
    "expense_status": _of("expense", "status"),
    "expense_amount": _of("expense", "amount"),
    "expense_currency": _of("expense", "currency"),
    "expense_project_id": _of("expense", "project_id"),
    "expense_billable": _of("expense", "billable"),
    "expense_incurred_on": _of("expense", "incurred_on"),
    "billed_elsewhere": _billed_elsewhere,
    "project_status": _project_status,
}
