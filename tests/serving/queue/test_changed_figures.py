"""Whoever decides, decides on what they saw: changed figures raise the fence, and the database refuses on its own."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from serving.app import create_app
from serving.auth.principal import Principal
from serving.auth.scopes import Role, Scope
from serving.ids import new_id
from serving.policy import Policy
from serving.queue import bulk, service
from serving.queue.bulk_finish import finish_due
from serving.queue.bulk_preview import Bulk
from serving.queue.bulk_schemas import BulkRequest
from serving.queue.decide import DecisionRequest
from serving.queue.decide import decide as decide_on
from serving.rules import register_rules
from serving.state import ServingState
from tests.serving.factories import client, invoice, line, time_entry, write
from tests.serving.kit import OpenClient, api_key, person


def take(who: TestClient, machine: TestClient, invoice_id: str = "INV-1") -> dict[str, Any]:
    case_id = machine.post("/v1/scores", json={"invoice_id": invoice_id}).json()["case_id"]
    taken: dict[str, Any] = who.post(f"/v1/cases/{case_id}/claim").json()
    return taken


def decide(who: TestClient, case: dict[str, Any], action: str = "release", **more: Any) -> Any:
    return who.post(f"/v1/cases/{case['case_id']}/decision", json={"action": action, "fence": case["fence"], **more})


def grown(amount: str = "60000", version: str = "2") -> list[Any]:
    """A new version of the invoice and its line, over another amount."""
    quantity = f"{int(amount) / 180:.6f}"
    return [invoice(version=version, amount=amount), line(version=version, amount=amount, quantity=quantity)]


@pytest.fixture
def rita(log_in: OpenClient) -> TestClient:
    return log_in("rita", Role.REVIEWER)


def test_a_new_amount_between_reading_and_deciding_is_told_and_nothing_is_decided(
    rita: TestClient, machine: TestClient, firm: Engine
) -> None:
    case = take(rita, machine)
    write(firm, grown())
    refused = decide(rita, case, note="looks fine")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:score-changed")
    told = {change["figure"]: change for change in refused.json()["changes"]}
    assert (told["amount"]["shown"], told["amount"]["now"]) == ("1800.00", "60000.00")
    assert told["four_eyes"]["now"] is True
    story = rita.get(f"/v1/cases/{case['case_id']}").json()
    assert (story["case"]["state"], story["case"]["amount"], story["decisions"]) == ("claimed", "60000.00", [])
    entry = story["events"][-1]
    assert (entry["event"], entry["detail"]["note"]) == ("refused", "looks fine")
    with firm.connect() as connection:
        query = "SELECT count(*) FROM audit_entry WHERE action = 'decision_refused' AND subject_id = 'INV-1'"
        assert connection.execute(text(query)).scalar_one() == 1


def test_an_old_fence_never_releases_and_the_new_one_needs_two(
    rita: TestClient, machine: TestClient, firm: Engine
) -> None:
    case = take(rita, machine)
    write(firm, grown())
    assert decide(rita, case).json()["type"].endswith("score-changed")
    assert decide(rita, case).json()["type"].endswith("score-changed")
    now = rita.get(f"/v1/cases/{case['case_id']}").json()["case"]
    first = decide(rita, now, reason_code="hours_not_approved", note="agreed").json()
    assert (first["second_release_needed"], first["case"]["state"]) == (True, "open")


def test_a_first_release_does_not_count_for_another_amount(
    rita: TestClient, machine: TestClient, log_in: OpenClient, firm: Engine
) -> None:
    write(firm, grown())
    why = {"reason_code": "hours_not_approved", "note": "agreed"}
    assert decide(rita, take(rita, machine), **why).json()["second_release_needed"] is True
    write(firm, grown("90000", "3"))
    mona = log_in("mona", Role.MANAGER)
    second = decide(mona, take(mona, machine), **why).json()
    assert (second["second_release_needed"], second["case"]["state"]) == (True, "open")


def test_a_case_that_became_a_seniors_goes_to_one(
    rita: TestClient, machine: TestClient, log_in: OpenClient, firm: Engine
) -> None:
    case = take(rita, machine)
    write(firm, grown("120000"))
    refused = decide(rita, case).json()
    assert (refused["type"], refused["handed_on"]) == ("urn:triage:problem:score-changed", True)
    sam = log_in("sam", Role.SENIOR_REVIEWER)
    assert sam.post("/v1/cases/next").json()["case_id"] == case["case_id"]


def test_after_a_first_release_the_case_leaves_the_list_of_who_gave_it(
    rita: TestClient, machine: TestClient, log_in: OpenClient, firm: Engine
) -> None:
    write(firm, grown())
    case = take(rita, machine)
    with firm.begin() as connection:
        connection.execute(text("UPDATE review_case SET assigned_to = claimed_by, assigned_at = now()"))
    why = {"reason_code": "hours_not_approved", "note": "agreed"}
    assert decide(rita, case, **why).json()["second_release_needed"] is True
    sam = log_in("sam", Role.SENIOR_REVIEWER)
    assert decide(sam, take(sam, machine), **why).json()["case"]["state"] == "decided"


def test_overriding_a_control_that_asks_for_review_needs_reason_and_note(
    rita: TestClient, machine: TestClient, firm: Engine
) -> None:
    write(firm, [time_entry(version="2", status="submitted")])
    case = take(rita, machine)
    refused = decide(rita, case)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:triage:problem:override-unexplained")
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/reason_code", "/note"}
    released = decide(rita, case, reason_code="hours_not_approved", note="approved by mail")
    assert released.json()["case"]["state"] == "decided"


def test_what_changed_while_it_was_planned_leaves_the_bulk_decision(
    state: ServingState, machine: TestClient, firm: Engine
) -> None:
    rita = person(firm, "rita", Role.REVIEWER)
    case_id = machine.post("/v1/scores", json={"invoice_id": "INV-1"}).json()["case_id"]
    with firm.begin() as connection:
        asked = BulkRequest.model_validate({"action": "release", "case_ids": [case_id], "note": "month end"})
        bulk.plan(Bulk(connection, state, rita), asked)
    write(firm, grown())
    with firm.begin() as connection:
        connection.execute(text("UPDATE bulk_batch SET pending_until = now() - interval '1 s'"))
    finish_due(state)
    with firm.begin() as connection:
        item = connection.execute(text("SELECT state, because FROM bulk_item")).one()
        kase = connection.execute(text("SELECT state, amount FROM review_case")).one()
    assert item.state == "dropped"
    assert "from 1,800.00 EUR to 60,000.00 EUR" in item.because
    assert (kase.state, kase.amount) == ("open", 60000)


def test_a_decision_can_be_undone_until_it_takes_effect(state: ServingState, firm: Engine) -> None:
    policy = Policy.model_validate(state.policy.model_dump() | {"undo_minutes": 5})
    later = replace(state, policy=policy)
    with firm.begin() as connection:
        register_rules(connection, later)

    app = create_app(later)
    key = api_key(firm, Scope.SCORES_WRITE, Scope.SCORES_READ, Scope.CASES_READ)
    machine = TestClient(app, headers={"Authorization": f"Bearer {key}"})
    person(firm, "rita", Role.REVIEWER)
    rita = TestClient(app)
    rita.post("/v1/session", json={"login": "rita", "password": "correct horse"})
    case = take(rita, machine)
    planned = decide(rita, case).json()
    assert (planned["decision_id"], planned["case"]["state"]) == (None, "claimed")
    assert planned["takes_effect_at"] is not None
    asked = machine.post("/v1/scores", json={"invoice_id": "INV-1"}).json()
    assert (asked["may_send"], asked["decision"]["action"], asked["decision"]["final"]) == (False, "release", False)
    assert decide(rita, case, "hold", reason_code="rate").json()["type"].endswith("already-decided")
    assert rita.post(f"/v1/cases/{case['case_id']}/undo").json()["state"] == "claimed"
    assert rita.post(f"/v1/cases/{case['case_id']}/undo").json()["type"].endswith("too-late-to-undo")
    decide(rita, case)
    with firm.begin() as connection:
        connection.execute(text("UPDATE bulk_batch SET pending_until = now() - interval '1 s'"))
    assert finish_due(later) == 1
    assert machine.post("/v1/scores", json={"invoice_id": "INV-1"}).json()["route"] == "released"


# The database by itself ---------------------------------------------------------------------------------------------


def insert(connection: Connection, case_id: str, who: str, **values: Any) -> None:
    row = {"action": "release", "final": True, "fence": 1} | values
    statement = """
        INSERT INTO case_decision (decision_id, case_id, score_id, action, final, reviewer_id, saw_score, fence)
        SELECT :id, case_id, score_id, :action, :final, :who, true, :fence FROM review_case WHERE case_id = :case
    """
    connection.execute(text(statement), row | {"id": new_id(), "case": case_id, "who": who})


@pytest.mark.parametrize(
    ("records", "fence", "constraint"),
    [
        (grown(), 1, "ck_case_decision_four_eyes"),
        ([client(version="2", status="blocked")], 1, "ck_case_decision_hard_stop"),
        ([], 0, "ck_case_decision_fence_current"),
    ],
)
def test_the_database_refuses_what_must_not_happen(
    rita: TestClient, machine: TestClient, firm: Engine, records: list[Any], fence: int, constraint: str
) -> None:
    write(firm, records)
    case = take(rita, machine)
    sam = person(firm, "sam", Role.SENIOR_REVIEWER).principal_id
    with pytest.raises(IntegrityError) as error, firm.begin() as connection:
        insert(connection, case["case_id"], sam, fence=fence)
    assert isinstance(error.value.orig, psycopg.Error)
    assert error.value.orig.diag.constraint_name == constraint


def test_a_lease_outlives_a_change_of_figures(rita: TestClient, machine: TestClient, firm: Engine) -> None:
    case = take(rita, machine)
    write(firm, grown())
    machine.post("/v1/scores", json={"invoice_id": "INV-1"})
    kept = rita.post(f"/v1/cases/{case['case_id']}/heartbeat", json={"fence": case["fence"]})
    assert (kept.status_code, kept.json()["fence"]) == (200, case["fence"] + 1)


def planned_and_due(state: ServingState, firm: Engine, machine: TestClient, rita: Principal) -> None:
    """Rita releases INV-1 on its page, the invoice grows, and the time to undo is over."""
    policy = Policy.model_validate(state.policy.model_dump() | {"undo_minutes": 5})
    later = replace(state, policy=policy)
    with firm.begin() as connection:
        register_rules(connection, later)
    case_id = machine.post("/v1/scores", json={"invoice_id": "INV-1"}).json()["case_id"]
    with firm.begin() as connection:
        kase = service.claim(connection, later, case_id, principal=rita)
        request = DecisionRequest.model_validate({"action": "release", "fence": kase["fence"]})
        decide_on(connection, later, case_id, request, principal=rita)
    write(firm, grown())
    with firm.begin() as connection:
        connection.execute(text("UPDATE bulk_batch SET pending_until = now() - interval '1 s'"))


def test_a_single_decision_that_is_dropped_goes_back_to_whoever_took_it(
    state: ServingState, machine: TestClient, firm: Engine
) -> None:
    rita = person(firm, "rita", Role.REVIEWER, Role.SENIOR_REVIEWER)
    planned_and_due(state, firm, machine, rita)
    assert finish_due(state) == 1
    with firm.begin() as connection:
        kase = connection.execute(text("SELECT state, assigned_to FROM review_case")).one()
        event = connection.execute(text("SELECT event FROM case_event ORDER BY event_id DESC LIMIT 1")).scalar_one()
    assert (kase.state, kase.assigned_to, event) == ("open", rita.principal_id, "assigned")


@pytest.mark.parametrize("barred", ["no senior", "gone"])
def test_one_that_its_maker_may_not_decide_any_more_goes_to_the_queue(
    state: ServingState, machine: TestClient, firm: Engine, barred: str
) -> None:
    rita = person(firm, "rita", Role.REVIEWER)
    planned_and_due(state, firm, machine, rita)
    statements = {"gone": "UPDATE account SET active = false", "no senior": "UPDATE review_case SET escalated = true"}
    with firm.begin() as connection:
        connection.execute(text(statements[barred]))
    assert finish_due(state) == 1
    with firm.begin() as connection:
        kase = connection.execute(text("SELECT state, assigned_to FROM review_case")).one()
    assert (kase.state, kase.assigned_to) == ("open", None)
