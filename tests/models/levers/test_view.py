"""What the levers see: the versions in force, absent values as nothing, and ids that fit into a sentence."""

import pytest

from models.levers.view import InvoiceView, counted, named
from tests.features.builders import make
from tests.models.levers.draft import NOW, draft, view


def test_only_the_version_in_force_is_seen() -> None:
    renewed = make("contract", known=10, po_number="4600")
    seen = view(renewed)
    assert seen.get("contract", seen.contract, "po_number") == "4600"


def test_the_contract_may_be_the_projects() -> None:
    seen = view(invoice={"contract_id": None})
    assert seen.get("contract", seen.contract, "contract_id") == "k"


@pytest.mark.parametrize(("column", "value"), [("issued_on", None), ("tax_amount", None), ("description", None)])
def test_what_is_absent_is_none(column: str, value: None) -> None:
    assert view(invoice={"tax_amount": None}).header(column) is value


def test_nothing_is_known_of_an_unknown_record() -> None:
    seen = view(client=None, project=None)
    assert (seen.client, seen.manager_id, seen.rows("note", "project_id", None)) == (None, None, [])


def test_the_header_of_an_unknown_invoice_cannot_be_corrected() -> None:
    with pytest.raises(LookupError, match="'nobody' was not known"):
        InvoiceView(view().history, "nobody", NOW).corrected(po_number="1")


def test_a_billed_thing_is_seen_once() -> None:
    twice = make("invoice_line", known=20, line_id="i-2", line_number=2, milestone_id="x")
    seen = view(twice, make("milestone", milestone_id="x"), invoice_line={"milestone_id": "x"})
    assert len(seen.billed("milestone")) == 1


def test_the_draft_is_seen_with_its_lines() -> None:
    seen = view()
    assert [seen.line(row, "line_id") for row in seen.lines] == ["i-1"]
    assert seen.unsent
    assert len(draft()) == 8


@pytest.mark.parametrize(
    ("ids", "words"), [(["a"], "a"), (["a", "b", "c"], "a, b, c"), (["a", "b", "c", "d"], "a, b, c and 1 more")]
)
def test_ids_fit_into_a_sentence(ids: list[str], words: str) -> None:
    assert named(ids) == words


@pytest.mark.parametrize(("number", "words"), [(1, "1 receipt"), (2, "2 receipts"), (0, "0 receipts")])
def test_things_are_counted_in_words(number: int, words: str) -> None:
    assert counted(number, "receipt") == words
