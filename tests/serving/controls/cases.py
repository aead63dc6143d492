"""Per shipped control: records on which it must fire, and the nearest ones on which it must not."""

from datetime import UTC, date, datetime

from ledger.records import LegalEntity, Record
from tests.serving import factories as make
from tests.serving.controls.firm import V2, approval, credit_note, link, quote, sync
from tests.serving.factories import record

LATER = datetime(2026, 2, 9, 9, tzinfo=UTC)
MILESTONE = {"line_kind": "milestone", "milestone_id": "M1"}
EXPENSE = {"line_kind": "expense", "expense_id": "X1"}
FIXED = {"billing_method": "fixed_fee"}
ABROAD = make.client(**V2, country="FR", tax_id="FR1")
Records = list[Record]


def other(**changes: object) -> Record:
    """Another live invoice of the client, for the same days."""
    same = {"period_start": "2026-01-01", "period_end": "2026-01-31", "status": "issued"}
    return make.invoice(7, **{**same, **changes})


def retainer(first: int, end: int) -> Records:
    """INV-1 as a retainer, and another one for some days of January."""
    days = {"period_start": date(2026, 1, first), "period_end": date(2026, 1, end)}
    terms = make.contract(**V2, billing_method="retainer")
    more = make.invoice(7, billing_method="retainer", amount="900", status="issued", **days)
    mine = make.invoice(**V2, billing_method="retainer", period_start="2026-01-01", period_end="2026-01-15")
    return [terms, mine, more, make.line(**V2, line_kind="retainer")]


def company(**changes: object) -> Record:
    """Our company, corrected."""
    return record(
        LegalEntity, **{**V2, "legal_entity_id": "E1", "name": "Us", "country": "DE", "currency": "EUR", **changes}
    )


