"""Multi-currency

Invoices in dollars and yen stand beside those in euros. Limits and the order of the queue compare them in the group's
currency by the rate known at the moment; contract, card, header and lines must agree on one.
"""

from typing import Any

import pytest

from serving.auth.scopes import Role
from tests.scenarios.documents import JANUARY, quote
from tests.scenarios.story import CLEARED, NOTICED, STOPPED, Story
from tests.serving.factories import clean, contract, invoice, line, rate_card

DOLLARS: dict[str, Any] = {"currency": "USD"}
IN_DOLLARS = (contract(version="2", **DOLLARS), rate_card(version="2", **DOLLARS))
YEN: dict[str, Any] = {"currency": "JPY", "contract_id": None, "project_id": None, "billing_method": None, **JANUARY}


def bill(number: int, amount: str, **changes: Any) -> list[Any]:
    """An invoice over one lump sum."""
    kind = {"line_kind": "adjustment", "quantity": "1", "unit_rate": amount, "project_id": None}
    header = invoice(number, amount=amount, **changes)
    return [header, line(number, **kind, amount=amount, currency=header.currency)]


def test_without_an_exchange_rate_nothing_is_cleared_and_the_answer_says_so(story: Story) -> None:
    story.tell(*IN_DOLLARS, invoice(**DOLLARS), line(**DOLLARS), quote("GBP", "1.15", "2026-02-01"))
    before = story.score()
    assert (before.way, before.fires, before.body["degraded"]) == (NOTICED, [], ["no_exchange_rate"])
    assert before.because.startswith("no exchange rate is known")
    story.tell(quote("USD", "0.9", "2026-02-01"))
    after = story.score()
    assert (after.way, after.body["degraded"]) == (CLEARED, [])
    assert story.is_said_again(before)


def test_a_later_rate_does_not_change_what_an_amount_was_worth(story: Story) -> None:
    story.tell(*IN_DOLLARS, invoice(**DOLLARS), line(**DOLLARS), quote("USD", "0.9", "2026-02-01"))
    before = story.score()
    story.on("2026-02-03")
    story.tell(quote("USD", "0.8", "2026-02-03"))
    worth = [story.replayed(said)["stored"]["group_amount"] for said in (before, story.score(), story.then(before))]
    assert worth == ["1620.00", "1440.00", "1620.00"]
    assert story.is_said_again(before)


@pytest.mark.parametrize(
    ("spoiled", "control_id", "words"),
    [
        (invoice(version="2"), "currency_mismatch", "The invoice is in EUR, the contract in USD."),
        (line(version="2"), "line_currency_mismatch", "1 line(s) are not in the invoice's currency USD."),
    ],
)
def test_header_and_lines_speak_the_currency_of_the_contract(
    story: Story, spoiled: Any, control_id: str, words: str
) -> None:
    story.tell(*IN_DOLLARS, invoice(**DOLLARS), line(**DOLLARS), quote("USD", "0.9", "2026-02-01"))
    story.tell(spoiled)
    said = story.score()
    assert (said.way, said.words(control_id)[0]) == (STOPPED, words)
    story.tell(spoiled.model_copy(update={"version": "3", "currency": "USD"}))
    assert story.score().way == CLEARED


def test_limits_and_the_queue_compare_in_the_currency_of_the_group(story: Story) -> None:
    story.tell(*clean(), quote("JPY", "0.006", "2026-02-01"), *bill(2, "3000000", **YEN))
    assert story.score("INV-2").way == CLEARED
    story.tell(*bill(3, "5000000", **YEN), *bill(4, "26000", **YEN | {"currency": "EUR"}))
    for invoice_id in ("INV-4", "INV-3"):
        assert story.score(invoice_id).because == "amounts above 25,000 are not cleared without a person"
    rita = story.person("rita", Role.REVIEWER)
    assert [rita.next_case()["invoice_id"] for _ in range(2)] == ["INV-3", "INV-4"]


def test_an_old_rate_is_told_and_stops_nothing(story: Story) -> None:
    story.tell(*IN_DOLLARS, invoice(**DOLLARS), line(**DOLLARS), quote("USD", "0.9", "2026-02-01"))
    story.on("2026-02-16")
    said = story.score()
    assert (said.way, said.words("fx_rate_stale")) == (CLEARED, ["The newest exchange rate of USD is of 1 Feb 2026."])
    story.tell(quote("USD", "0.91", "2026-02-16"))
    assert story.score().fires == []
