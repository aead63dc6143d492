"""The queue over HTTP: claim, decide, four eyes, segregation of duties, and the record that comes of it."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.scopes import Role
from tests.serving.factories import clean, client, invoice, line, write
from tests.serving.kit import OpenClient


@pytest.fixture
def rita(log_in: OpenClient, firm: Engine, machine: TestClient) -> TestClient:
    """A reviewer, with one case in the queue."""
    machine.post("/v1/scores", json={"invoice_id": "INV-1"})
    return log_in("rita", Role.REVIEWER)


def take(person: TestClient) -> dict[str, Any]:
    answer = person.post("/v1/cases/next")
    assert answer.status_code == 200, answer.text
    case: dict[str, Any] = answer.json()
    return case


def decide(person: TestClient, case: dict[str, Any], action: str, **more: Any) -> Any:
    body = {"action": action, "fence": case["fence"], **more}
    return person.post(f"/v1/cases/{case['case_id']}/decision", json=body)


def test_a_decision_closes_the_case_and_comes_back_as_a_ledger_record(rita: TestClient, firm: Engine) -> None:
    case = take(rita)
    answer = decide(rita, case, "hold", reason_code="rate", note="rate is wrong")
    assert answer.json()["case"]["state"] == "decided", answer.text
    with firm.connect() as connection:
        row = connection.execute(text("SELECT * FROM review_decision")).mappings().one()
    assert (row["case_id"], row["action"], row["reason_code"]) == (case["case_id"], "hold", "rate")
    assert row["propensity"] == 1.0


def test_the_review_log_carries_decision_and_score_together(rita: TestClient, firm: Engine) -> None:
    decide(rita, take(rita), "correct", reason_code="rate")
    with firm.connect() as connection:
        row = connection.execute(text("SELECT * FROM review_log_v1")).mappings().one()
    assert (row["action"], row["route"], row["final"]) == ("correct", "review", True)
    assert len(row["features"]) > 30


def test_a_clean_invoice_is_released(rita: TestClient) -> None:
    answer = decide(rita, take(rita), "release").json()
    assert (answer["case"]["state"], answer["second_release_needed"]) == ("decided", False)


def test_a_hard_stop_cannot_be_released_until_its_cause_is_gone(rita: TestClient, firm: Engine) -> None:
    case = take(rita)
    write(firm, [client(version="2", status="blocked")])
    changed = decide(rita, case, "release")
    assert (changed.status_code, changed.json()["type"]) == (409, "urn:triage:problem:score-changed")
    now = rita.get(f"/v1/cases/{case['case_id']}").json()["case"]
    refused = decide(rita, now, "release")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:hard-stop")
    assert refused.json()["controls"][0]["remedy"]
    write(firm, [client(version="3")])
    assert decide(rita, now, "release").json()["type"] == "urn:triage:problem:score-changed"
    now = rita.get(f"/v1/cases/{case['case_id']}").json()["case"]
    assert decide(rita, now, "release").json()["case"]["state"] == "decided"


def test_a_refused_release_changes_nothing(rita: TestClient, firm: Engine) -> None:
    case = take(rita)
    write(firm, [client(version="2", status="blocked")])
    decide(rita, case, "release")
    with firm.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM case_decision")).scalar_one() == 0
        query = "SELECT claimed_by IS NOT NULL, fence FROM review_case"
        assert connection.execute(text(query)).one() == (True, case["fence"] + 1)


@pytest.mark.parametrize("resource_id", ["PREP", "OWNER", "PM1"])
def test_who_prepared_owns_or_manages_does_not_decide(rita: TestClient, log_in: OpenClient, resource_id: str) -> None:
    involved = log_in("involved", Role.SENIOR_REVIEWER, resource_id=resource_id)
    assert involved.post("/v1/cases/next").status_code == 204
    case_id = rita.get("/v1/cases").json()["cases"][0]["case_id"]
    refused = involved.post(f"/v1/cases/{case_id}/claim")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:triage:problem:segregation-of-duties")
    assert "prepared" in involved.get(f"/v1/cases/{case_id}").json()["barred"]


def test_a_large_release_needs_a_second_and_senior_person(
    rita: TestClient, machine: TestClient, log_in: OpenClient, firm: Engine
) -> None:
    big = {"version": "2", "amount": "60000"}
    write(firm, [invoice(**big), line(**big, quantity="333.333333")])
    sam, mona = log_in("sam", Role.SENIOR_REVIEWER), log_in("mona", Role.MANAGER)
    decide(rita, take(rita), "escalate", note="large")
    machine.post("/v1/scores", json={"invoice_id": "INV-1"})
    why = {"reason_code": "hours_not_approved", "note": "approved by mail"}
    first = decide(sam, take(sam), "release", **why).json()
    assert (first["second_release_needed"], first["case"]["state"]) == (True, "open")
    assert sam.post("/v1/cases/next").status_code == 204
    second = decide(mona, take(mona), "release", **why).json()
    assert (second["second_release_needed"], second["case"]["state"]) == (False, "decided")


def test_an_escalated_case_is_out_of_a_reviewers_reach(rita: TestClient, log_in: OpenClient) -> None:
    log_in("sam", Role.SENIOR_REVIEWER)
    case = take(rita)
    assert decide(rita, case, "escalate", note="unsure").json()["case"]["state"] == "open"
    assert rita.post("/v1/cases/next").status_code == 204
    refused = rita.post(f"/v1/cases/{case['case_id']}/claim")
    assert refused.json()["type"] == "urn:triage:problem:senior-needed"


def test_a_request_for_evidence_waits_and_can_be_resumed(rita: TestClient) -> None:
    case = take(rita)
    asked = {"kind": "answer", "question": "PO please", "asked_name": "Petra", "fence": case["fence"]}
    assert rita.post(f"/v1/cases/{case['case_id']}/requests", json=asked).status_code == 201
    resumed = rita.post(f"/v1/cases/{case['case_id']}/resume", json={"note": "PO came"})
    assert resumed.json()["state"] == "open"
    assert take(rita)["fence"] == case["fence"] + 1


def test_a_request_for_evidence_of_nobody_is_refused_with_whom_to_ask(rita: TestClient) -> None:
    case = take(rita)
    refused = decide(rita, case, "request_evidence", note="PO please")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:triage:problem:nobody-asked")
    assert refused.json()["errors"][0]["pointer"] == "/action"
    assert f"POST /v1/cases/{case['case_id']}/requests" in refused.json()["detail"]
    assert {person["asked_id"] for person in refused.json()["people"]} >= {"PREP"}
    assert rita.get(f"/v1/cases/{case['case_id']}").json()["case"]["state"] == "claimed"


def test_a_request_for_evidence_waits_again_while_somebody_is_asked(rita: TestClient) -> None:
    case = take(rita)
    asked = {"kind": "answer", "question": "PO please", "asked_name": "Petra", "fence": case["fence"]}
    rita.post(f"/v1/cases/{case['case_id']}/requests", json=asked)
    rita.post(f"/v1/cases/{case['case_id']}/resume", json={"note": "looked once more"})
    assert decide(rita, take(rita), "request_evidence", note="still").json()["case"]["state"] == "waiting"


def test_deciding_twice_is_refused(rita: TestClient) -> None:
    case = take(rita)
    assert decide(rita, case, "hold", reason_code="other").status_code == 200
    again = decide(rita, case, "hold", reason_code="other")
    assert (again.status_code, again.json()["type"]) == (409, "urn:triage:problem:case-closed")


def test_an_old_fence_is_refused(rita: TestClient) -> None:
    case = take(rita)
    rita.post(f"/v1/cases/{case['case_id']}/release", json={"fence": case["fence"]})
    take(rita)
    refused = decide(rita, case, "hold", reason_code="other")
    assert refused.json()["type"] == "urn:triage:problem:claim-lost"


def test_a_held_case_says_who_holds_it(rita: TestClient, log_in: OpenClient) -> None:
    case = take(rita)
    refused = log_in("bob", Role.REVIEWER).post(f"/v1/cases/{case['case_id']}/claim")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:not-claimable")
    assert "Rita" in refused.json()["detail"]


def test_an_expired_lease_is_taken_over_and_the_old_claim_is_lost(
    rita: TestClient, log_in: OpenClient, app: Any
) -> None:
    state = app.state.serving
    app.state.serving = replace(state, settings=state.settings.model_copy(update={"lease_minutes": -1}))
    case = take(rita)
    taken = log_in("bob", Role.REVIEWER).post(f"/v1/cases/{case['case_id']}/claim").json()
    assert taken["fence"] == case["fence"] + 1
    assert rita.post(f"/v1/cases/{case['case_id']}/heartbeat", json={"fence": case["fence"]}).status_code == 409


def test_a_reason_is_needed_to_hold(rita: TestClient) -> None:
    refused = decide(rita, take(rita), "hold")
    assert refused.status_code == 422
    assert "reason_code" in refused.json()["detail"]


def test_a_cancelled_case_leaves_the_queue(rita: TestClient, log_in: OpenClient) -> None:
    case_id = rita.get("/v1/cases").json()["cases"][0]["case_id"]
    assert rita.post(f"/v1/cases/{case_id}/cancel", json={"note": "gone"}).status_code == 403
    sam = log_in("sam", Role.SENIOR_REVIEWER)
    assert sam.post(f"/v1/cases/{case_id}/cancel", json={"note": "gone"}).json()["state"] == "cancelled"
    assert sam.get("/v1/cases").json()["cases"] == []


def test_pages_follow_expected_cash_without_gaps_or_repeats(
    rita: TestClient, machine: TestClient, firm: Engine
) -> None:
    for number in range(2, 6):
        amount = {"amount": str(1000 * number)}
        write(firm, [clean(number)[0].model_copy(update={"amount": invoice(**amount).amount})])
        machine.post("/v1/scores", json={"invoice_id": f"INV-{number}"})
    seen, cursor = [], None
    while True:
        page = rita.get("/v1/cases", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [(case["priority"], case["invoice_id"]) for case in page["cases"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len({invoice_id for _, invoice_id in seen}) == 5
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "AAAA", "WyJkdWUiLCIxIiwiMiJd", "W10="])
def test_a_foreign_cursor_is_refused(rita: TestClient, cursor: str) -> None:
    answer = rita.get("/v1/cases", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/cursor")


def test_the_formula_is_shown_with_its_terms(rita: TestClient) -> None:
    case = rita.get("/v1/cases").json()["cases"][0]
    parts = case["priority_parts"]
    expected = parts["delay_value"] + parts["dispute_value"] - parts["review_cost"]
    assert case["priority"] == pytest.approx(expected, abs=0.02)
    assert parts["assumed"] == ["p_late", "p_dispute"]