# control → (fires on, does not fire on)
CASES: dict[str, tuple[Records, Records]] = {
    "change_order_not_approved": (
        [make.change_order(status="pending"), make.line(**V2, line_kind="change_order", change_order_id="CO1")],
        [make.change_order(), make.line(**V2, line_kind="change_order", change_order_id="CO1")],
    ),
    "milestone_not_accepted": (
        [make.milestone(status="delivered"), make.line(**V2, **MILESTONE)],
        [make.milestone(), make.line(**V2, **MILESTONE)],
    ),
    "milestone_line_without_milestone": (
        [make.line(**V2, line_kind="milestone")],
        [make.milestone(), make.line(**V2, **MILESTONE)],
    ),
    "time_not_approved": ([make.time_entry(**V2, status="submitted")], [make.time_entry(**V2, billable=False)]),
    "rate_off_card": (
        [make.line(**V2, unit_rate="240", quantity="7.5")],
        [make.line(**V2, unit_rate="180.004", quantity="10")],
    ),
    "cap_exceeded": ([make.contract(**V2, cap_amount="1700")], [make.contract(**V2, cap_amount="1800")]),
    "duplicate_invoice": ([other()], [other(), link("rebills")]),
    "po_missing": (
        [make.client(**V2, po_required=True)],
        [make.client(**V2, po_required=True), make.invoice(**V2, po_number="PO-1")],
    ),
    "po_differs": (
        [make.contract(**V2, po_number="PO-1"), make.invoice(**V2, po_number="PO-2")],
        [make.contract(**V2, po_number="PO-1"), make.invoice(**V2, po_number="PO-1")],
    ),
    "client_master_invalid": ([make.client(**V2, status="inactive")], [make.client(**V2, status="active")]),
    "client_tax_id_missing": ([make.client(**V2, country="FR")], [ABROAD]),
    "credit_hold": ([make.client(**V2, credit_hold=True)], [make.client(**V2, credit_hold=False)]),
    "currency_mismatch": ([make.contract(**V2, currency="USD")], [make.contract(**V2, currency="EUR")]),
    "line_currency_mismatch": ([make.line(**V2, currency="USD")], [make.line(**V2, currency="EUR")]),
    "project_closed": ([make.project(**V2, status="closed")], [make.project(**V2, status="on_hold")]),
    "receipt_missing": (
        [make.expense(receipt_attached=False), make.line(**V2, **EXPENSE)],
        [make.expense(), make.line(**V2, **EXPENSE)],
    ),
    "lines_differ_from_header": ([make.line(**V2, amount="1700")], [make.line(**V2, amount="1800.01")]),
    "contract_not_signed": ([make.contract(**V2, signed=False)], [make.contract(**V2, signed=True)]),
    "contract_expired": ([make.contract(**V2, end_on="2025-12-31")], [make.contract(**V2, end_on="2026-01-01")]),
    "project_on_other_client": (
        [make.project(**V2, client_id="C2")],
        [make.project(**V2, client_id="C2"), make.invoice(**V2, intercompany=True)],
    ),
    "sync_failed": ([sync(1, success=False)], [sync(1, success=False), sync(2, success=True)]),
    "contract_not_started": (
        [make.contract(**V2, start_on="2026-02-01")],
        [make.contract(**V2, start_on="2026-01-31")],
    ),
    "contract_on_other_client": (
        [make.contract(**V2, client_id="C2")],
        [make.contract(**V2, client_id="C2"), make.invoice(**V2, intercompany=True)],
    ),
    "contract_missing": (
        [make.invoice(**V2, contract_id=None), make.project(**V2, contract_id=None)],
        [make.invoice(**V2, contract_id=None)],
    ),
    "terms_differ_from_contract": (
        [make.invoice(**V2, due_date="2026-04-30")],
        [make.invoice(**V2, due_date="2026-03-05", payment_terms_days=30)],
    ),
    "billing_method_differs": ([make.invoice(**V2, **FIXED)], [make.invoice(**V2, billing_method=None)]),
    "period_backwards": (
        [make.invoice(**V2, period_start="2026-01-31", period_end="2026-01-01")],
        [make.invoice(**V2, period_start="2026-01-31", period_end="2026-01-31")],
    ),
    "due_before_invoice_date": (
        [make.invoice(**V2, due_date="2026-01-30")],
        [make.invoice(**V2, due_date="2026-01-31")],
    ),
    "invoice_in_future": (
        [make.invoice(**V2, invoice_date="2026-03-20", due_date="2026-04-19")],
        [make.invoice(**V2, invoice_date="2026-03-10", due_date="2026-04-09")],
    ),
    "invoice_back_dated": (
        [make.invoice(**V2, invoice_date="2025-11-30", due_date="2025-12-30")],
        [make.invoice(**V2, invoice_date="2025-12-05", due_date="2026-01-04")],
    ),
    "invoice_before_billable": (
        [make.invoice(**V2, billable_on="2026-02-08")],
        [make.invoice(**V2, billable_on="2026-02-02")],
    ),
    "rate_not_on_card": ([make.line(**V2, role="trainee")], [make.line(**V2, role=None)]),
    "rate_currency_differs": (
        [make.rate_card(**V2, currency="USD")],
        [make.rate_card(**V2, currency="EUR")],
    ),
    "line_amount_differs": ([make.line(**V2, quantity="9")], [make.line(**V2, quantity="10.0002")]),
    "invoice_approval_rejected": ([approval("rejected")], [approval("approved")]),
    "approval_withdrawn": (
        [approval("approved"), approval(None, **V2, known_at=LATER)],
        [approval(None), approval("approved", **V2, known_at=LATER)],
    ),
    "approved_by_preparer": (
        [approval("approved", approver_id="PREP")],
        [approval("rejected", approver_id="PREP"), approval("approved", approval_id="A2")],
    ),
    "sent_without_approval": ([approval(None), make.invoice(**V2, status="approved")], [approval(None)]),
    "expense_not_approved": (
        [make.expense(status="submitted"), make.line(**V2, **EXPENSE)],
        [make.expense(), make.line(**V2, **EXPENSE)],
    ),
    "late_timesheets": (
        [make.time_entry(time_entry_id="T2", hours="1", known_at=LATER)],
        [make.time_entry(**V2, known_at=LATER)],
    ),
    "milestone_schedule_behind": (
        [make.milestone(), make.milestone(**V2, status="planned", evidence_ref=None), make.line(**V2, **MILESTONE)],
        [make.milestone(status="planned", evidence_ref=None), make.line(**V2, **MILESTONE)],
    ),
    "milestone_of_other_project": (
        [make.milestone(project_id="P2"), make.line(**V2, **MILESTONE)],
        [make.milestone(), make.line(**V2, **MILESTONE)],
    ),
    "milestone_amount_differs": (
        [make.milestone(amount="1700"), make.line(**V2, **MILESTONE)],
        [make.milestone(amount="1900"), make.line(**V2, **MILESTONE)],
    ),
    "timesheets_missing": (
        [make.time_entry(**V2, status="rejected")],
        [make.time_entry(**V2, status="submitted")],
    ),
    "hours_exceed_timesheets": ([make.time_entry(**V2, hours="7")], [make.time_entry(**V2, hours="8")]),
    "expense_above_cost": (
        [make.expense(amount="1750"), make.line(**V2, **EXPENSE)],
        [make.expense(amount="1750", currency="USD"), make.line(**V2, **EXPENSE)],
    ),
    "expense_not_billable": (
        [make.expense(billable=False), make.line(**V2, **EXPENSE)],
        [make.expense(), make.line(**V2, **EXPENSE)],
    ),
    "expense_of_other_project": (
        [make.expense(project_id="P2"), make.line(**V2, **EXPENSE)],
        [make.expense(project_id="P2"), make.line(**V2, **EXPENSE, project_id=None)],
    ),
    "contract_value_exceeded": (
        [make.contract(**V2, **FIXED, value_amount="1700"), make.invoice(**V2, **FIXED)],
        [make.contract(**V2, **FIXED, value_amount="1800"), make.invoice(**V2, **FIXED)],
    ),
    "cap_nearly_used": ([make.contract(**V2, cap_amount="1900")], [make.contract(**V2, cap_amount="2100")]),
    "project_budget_exceeded": ([make.project(**V2, budget_amount="1700")], [make.project(**V2, budget_amount="1790")]),
    "planned_hours_exceeded": ([make.project(**V2, planned_hours="6")], [make.project(**V2, planned_hours="7")]),
    "legal_entity_differs": (
        [make.contract(**V2, legal_entity_id="E2")],
        [make.contract(**V2, legal_entity_id="E2"), make.invoice(**V2, intercompany=True)],
    ),
    "legal_entity_unknown": (
        [make.invoice(**V2, legal_entity_id="E9")],
        [make.invoice(**V2, legal_entity_id=None)],
    ),
    "issuer_tax_id_missing": ([ABROAD], [ABROAD, company(tax_id="DE1")]),
    "tax_on_cross_border": (
        [ABROAD, make.invoice(**V2, tax_amount="342")],
        [make.client(**V2, tax_id="DE2"), make.invoice(**V2, tax_amount="342")],
    ),
    "line_tax_code_missing": (
        [make.line(**V2, tax_code="S"), make.line(line_id="L-2", amount="0", quantity="0", role=None)],
        [make.line(**V2)],
    ),
    "intercompany_mirror_missing": (
        [make.project(**V2, legal_entity_id="E2")],
        [make.project(**V2, legal_entity_id="E2"), link("intercompany_mirror_of", mine=False)],
    ),
    "intercompany_mirror_above": (
        [other(amount="1700"), link("intercompany_mirror_of")],
        [other(amount="1900"), link("intercompany_mirror_of")],
    ),
    "intercompany_without_mirrored": (
        [make.invoice(**V2, intercompany=True)],
        [make.invoice(**V2, intercompany=True), link("intercompany_mirror_of")],
    ),
    "project_on_hold": ([make.project(**V2, status="on_hold")], [make.project(**V2, status="open")]),
    "project_unknown": ([make.invoice(**V2, project_id="P9")], [make.invoice(**V2, project_id=None)]),
    "billing_contact_missing": (
        [make.client(**V2, billing_contact=None)],
        [make.client(**V2, billing_contact="x@acme.example")],
    ),
    "milestone_billed_twice": (
        [make.milestone(), make.line(**V2, **MILESTONE), other(amount="5"), make.line(7, **MILESTONE)],
        [make.milestone(), make.line(**V2, **MILESTONE), other(status="cancelled"), make.line(7, **MILESTONE)],
    ),
    "retainer_billed_twice": (retainer(10, 20), retainer(16, 31)),
    "time_billed_twice": ([other(amount="900")], [other(amount="900"), link("partial_of")]),
    "fx_rate_stale": ([quote("2026-01-20")], [quote("2026-01-20"), quote("2026-02-03")]),
    "sync_fails_repeatedly": (
        [sync(n, success=False) for n in (1, 2, 3)],
        [sync(1, success=False), sync(2, success=True), sync(3, success=False), sync(4, success=False)],
    ),
    "header_without_lines": (
        [make.line(**V2, invoice_id="INV-0")],
        [make.line(**V2, invoice_id="INV-0"), make.contract(**V2, **FIXED), make.invoice(**V2, **FIXED)],
    ),
    "negative_without_original": (
        [make.invoice(**V2, amount="-100")],
        [make.invoice(**V2, amount="-100"), other(), link("credits")],
    ),
    "zero_amount": ([make.invoice(**V2, amount="0")], [make.invoice(**V2, amount="0.01")]),
    "credit_above_original": (
        [make.invoice(**V2, amount="-1900"), other(), link("credits")],
        [make.invoice(**V2, amount="-1800"), other(), link("credits")],
    ),
    "credited_above_amount": ([credit_note("1801")], [credit_note("1800")]),
    "rebill_without_credit": (
        [other(), link("rebills")],
        [other(), link("rebills"), credit_note("1800", "INV-7")],
    ),
    "rebill_above_original": ([other(amount="1700"), link("rebills")], [other(), link("rebills")]),
    "rebill_currency_differs": ([other(currency="USD"), link("rebills")], [other(), link("rebills")]),
    "link_target_unknown": ([link("credits", "INV-9")], [link("partial_of", "K1")]),
}  # fmt: skip
