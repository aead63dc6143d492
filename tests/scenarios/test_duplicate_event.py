"""Duplicate event

Messages come twice: the same record again, another record under the same key, the same request, and the same invoice
under another number. The first three change nothing; the last one is stopped until one of the two is cancelled.
"""

from tests.scenarios.documents import JANUARY
from tests.scenarios.story import CLEARED, STOPPED, Story, sent
from tests.serving.factories import clean, invoice, line


def test_a_record_that_comes_twice_counts_once(story: Story) -> None:
    first = [sent(record) for record in clean()]
    assert story.post(first)["accepted"] == 2
    before = story.score()
    story.on("2026-02-03")
    again = story.post(first)
    assert (again["accepted"], again["duplicates"]) == (0, 2)
    assert story.is_said_again(before)
    assert story.score().way == CLEARED


def test_other_content_under_the_same_key_is_shown_as_a_conflict_and_changes_nothing(story: Story) -> None:
    story.post([sent(record) for record in clean()])
    before = story.score()
    answer = story.post([sent(invoice(amount="9999"))])
    assert [result["status"] for result in answer["results"]] == ["conflict"]
    after = story.score()
    assert (after.way, after.body["amount"], after.fires) == (CLEARED, before.body["amount"], [])
    assert story.replayed(after)["stored"]["invoice_record_id"] == answer["results"][0]["record_id"]


def test_a_request_that_is_repeated_gives_the_same_bytes_and_one_score(story: Story) -> None:
    story.tell(*clean())
    keyed = {"Idempotency-Key": "billing-7"}
    one, two = (story.machine.post("/v1/scores", json={"invoice_id": "INV-1"}, headers=keyed) for _ in range(2))
    assert one.content == two.content
    assert two.headers["Idempotency-Replayed"] == "true"
    other = story.machine.post("/v1/scores", json={"invoice_id": "INV-2"}, headers=keyed)
    assert other.json()["type"] == "urn:triage:problem:idempotency-key-reused"
    with story.state.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM score").scalar_one() == 1


def test_the_same_invoice_under_another_number_is_stopped_until_one_is_cancelled(story: Story) -> None:
    story.tell(*clean())
    before = story.score()
    story.on("2026-02-03")
    twin = {"invoice_id": "ERP-77", "source": "erp", **JANUARY}
    story.tell(invoice(**twin), line(9, invoice_id="ERP-77", source="erp"))
    for one, other in (("INV-1", "ERP-77"), ("ERP-77", "INV-1")):
        doubled = story.score(one)
        assert (doubled.way, doubled.fires) == (STOPPED, ["duplicate_invoice"])
        assert doubled.words("duplicate_invoice") == [
            "1 other invoice(s) bill the same client, project, period and amount.",
            f"invoice {other} of 31 Jan 2026 over 1,800, draft",
        ]
    story.tell(invoice(**twin, version="2", status="cancelled"))
    assert story.score().way == CLEARED
    assert story.is_said_again(before)


def test_scoring_a_held_invoice_again_keeps_its_one_case(story: Story) -> None:
    story.tell(invoice(), line(amount="1700"))
    one, two = story.score(), story.score()
    assert one.way == two.way == STOPPED
    assert one.body["case_id"] == two.body["case_id"]
