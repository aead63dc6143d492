"""Out-of-order event

Lines come before their invoice, an answer before its question, an old version after a newer one. Each counts from its
arrival: nothing waits for order, and an old version that comes late is the newest knowledge until its source sends
again.
"""

from datetime import UTC, datetime

from ledger.records import Approval
from tests.scenarios.story import CLEARED, NOTICED, STOPPED, Story, sent
from tests.serving.factories import invoice, line, record, time_entry

ASKED = datetime(2026, 2, 1, 9, tzinfo=UTC)


def approval(version: str, decision: str | None) -> Approval:
    """Finance is asked to approve INV-1, and later answers."""
    answered = {"requested_at": ASKED, "decided_at": ASKED if decision else None, "decision": decision}
    ends = {"approval_id": "A1", "subject_kind": "invoice", "subject_id": "INV-1", "approver_id": "FIN"}
    approved: Approval = record(Approval, version=version, event_at=ASKED, **ends, **answered)
    return approved


def test_lines_that_come_before_their_invoice_wait_for_nothing(story: Story) -> None:
    story.tell(line())
    unknown = story.machine.post("/v1/scores", json={"invoice_id": "INV-1"})
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:triage:problem:unknown-invoice")
    story.tell(invoice())
    assert (story.score().way, story.score().fires) == (CLEARED, [])


def test_an_invoice_that_comes_before_its_lines_is_looked_at_meanwhile(story: Story) -> None:
    story.tell(invoice())
    bare = story.score()
    assert (bare.way, bare.fires) == (NOTICED, ["header_without_lines"])
    assert bare.words("header_without_lines") == ["No line of this invoice is known."]
    story.tell(line())
    assert story.score().way == CLEARED
    assert story.is_said_again(bare)


def test_an_old_version_that_comes_late_counts_until_its_source_sends_again(story: Story) -> None:
    story.tell(invoice(), line(), time_entry(version="3", status="approved"))
    before = story.score()
    story.on("2026-02-03")
    story.post([sent(time_entry(version="2", status="submitted"))])  # it happened on 5 January
    late = story.score()
    assert (before.way, late.way, late.fires) == (CLEARED, NOTICED, ["time_not_approved"])
    assert late.words("time_not_approved")[1] == "W1, 12 Jan 2026: 10 h, submitted"
    story.tell(time_entry(version="4", status="approved"))
    after = story.score()
    assert (after.way, after.fires) == (CLEARED, [])
    assert story.is_said_again(before)
    assert story.is_said_again(late)


def test_an_answer_that_overtakes_its_question_looks_taken_back_until_it_is_repeated(story: Story) -> None:
    story.tell(invoice(), line())
    story.post([sent(approval("2", "approved"))])
    assert story.score().way == CLEARED
    story.post([sent(approval("1", None))])
    confused = story.score()
    assert (confused.way, confused.fires) == (STOPPED, ["approval_withdrawn"])
    assert confused.remedy("approval_withdrawn") == "Ask the approver why, and have the invoice approved again."
    story.post([sent(approval("3", "approved"))])
    assert story.score().way == CLEARED
    assert story.is_said_again(confused)
