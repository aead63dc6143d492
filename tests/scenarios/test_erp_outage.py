"""ERP outage and replay

The integration fails for days: once is a warning, three times in a row ask for a look. Then everything queued arrives
at once, with the days on which it happened. It counts from its arrival; what was said during the outage stays said.
"""

from typing import Any

from ledger.records import Payment, Record
from tests.scenarios.documents import sync
from tests.scenarios.story import CLEARED, NOTICED, Story, sent
from tests.serving.factories import change_order, contract, invoice, line, record, time_entry

PAID = {"payment_id": "PAY-1", "invoice_id": "INV-0", "client_id": "C1", "amount": "900", "currency": "EUR"}
QUEUED: list[Record] = [
    line(),
    time_entry(version="2"),
    record(Payment, **PAID, paid_on="2026-02-03"),
    change_order(),
    sync(5, success=True),
]


def fails(story: Story, day: str, number: int) -> Any:
    """An attempt fails, and the invoice is scored."""
    story.on(day)
    story.tell(sync(number, success=False, message="ERP does not answer"))
    return story.score()


def test_what_was_said_in_the_outage_stays_said_when_the_queue_arrives(story: Story) -> None:
    story.tell(invoice(), line(7, invoice_id="INV-0"), invoice(0, amount="900", status="issued"))
    story.tell(contract(version="2", cap_amount="2000"))
    once, _, thrice = (fails(story, f"2026-02-0{2 + number}", number) for number in (1, 2, 3))
    assert once.fires == ["cap_exceeded", "header_without_lines", "sync_failed"]
    assert thrice.fires == ["cap_exceeded", "header_without_lines", "sync_failed", "sync_fails_repeatedly"]
    assert thrice.words("sync_fails_repeatedly") == ["The last 3 attempts to move this invoice failed."]

    story.on("2026-02-09")
    queued = [sent(one) for one in QUEUED]
    assert story.stream(queued)["accepted"] == len(QUEUED)
    after = story.score()
    assert (after.way, after.fires) == (CLEARED, [])
    assert story.stream(queued)["duplicates"] == len(QUEUED)

    assert story.features(after) != story.features(thrice)
    assert story.score(as_of="2026-02-08T09:00:00Z").fires == thrice.fires
    assert story.is_said_again(once)
    assert story.is_said_again(thrice)
    assert story.replayed(thrice, as_of=story.clock.now.isoformat())["recomputed"]["route"] == "auto_clear"


def test_one_failure_is_a_warning_and_three_in_a_row_ask_for_a_look(story: Story) -> None:
    story.tell(invoice(), line())
    once, twice, thrice = (fails(story, f"2026-02-0{2 + number}", number) for number in (1, 2, 3))
    assert [said.way for said in (once, twice, thrice)] == [CLEARED, CLEARED, NOTICED]
    assert once.words("sync_failed") == ["The last attempt to move this invoice between systems failed."]
    assert thrice.because == "Synchronisation keeps failing"
    story.tell(sync(4, success=True))
    assert story.score().fires == []
