"""Intercompany mirror

The German company bills the client, the French one delivers. Two weeks later the French company must have charged the
German one; its invoice names what it mirrors, costs no more, and is not measured by the client's contract.
"""

from typing import Any

from ledger.records import LegalEntity
from tests.scenarios.documents import JANUARY, link
from tests.scenarios.story import CLEARED, NOTICED, Story
from tests.serving.factories import clean, client, contract, invoice, line, project, record

OURS = {"name": "Nous SAS", "country": "FR", "currency": "EUR", "tax_id": "FR2"}
DELIVERED_IN_FRANCE = (
    record(LegalEntity, legal_entity_id="E2", **OURS),
    client(client_id="IC-E1", name="Us GmbH", tax_id="DE1"),
    project(version="2", legal_entity_id="E2"),
)


def mirror(rate: str, version: str = "1") -> list[Any]:
    """The French company charges the German one for the ten hours of January."""
    ends = {"client_id": "IC-E1", "legal_entity_id": "E2", "intercompany": True, **JANUARY}
    amount = f"{int(rate) * 10}"
    header = invoice(2, version=version, amount=amount, **ends)
    return [header, line(2, version=version, client_id="IC-E1", unit_rate=rate, amount=amount)]


def test_the_delivering_company_has_two_weeks_to_send_its_invoice(story: Story) -> None:
    story.tell(*DELIVERED_IN_FRANCE, *clean())
    early = story.score()
    assert (early.way, early.fires) == (CLEARED, [])
    story.on("2026-02-17")
    missing = story.score()
    assert (missing.way, missing.fires) == (NOTICED, ["intercompany_mirror_missing"])
    assert missing.words("intercompany_mirror_missing") == [
        "E2 delivered what E1 bills; no intercompany invoice mirrors it."
    ]
    story.tell(*mirror("150"), link("INV-2", "intercompany_mirror_of", "INV-1", client_id="IC-E1"))
    assert story.score().way == CLEARED
    assert story.is_said_again(missing)


def test_the_mirror_names_what_it_mirrors_and_costs_no_more(story: Story) -> None:
    story.tell(*DELIVERED_IN_FRANCE, *clean(), *mirror("190"))
    unlinked = story.score("INV-2")
    assert (unlinked.way, unlinked.fires) == (CLEARED, ["intercompany_without_mirrored"])
    story.tell(link("INV-2", "intercompany_mirror_of", "INV-1", client_id="IC-E1"))
    above = story.score("INV-2")
    assert (above.way, above.fires) == (NOTICED, ["intercompany_mirror_above"])
    assert above.words("intercompany_mirror_above")[1] == "mirrors INV-1 over 1,800 EUR"
    story.tell(*mirror("150", version="2"))
    after = story.score("INV-2")
    assert (after.way, after.fires) == (CLEARED, [])
    assert story.is_said_again(above)


def test_the_contract_with_the_client_does_not_bind_our_own_companies(story: Story) -> None:
    terms = {"po_required": True, "cap_amount": "100", "currency": "USD", "signed": False}
    story.tell(*DELIVERED_IN_FRANCE, contract(version="2", **terms), *clean(), *mirror("150"))
    story.tell(link("INV-2", "intercompany_mirror_of", "INV-1", client_id="IC-E1"))
    assert story.score("INV-2").way == CLEARED
    assert {"po_missing", "cap_exceeded", "currency_mismatch"} & set(story.score("INV-1").fires)
