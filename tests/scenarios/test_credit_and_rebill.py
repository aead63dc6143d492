"""Credit and rebill

January went out at the wrong rate and the client objects. It may be billed again only when the first invoice is
credited in full; a credit must say what it credits and cannot give back more than was billed.
"""

from typing import Any

from tests.scenarios.documents import JANUARY, credit_note, dispute, link
from tests.scenarios.story import CLEARED, NOTICED, STOPPED, Said, Story
from tests.serving.factories import invoice, line

WRONG = (invoice(amount="2000", status="issued", issued_on="2026-02-01"), line(unit_rate="200", amount="2000"))
AGAIN = (invoice(2, **JANUARY), line(2), link("INV-2", "rebills", "INV-1"))


def credit(amount: str, version: str = "1") -> list[Any]:
    """INV-3 gives money back, line by line as INV-1 billed it."""
    hours = f"{int(amount) // 200}"
    header = invoice(3, version=version, amount=amount, **JANUARY)
    return [header, line(3, version=version, quantity=hours, unit_rate="200", amount=amount)]


def still_open(said: Said) -> str:
    [_, offender] = said.words("rebill_without_credit")
    return offender


def test_an_invoice_is_billed_again_once_the_first_is_credited_in_full(story: Story) -> None:
    story.tell(*WRONG)
    story.on("2026-02-03")
    story.tell(dispute(), *AGAIN)
    before = story.score("INV-2")
    assert (before.way, before.because, before.fires) == (STOPPED, "Rebilled without credit", ["rebill_without_credit"])
    assert still_open(before) == "rebills INV-1 over 2,000 EUR, issued, 0 credited"

    story.on("2026-02-05")
    story.tell(credit_note(1, "500"))
    partly = story.score("INV-2")
    assert (partly.way, still_open(partly)) == (STOPPED, "rebills INV-1 over 2,000 EUR, issued, 500 credited")
    story.tell(credit_note(2, "1500"), dispute(version="2", status="resolved", resolved_on="2026-02-05"))
    after = story.score("INV-2")
    assert (after.way, after.fires) == (CLEARED, [])
    assert story.features(after) != story.features(before)
    assert story.is_said_again(before)
    assert story.is_said_again(partly)


def test_a_rebill_over_more_is_looked_at(story: Story) -> None:
    story.tell(*WRONG, *AGAIN, credit_note(1, "2000"))
    story.tell(invoice(2, version="2", amount="2160", **JANUARY), line(2, version="2", quantity="12", amount="2160"))
    said = story.score("INV-2")
    assert (said.way, said.because) == (NOTICED, "Rebilled over more")
    assert said.words("rebill_above_original") == [
        "The rebill over 2,160 EUR is larger than the first invoice.",
        "rebills INV-1 over 2,000 EUR",
    ]


def test_a_credit_says_what_it_credits_and_gives_back_no_more(story: Story) -> None:
    story.tell(*WRONG, *credit("-2400"))
    alone = story.score("INV-3")
    assert (alone.way, alone.fires) == (STOPPED, ["negative_without_original"])
    assert alone.words("negative_without_original") == ["The invoice is over -2,400 EUR and credits nothing."]
    story.tell(link("INV-3", "credits", "INV-1"))
    above = story.score("INV-3")
    assert (above.way, above.fires) == (STOPPED, ["credit_above_original"])
    assert above.words("credit_above_original")[1] == "credits INV-1 over 2,000 EUR"
    story.tell(*credit("-2000", version="2"))
    assert story.score("INV-3").way == CLEARED


def test_crediting_twice_is_seen_on_the_invoice_that_was_credited(story: Story) -> None:
    story.tell(*WRONG, credit_note(1, "2000"), credit_note(2, "2000"))
    said = story.score()
    assert said.words("credited_above_amount") == ["4,000 EUR are credited on an invoice over 2,000."]
