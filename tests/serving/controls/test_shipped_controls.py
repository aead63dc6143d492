"""Each shipped control fires on what it is for, stays silent on a clean invoice, and bad control files are refused."""

from pathlib import Path
from typing import Any

import pytest

from features.history import History, microseconds, with_records
from ledger.records import DocumentLink, Record, SyncEvent
from serving.controls.checks import ControlError
from serving.controls.control import Hit
from serving.controls.evaluate import evaluate
from serving.controls.facts import facts_of
from serving.controls.known import Known
from serving.controls.load import SHIPPED, load_controls
from tests.serving import factories as make
from tests.serving.factories import NOW, clean, master

CONTROLS = load_controls()


FIRM = [*master(), *clean()]


def hits(*more: Record, invoice_id: str = "INV-1") -> dict[str, Hit]:
    history = with_records(History({}), [*FIRM, *more])
    found = evaluate(CONTROLS, facts_of(Known(history, microseconds(NOW)), invoice_id))
    return {hit.control_id: hit for hit in found}


def test_a_clean_invoice_fires_nothing() -> None:
    assert hits() == {}


V2: dict[str, Any] = {"version": "2"}
MILESTONE = {"line_kind": "milestone", "milestone_id": "M1"}
CASES = {
    "change_order_not_approved": [
        make.change_order(status="pending"),
        make.line(**V2, line_kind="change_order", change_order_id="CO1"),
    ],
    "milestone_not_accepted": [make.milestone(status="delivered"), make.line(**V2, **MILESTONE)],
    "milestone_line_without_milestone": [make.line(**V2, line_kind="milestone")],
    "time_not_approved": [make.time_entry(**V2, status="submitted")],
    "rate_off_card": [make.line(**V2, unit_rate="240", quantity="7.5")],
    "cap_exceeded": [make.contract(**V2, cap_amount="1700")],
    "duplicate_invoice": [make.invoice(7, period_start="2026-01-01", period_end="2026-01-31", status="issued")],
    "po_missing": [make.client(**V2, po_required=True)],
    "po_differs": [make.contract(**V2, po_number="PO-1"), make.invoice(**V2, po_number="PO-2")],
    "client_master_invalid": [make.client(**V2, status="inactive")],
    "client_tax_id_missing": [make.client(**V2, country="FR")],
    "credit_hold": [make.client(**V2, credit_hold=True)],
    "currency_mismatch": [make.contract(**V2, currency="USD")],
    "line_currency_mismatch": [make.line(**V2, currency="USD")],
    "project_closed": [make.project(**V2, status="closed")],
    "receipt_missing": [
        make.expense(receipt_attached=False),
        make.line(**V2, line_kind="expense", expense_id="X1"),
    ],
    "lines_differ_from_header": [make.line(**V2, amount="1700")],
    "contract_not_signed": [make.contract(**V2, signed=False)],
    "contract_expired": [make.contract(**V2, end_on="2025-12-31")],
    "project_on_other_client": [make.project(**V2, client_id="C2")],
    "sync_failed": [
        make.record(
            SyncEvent, sync_event_id="S1", system="erp", object_kind="invoice", object_id="INV-1", success=False
        )
    ],
}


@pytest.mark.parametrize("control_id", CASES)
def test_the_control_fires_on_what_it_is_for(control_id: str) -> None:
    hit = hits(*CASES[control_id])[control_id]
    assert hit.remedy
    assert "{" not in hit.message + "".join(hit.offenders)


def test_every_shipped_control_has_such_a_case() -> None:
    assert {compiled.control.id for compiled in CONTROLS.controls} == set(CASES)


def test_messages_carry_the_values() -> None:
    hit = hits(*CASES["rate_off_card"])["rate_off_card"]
    assert hit.message.startswith("1 line(s)")
    assert hit.offenders == ("line L-1: rate 240 where the card says 180 for senior",)


def test_a_remedy_clears_its_control() -> None:
    blocked = [make.milestone(status="delivered", evidence_ref=None), make.line(**V2, **MILESTONE)]
    assert "milestone_not_accepted" in hits(*blocked)
    assert hits(*blocked, make.milestone(**V2)) == {}


def test_an_approved_change_order_raises_the_cap() -> None:
    assert "cap_exceeded" not in hits(make.contract(**V2, cap_amount="100"), make.change_order(amount="1700"))


def test_a_linked_twin_is_no_duplicate() -> None:
    link = make.record(
        DocumentLink, link_id="D1", link="rebills", client_id="C1", from_kind="invoice", from_id="INV-1",
        to_kind="invoice", to_id="INV-7",
    )  # fmt: skip
    assert "duplicate_invoice" not in hits(*CASES["duplicate_invoice"], link)


def test_a_project_of_many_invoices_is_not_a_duplicate_each() -> None:
    assert hits(*clean(2), *clean(3), invoice_id="INV-2") == {}


TEMPLATE = """
number: 1
controls:
  - id: test_control
    version: 1
    title: Test
    severity: review
    owner: billing
    cause: other
    expression: {expression}
    message: "{message}"
    remedy: Do it.
"""


def written(folder: Path, expression: str, message: str = "wrong") -> Path:
    path = folder / "mine.yaml"
    path.write_text(TEMPLATE.format(expression=f"{expression!r}", message=message))
    return path


BAD = {
    "invoice.colour == 1": "invoice has no field 'colour'",
    "lines.exists(l, l.colour == 1)": "l has no field 'colour'",
    "inovice.amount > 1.0": "unknown word 'inovice'",
    "invoice.amount > 1.0": "absent",
    "invoice.known == true && 1 > 'a'": "does not run",
    "invoice.amount ==": "Syntax error",
    "invoice.currency": "not a truth value",
}


@pytest.mark.parametrize("expression", BAD)
def test_a_bad_expression_is_refused_with_its_place(tmp_path: Path, expression: str) -> None:
    with pytest.raises(ControlError) as caught:
        load_controls(written(tmp_path, expression))
    assert str(caught.value).startswith("mine.yaml: control test_control")
    assert BAD[expression] in str(caught.value)


def test_an_unknown_placeholder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match=r"unknown placeholder \{invoice.colour\}"):
        load_controls(written(tmp_path, "invoice.known", "{invoice.colour}"))


def test_an_unknown_field_of_the_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "invoice.known")
    path.write_text(path.read_text() + "    colour: red\n")
    with pytest.raises(ControlError, match=r"controls\.0\.colour \(test_control\)"):
        load_controls(path)


def test_the_version_names_the_content(tmp_path: Path) -> None:
    one, other = load_controls(written(tmp_path, "invoice.known")), load_controls(written(tmp_path, "!invoice.known"))
    assert one.version != other.version
    assert load_controls(SHIPPED).version == CONTROLS.version
