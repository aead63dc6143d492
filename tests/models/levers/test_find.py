"""Only what is actually wrong makes a lever, and only before the invoice goes out."""

from itertools import permutations

import pytest

from models.levers.find import find_levers
from tests.features.builders import history_of
from tests.models.levers.draft import NOW, draft, ledger


def test_a_correct_draft_has_no_levers() -> None:
    assert find_levers(ledger(), "i", NOW) == ()


def test_an_unknown_invoice_has_none() -> None:
    assert find_levers(ledger(), "another", NOW) == ()


@pytest.mark.parametrize("status", ["issued", "settled", "cancelled"])
def test_what_has_gone_out_has_none(status: str) -> None:
    assert find_levers(ledger(invoice={"status": status, "po_number": None}), "i", NOW) == ()


def test_what_becomes_known_at_the_moment_itself_does_not_count() -> None:
    history = ledger(contract={"known": 30, "po_required": True})
    assert find_levers(history, "i", NOW) == ()


def test_the_least_effort_comes_first_whatever_the_order_of_the_records() -> None:
    broken = draft(invoice={"po_number": None}, client={"tax_id": None}, contract={"signed": False})
    codes = [
        tuple(lever.code for lever in find_levers(history_of(*broken[2:], *some), "i", NOW))
        for some in permutations(broken[:2])
    ]
    assert set(codes) == {("enter_purchase_order", "add_tax_id", "sign_contract")}
