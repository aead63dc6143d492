"""Partial billing

A fixed price of 10,000 is billed in parts. Two parts of the same amount look like one invoice sent twice until they are
linked as parts of a whole, and the last part may not pass what was agreed.
"""

from tests.scenarios.documents import billed, link
from tests.scenarios.story import CLEARED, NOTICED, STOPPED, Story
from tests.serving.factories import change_order, contract

FIXED = contract(version="2", billing_method="fixed_fee", value_amount="10000", rate_card_id=None)
TWIN = "1 other invoice(s) bill the same client, project, period and amount."


def test_parts_of_a_fixed_price_go_out_until_it_is_used_up(story: Story) -> None:
    story.tell(FIXED, *billed(1, "4000"))
    assert story.score("INV-1").way == CLEARED
    story.tell(billed(1, "4000", version="2", status="issued")[0])

    story.on("2026-02-03")
    story.tell(*billed(2, "4000"))
    alone = story.score("INV-2")
    assert (alone.way, alone.fires) == (STOPPED, ["duplicate_invoice"])
    assert alone.words("duplicate_invoice") == [TWIN, "invoice INV-1 of 31 Jan 2026 over 4,000, issued"]
    story.tell(link("INV-2", "partial_of", "INV-1"))
    assert story.score("INV-2").way == CLEARED
    story.tell(billed(2, "4000", version="2", status="issued")[0])

    story.on("2026-02-04")
    story.tell(*billed(3, "4000"), link("INV-3", "partial_of", "INV-1"))
    above = story.score("INV-3")
    assert (above.way, above.fires) == (NOTICED, ["contract_value_exceeded"])
    assert above.words("contract_value_exceeded") == [
        "This invoice bills 2,000 EUR beyond the agreed value of 10,000 (8,000 billed before)."
    ]
    story.tell(*billed(3, "2000", version="2"))
    assert story.score("INV-3").way == CLEARED
    assert story.is_said_again(alone)
    assert story.is_said_again(above)


def test_a_part_that_is_sent_twice_is_still_stopped_by_the_agreed_value(story: Story) -> None:
    sent = billed(1, "6000", status="issued")
    story.tell(FIXED, *sent, *billed(2, "6000"), link("INV-2", "partial_of", "INV-1"))
    said = story.score("INV-2")
    assert (said.way, said.fires) == (NOTICED, ["contract_value_exceeded"])


def test_a_change_order_makes_room_for_another_part(story: Story) -> None:
    story.tell(FIXED, *billed(1, "11000"))
    assert story.score().fires == ["contract_value_exceeded"]
    story.tell(change_order(amount="1000"))
    assert story.score().way == CLEARED
