"""The left side of a case: the invoice, its lines with the odd ones marked, who has not answered, what is missing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from serving.controls.facts import Facts
from serving.sql import Row
from serving.web import formats
from serving.web.presenters.charts import BarChart, bar_chart
from serving.web.reads.invoice import InvoiceView
from serving.web.words import CAUSES, LINE_KINDS, plain

CENT = 0.005
MOST_LINES = 40
Names = Mapping[str, str]
_HOW = {"dispute": "disputed", "credit_note": "credited"}


@dataclass(frozen=True)
class LineRow:
    """One line; ``odd`` says what is wrong with it, and is empty for an ordinary one."""

    place: int
    text: str
    who: str
    quantity: str
    rate: str
    amount: Decimal
    odd: tuple[str, ...]


@dataclass(frozen=True)
class Pending:
    """An approval that nobody has answered."""

    subject: str
    who: str
    role: str
    age: str
    asked: datetime


@dataclass(frozen=True)
class Missing:
    """Evidence that is not on file, and who can bring it."""

    text: str
    owner: str


@dataclass(frozen=True)
class Settled:
    """One settled invoice of the client."""

    invoice_id: str
    due: str
    paid: str
    days_late: int
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class InvoicePanel:
    """Context of the left side."""

    known: bool
    due_on: date | None
    details: tuple[tuple[str, str], ...]
    lines: tuple[LineRow, ...]
    lines_left_out: int
    pending: tuple[Pending, ...]
    pending_total: int
    missing: tuple[Missing, ...]
    settled: tuple[Settled, ...]
    chart: BarChart | None
    typical: str
    questions: str


def invoice_panel(view: InvoiceView, *, people: Names, entity: str, now: datetime) -> InvoicePanel:
    """Everything on the left, as known now."""
    rates = {line["line_id"]: line for line in view.facts.lines}
    lines = [_line(line, rates.get(line["line_id"], {}), people) for line in view.lines[:MOST_LINES]]
    settled = tuple(_settled(row) for row in view.settled)
    return InvoicePanel(
        known=bool(view.header),
        due_on=view.header.get("due_date"),
        details=_details(view, entity) if view.header else (),
        lines=tuple(lines),
        lines_left_out=max(len(view.lines) - MOST_LINES, 0),
        pending=tuple(_pending(row, people, now) for row in view.pending),
        pending_total=view.pending[0]["total"] if view.pending else 0,
        missing=missing(view.facts),
        settled=settled,
        chart=_chart(settled, {row["invoice_id"]: row for row in view.questioned}),
        typical=_typical(settled),
        questions=_questions(view.questioned, view.billed),
    )


def _details(view: InvoiceView, entity: str) -> tuple[tuple[str, str], ...]:
    header, contract = view.header, view.facts.contract
    period = f"{formats.day(header['period_start'])} to {formats.day(header['period_end'])}"
    return (
        ("Stage", plain(header["status"])),
        ("Issued by", entity or "–"),
        ("Invoice date", formats.day(header["invoice_date"])),
        ("Due", f"{formats.day(header['due_date'])}{_terms(header, contract)}"),
        ("Period", period if header["period_start"] else "–"),
        ("Billed by", plain(header["billing_method"])),
        ("Purchase order", header["po_number"] or ("missing, but required" if _po_required(view.facts) else "–")),
        ("Tax", formats.money(header["tax_amount"])),
    )


def _terms(header: Row, contract: Row) -> str:
    terms, agreed = header["payment_terms_days"], contract["payment_terms_days"]
    if terms is None:
        return ""
    differs = agreed is not None and int(agreed) != terms
    return f" ({terms} days" + (f"; contract says {agreed:.0f})" if differs else ")")


def _po_required(facts: Facts) -> bool:
    return bool(facts.client["po_required"] or facts.contract["po_required"])


def _line(line: Row, facts: Mapping[str, Any], people: Names) -> LineRow:
    who = people.get(line["resource_id"], line["resource_id"]) if line["resource_id"] else ""
    role = f"{who}, {line['role']}" if who and line["role"] else who or line["role"] or ""
    return LineRow(
        place=line["line_number"],
        text=line["description"] or LINE_KINDS.get(line["line_kind"], plain(line["line_kind"])),
        who=role,
        quantity=f"{formats.number(line['quantity'])} {_unit(line['unit'])}".strip(),
        rate=formats.money(line["unit_rate"]),
        amount=line["amount"],
        odd=tuple(_oddities(line, facts)),
    )


def _unit(unit: str | None) -> str:
    return {"hour": "h", "day": "d", "piece": ""}.get(unit or "", unit or "")


def _oddities(line: Row, facts: Mapping[str, Any]) -> list[str]:
    odd = []
    agreed = facts.get("agreed_rate")
    if agreed is not None and facts.get("agreed_currency") == line["currency"]:
        gap = float(line["unit_rate"]) - agreed
        if abs(gap) > CENT:
            odd.append(f"rate {formats.number(line['unit_rate'])} where the card says {formats.number(agreed)}")
    expected = line["quantity"] * line["unit_rate"]
    if abs(expected - line["amount"]) > Decimal("0.05"):
        odd.append(f"quantity × rate is {formats.money(expected)}")
    if facts.get("milestone_id") and facts.get("milestone_status") != "accepted":
        odd.append(f"milestone is {plain(facts.get('milestone_status')).lower()}, not accepted")
    if facts.get("change_order_id") and facts.get("change_order_status") != "approved":
        odd.append(f"change order is {plain(facts.get('change_order_status')).lower()}, not approved")
    if facts.get("expense_id") and facts.get("receipt_attached") is False:
        odd.append("no receipt on file")
    return odd


def missing(facts: Facts) -> tuple[Missing, ...]:
    """Evidence that an invoice should carry and does not, as known now."""
    found = []
    if _po_required(facts) and not facts.invoice["po_number"]:
        found.append(Missing("The client's purchase order number", "Billing"))
    for line in facts.lines:
        if line["milestone_id"] and not line["milestone_evidence"]:
            found.append(Missing(f"Signed acceptance of milestone {line['milestone_id']}", "Project manager"))
        if line["change_order_id"] and line["change_order_status"] != "approved":
            found.append(Missing(f"Approval of change order {line['change_order_id']}", "Contract manager"))
        if line["expense_id"] and line["receipt_attached"] is False:
            found.append(Missing(f"Receipt for expense {line['expense_id']}", "Project manager"))
    if facts.unapproved_time:
        hours = sum(entry["hours"] or 0.0 for entry in facts.unapproved_time)
        count = len(facts.unapproved_time)
        sheets = "timesheet" if count == 1 else "timesheets"
        found.append(Missing(f"Approval of {count} {sheets}, {formats.number(hours)} hours", "Project manager"))
    return tuple(dict.fromkeys(found))


def _pending(row: Row, people: Names, now: datetime) -> Pending:
    return Pending(
        subject=f"{plain(row['subject_kind'])} {row['subject_id']}",
        who=people.get(row["approver_id"], row["approver_id"]),
        role=plain(row["approver_role"]) if row["approver_role"] else "",
        age=formats.age(row["requested_at"], now),
        asked=row["requested_at"],
    )


def _settled(row: Row) -> Settled:
    return Settled(
        invoice_id=row["invoice_id"],
        due=formats.day(row["due_date"]),
        paid=formats.day(row["settled_on"]),
        days_late=row["days_late"],
        amount=row["amount"],
        currency=row["currency"],
    )


def _chart(settled: tuple[Settled, ...], questioned: Mapping[str, Row]) -> BarChart | None:
    oldest_first = settled[::-1]
    bars = [(_bar_label(each, questioned.get(each.invoice_id)), float(each.days_late)) for each in oldest_first]
    return bar_chart(bars, [place for place, each in enumerate(oldest_first) if each.invoice_id in questioned])


def _bar_label(each: Settled, question: Row | None) -> str:
    told = f"{each.invoice_id}: due {each.due}, paid {each.paid}, {formats.days_late(each.days_late)}"
    if question is None:
        return told
    return f"{told}; {_HOW[question['kind']]} ({CAUSES[question['cause']].lower()})"


def _questions(questioned: Sequence[Row], billed: int) -> str:
    """How often, and about what, the client questioned invoices."""
    if not questioned:
        return "" if billed == 0 else f"None of {billed} invoices of two years was disputed or credited."
    causes = Counter(CAUSES[row["cause"]].lower() for row in questioned).most_common(3)
    named = ", ".join(f"{cause} {count}" for cause, count in causes)
    of = f" of {max(billed, len(questioned))}"
    return f"{len(questioned)}{of} invoices of two years were disputed or credited: {named}."


def _typical(settled: tuple[Settled, ...]) -> str:
    """What the bars say, in a sentence."""
    if not settled:
        return "Not enough history: no invoice of this client is settled yet."
    if len(settled) < 4:
        return f"Not enough history for a habit: {len(settled)} settled invoice(s)."
    days = sorted(each.days_late for each in settled)
    late = sum(value > 0 for value in days)
    middle = (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
    return f"Typically {formats.days_late(middle)}; {late} of the last {len(days)} were late."
