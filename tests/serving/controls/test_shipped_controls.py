"""Each shipped control fires on what it is for, and stays silent on the nearest thing that is fine."""

import re

import pytest

from ledger.records import Record
from serving.controls.control import Family, Severity
from tests.scenarios.documents import link as between
from tests.serving import factories as make
from tests.serving.controls.cases import CASES, MILESTONE
from tests.serving.controls.firm import CONTROLS, V2, hits, link
from tests.serving.factories import clean


def test_a_clean_invoice_fires_nothing() -> None:
    assert hits() == {}


@pytest.mark.parametrize("control_id", CASES)
def test_the_control_fires_on_what_it_is_for(control_id: str) -> None:
    hit = hits(*CASES[control_id][0])[control_id]
    assert hit.remedy
    assert not re.search(r"[{}]", hit.message + "".join(hit.offenders))
    assert "could not be checked" not in hit.message


@pytest.mark.parametrize("control_id", CASES)
def test_the_control_is_silent_on_the_nearest_thing_that_is_fine(control_id: str) -> None:
    assert control_id not in hits(*CASES[control_id][1])


def test_every_shipped_control_has_both_cases() -> None:
    assert {control.id for control in CONTROLS.base} == set(CASES)


def test_every_family_of_the_taxonomy_is_covered() -> None:
    assert {control.family for control in CONTROLS.base} == set(Family)
    assert len(CONTROLS.base) >= 34


def test_hard_stops_come_first() -> None:
    found = list(hits(make.client(**V2, status="blocked", credit_hold=True, billing_contact=None)).values())
    order = [list(Severity).index(hit.severity) for hit in found]
    assert len(set(order)) == 3
    assert order == sorted(order)


def test_messages_carry_the_values() -> None:
    hit = hits(*CASES["rate_off_card"][0])["rate_off_card"]
    assert hit.message.startswith("1 line(s)")
    assert hit.offenders == ("line L-1: rate 240 where the card says 180 for senior",)


def test_a_message_names_its_threshold() -> None:
    assert "more than 7 days after its end" in hits(*CASES["late_timesheets"][0])["late_timesheets"].message


def test_a_remedy_clears_its_control() -> None:
    blocked = [make.milestone(status="delivered", evidence_ref=None), make.line(**V2, **MILESTONE)]
    assert "milestone_not_accepted" in hits(*blocked)
    assert hits(*blocked, make.milestone(**V2)) == {}


def test_an_approved_change_order_raises_the_cap() -> None:
    assert "cap_exceeded" not in hits(make.contract(**V2, cap_amount="100"), make.change_order(amount="1700"))


@pytest.mark.parametrize("kind", ["rebills", "amends", "partial_of"])
def test_a_linked_twin_is_no_duplicate(kind: str) -> None:
    twin: list[Record] = CASES["duplicate_invoice"][0]
    assert "duplicate_invoice" not in hits(*twin, link(kind))


@pytest.mark.parametrize(("whole", "expected"), [([make.invoice(3, amount="900")], False), ([], True)])
def test_parts_of_one_invoice_are_no_duplicates_and_parts_of_a_contract_may_be(
    whole: list[Record], *, expected: bool
) -> None:
    parts = [between("INV-1", "partial_of", "INV-3"), between("INV-7", "partial_of", "INV-3")]
    found = hits(*CASES["duplicate_invoice"][0], *parts, *whole)
    assert ("duplicate_invoice" in found) is expected


@pytest.mark.parametrize("control_id", ["rate_off_card", "rate_not_on_card"])
def test_a_credit_gives_back_the_rate_that_was_billed(control_id: str) -> None:
    [billed] = CASES[control_id][0]
    given_back = {"quantity": -billed.payload()["quantity"], "amount": -billed.payload()["amount"]}
    assert control_id in hits(billed)
    assert control_id not in hits(billed.model_copy(update=given_back))


@pytest.mark.parametrize("client_id", ["C1", "C2"])
def test_between_our_companies_only_their_own_contract_binds(client_id: str) -> None:
    strict = make.contract(**V2, client_id=client_id, po_required=True, cap_amount="100", currency="USD")
    found = hits(strict, make.invoice(**V2, intercompany=True))
    assert ({"po_missing", "cap_exceeded", "currency_mismatch"} & found.keys() != set()) is (client_id == "C1")


def test_a_project_of_many_invoices_is_not_a_duplicate_each() -> None:
    found = hits(*clean(2), *clean(3), make.time_entry(time_entry_id="T2", worked_on="2026-02-03"), invoice_id="INV-2")
    assert found == {}
