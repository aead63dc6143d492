"""Turns the records known at the scoring moment into the plain typed facts that controls speak of."""

from dataclasses import dataclass, fields
from typing import Any

from features.asof import DAY_US
from serving.controls.known import Known, Values
from serving.controls.vocabulary import ROOTS

DEAD = frozenset({"cancelled"})
NOT_YET_BILLED = frozenset({"cancelled", "draft"})
# Totals are compared in the currency's hundredths; sums of doubles are rounded to what the ledger keeps.
PLACES = 6


@dataclass(frozen=True)
class Facts:
    """One invoice and what surrounds it; the attributes are the words of ``vocabulary``."""

    invoice: Values
    client: Values
    contract: Values
    project: Values
    legal_entity: Values
    totals: Values
    sync: Values
    scoring: Values
    lines: list[Values]
    unapproved_time: list[Values]
    twins: list[Values]

    def values(self) -> dict[str, Any]:
        """The facts as the variables of an expression."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def facts_of(known: Known, invoice_id: str) -> Facts:
    """The facts of one invoice; of an unknown one, facts that say so."""
    invoice = known.one("invoice", invoice_id) or {}
    project = known.one("project", invoice.get("project_id"))
    contract = known.one("contract", invoice.get("contract_id") or (project or {}).get("contract_id"))
    lines = [_line(known, line, contract, invoice) for line in known.of("invoice_line", "invoice_id", invoice_id)]
    return Facts(
        invoice=_root("invoice", invoice),
        client=_root("client", known.one("client", invoice.get("client_id"))),
        contract=_root("contract", contract),
        project=_root("project", project),
        legal_entity=_root("legal_entity", known.one("legal_entity", invoice.get("legal_entity_id"))),
        totals=_totals(known, invoice, contract, lines),
        sync={"failed": _sync_failed(known, invoice_id)},
        scoring={"today": known.as_of // DAY_US},
        lines=lines,
        unapproved_time=_unapproved_time(known, invoice, lines),
        twins=_twins(known, invoice),
    )


def _root(name: str, record: Values | None) -> Values:
    known = bool(record)
    return dict.fromkeys(ROOTS[name]) | (record or {}) | {"known": known}


def _line(known: Known, line: Values, contract: Values | None, invoice: Values) -> Values:
    milestone = known.one("milestone", line["milestone_id"])
    change_order = known.one("change_order", line["change_order_id"])
    expense = known.one("expense", line["expense_id"]) or {}
    rate = _agreed_rate(known, line, contract, invoice) or {}
    return line | {
        "agreed_rate": rate.get("rate"),
        "agreed_currency": rate.get("currency"),
        "milestone_known": milestone is not None,
        "milestone_status": (milestone or {}).get("status"),
        "milestone_evidence": (milestone or {}).get("evidence_ref"),
        "change_order_known": change_order is not None,
        "change_order_status": (change_order or {}).get("status"),
        "receipt_attached": expense.get("receipt_attached"),
        "expense_status": expense.get("status"),
        "project_status": (known.one("project", line["project_id"]) or {}).get("status"),
    }


def _agreed_rate(known: Known, line: Values, contract: Values | None, invoice: Values) -> Values | None:
    """The card's rate for the line's role, valid on the first billed day; the latest start wins."""
    if line["line_kind"] != "time" or line["role"] is None or contract is None:
        return None
    day = invoice.get("period_start") or invoice.get("invoice_date") or 0
    candidates = [
        rate
        for rate in known.of("rate_card", "rate_card_id", contract["rate_card_id"])
        if rate["role"] == line["role"]
        and rate["unit"] == (line["unit"] or "hour")
        and rate["valid_from"] <= day
        and (rate["valid_to"] is None or day <= rate["valid_to"])
    ]
    return max(candidates, key=lambda rate: rate["valid_from"], default=None)


def _totals(known: Known, invoice: Values, contract: Values | None, lines: list[Values]) -> Values:
    amount = invoice.get("amount") or 0.0
    total = round(sum(line["amount"] or 0.0 for line in lines), PLACES)
    billed = _billed_before(known, invoice, contract)
    cap = _cap(known, contract)
    pending = known.of("change_order", "project_id", invoice.get("project_id"))
    return {
        "line_count": float(len(lines)),
        "lines": total,
        "difference": round(amount - total, PLACES),
        "billed_before": billed,
        "cap": cap,
        "over_cap": None if cap is None else round(billed + amount - cap, PLACES),
        "pending_change_orders": sum(c["amount"] or 0.0 for c in pending if c["status"] in ("draft", "pending")),
    }


def _billed_before(known: Known, invoice: Values, contract: Values | None) -> float:
    """What other live invoices billed on the contract, less what was credited on them."""
    if contract is None:
        return 0.0
    total = 0.0
    for other in known.of("invoice", "contract_id", contract["contract_id"]):
        if other["invoice_id"] != invoice.get("invoice_id") and other["status"] not in NOT_YET_BILLED:
            credited = known.of("credit_note", "invoice_id", other["invoice_id"])
            total += (other["amount"] or 0.0) - sum(credit["amount"] or 0.0 for credit in credited)
    return round(total, PLACES)


def _cap(known: Known, contract: Values | None) -> float | None:
    if contract is None or contract["cap_amount"] is None:
        return None
    orders = known.of("change_order", "contract_id", contract["contract_id"])
    total: float = contract["cap_amount"] + sum(o["amount"] or 0.0 for o in orders if o["status"] == "approved")
    return round(total, PLACES)


def _sync_failed(known: Known, invoice_id: str) -> bool:
    events = known.of("sync_event", "object_id", invoice_id)
    return bool(events) and events[-1]["success"] is False


def _unapproved_time(known: Known, invoice: Values, lines: list[Values]) -> list[Values]:
    """Billable timesheets of the billed period and projects that nobody approved; only where time is billed."""
    start, end = invoice.get("period_start"), invoice.get("period_end")
    if start is None or end is None or not any(line["line_kind"] == "time" for line in lines):
        return []
    projects: set[str | None] = {
        line["project_id"] or invoice.get("project_id") for line in lines if line["line_kind"] == "time"
    }
    people: set[str | None] = {line["resource_id"] for line in lines if line["line_kind"] == "time"}
    return [
        entry
        for project in sorted(filter(None, projects))
        for entry in known.of("time_entry", "project_id", project)
        if entry["status"] != "approved"
        and entry["billable"]
        and start <= entry["worked_on"] <= end
        and (None in people or entry["resource_id"] in people)
    ]


def _twins(known: Known, invoice: Values) -> list[Values]:
    """Other live invoices that bill the same thing and are not linked to this one."""
    invoice_id = invoice.get("invoice_id")
    linked = {link["to_id"] for link in known.of("document_link", "from_id", invoice_id)}
    linked |= {link["from_id"] for link in known.of("document_link", "to_id", invoice_id)}
    same = ("client_id", "project_id", "contract_id", "amount", "currency", "period_start", "period_end")
    return [
        {name: other[name] for name in ("invoice_id", "amount", "invoice_date", "status")}
        for other in known.of("invoice", "amount", invoice.get("amount"))
        if other["invoice_id"] != invoice_id
        and other["invoice_id"] not in linked
        and other["status"] not in DEAD | {"credited"}
        and all(other[name] == invoice[name] for name in same)
        and (invoice["period_start"] is not None or other["invoice_date"] == invoice["invoice_date"])
    ]
