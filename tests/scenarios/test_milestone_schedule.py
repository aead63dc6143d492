"""Milestone accepted, ERP schedule not updated

The delivery system has the signed acceptance, the ERP still says "planned". The workflow engine that asked is parked on
the hold; the case waits for evidence, the schedule is corrected, the release is allowed and the callback resumes it.
"""

import json

from standardwebhooks import Webhook

from ledger.records.events import ReviewAction
from serving.auth.scopes import Role
from tests.scenarios.documents import JANUARY
from tests.scenarios.story import CLEARED, STOPPED, Story
from tests.serving.callbacks.receiver import Receiver
from tests.serving.factories import contract, invoice, line, milestone

AGREED = contract(version="2", billing_method="milestone", acceptance_required=True)
GO_LIVE = (
    invoice(billing_method="milestone", **JANUARY),
    line(line_kind="milestone", milestone_id="M1", quantity="1", unit_rate="1800", role=None, resource_id=None),
)
ACCEPTED = milestone(source="psa", accepted_on="2026-01-29")
PLANNED = milestone(source="erp", status="planned", evidence_ref=None)


def test_the_schedule_that_lags_behind_holds_the_invoice_and_says_who_contradicts_whom(story: Story) -> None:
    story.tell(AGREED, ACCEPTED, *GO_LIVE)
    before = story.score()
    assert (before.way, before.fires) == (CLEARED, [])
    story.on("2026-02-03")
    story.tell(PLANNED)
    behind = story.score()
    assert (behind.way, behind.because) == (STOPPED, "Milestone acceptance missing")
    assert behind.fires == ["milestone_not_accepted", "milestone_schedule_behind"]
    assert behind.words("milestone_not_accepted")[1] == (
        "line L-1: milestone M1 is planned, acceptance reference not known"
    )
    assert behind.words("milestone_schedule_behind") == [
        "1 milestone(s) show an acceptance that the billing schedule does not have.",
        "line L-1: milestone M1 is planned, accepted on not known",
    ]
    assert story.is_said_again(before)
    story.tell(milestone(source="erp", version="2", accepted_on="2026-01-29"))
    after = story.score()
    assert (after.way, after.fires) == (CLEARED, [])
    assert story.features(after) != story.features(behind)
    assert story.is_said_again(behind)


def test_acceptance_without_the_signed_document_is_no_acceptance(story: Story) -> None:
    story.tell(AGREED, milestone(evidence_ref=None), *GO_LIVE)
    assert story.score().fires == [
        "milestone_not_accepted",
    ]
    story.tell(milestone(version="2"))
    assert story.score().way == CLEARED


def test_the_parked_workflow_is_resumed_once_when_the_case_is_decided(story: Story, receiver: Receiver) -> None:
    admin, rita = story.person("ada", Role.ADMIN), story.person("rita", Role.REVIEWER)
    allowed = admin.http.post("/v1/callback-endpoints", json={"name": "flows", "prefix": receiver.url}).json()
    story.tell(AGREED, ACCEPTED, *GO_LIVE)
    story.tell(PLANNED)
    parked = story.score(callback_url=f"{receiver.url}/resume", correlation_id="process-7")

    case = rita.take(parked)
    assert rita.decide(case, ReviewAction.RELEASE).json()["type"] == "urn:triage:problem:hard-stop"
    asked = {"kind": "answer", "question": "update the schedule, please", "asked_name": "Petra", "fence": case["fence"]}
    assert rita.http.post(f"/v1/cases/{case['case_id']}/requests", json=asked).status_code == 201
    story.work()
    assert receiver.got == []

    story.tell(milestone(source="erp", version="2", accepted_on="2026-01-29"))
    rita.http.post(f"/v1/cases/{case['case_id']}/resume", json={"note": "schedule updated"})
    stopped = rita.take(parked)
    assert rita.decide(stopped, ReviewAction.RELEASE).json()["type"] == "urn:triage:problem:score-changed"
    assert rita.decide(rita.read(case), ReviewAction.RELEASE).json()["case"]["state"] == "decided"
    story.work()
    story.work()
    [got] = receiver.got
    Webhook(allowed["secret"]).verify(got.body, got.headers)
    data = json.loads(got.body)["data"]
    assert (data["correlation_id"], data["decision"]["action"]) == ("process-7", "release")
