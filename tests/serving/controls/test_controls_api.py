"""The life of a set over HTTP: two people, every step, and every refusal a problem."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.principal import Forbidden
from serving.auth.scopes import Role, Scope
from tests.serving.controls.firm import CONTROLS
from tests.serving.controls.kit import STRICT, changed
from tests.serving.factories import NOW
from tests.serving.kit import OpenClient, api_key

WHY = {"why": "agreed with finance"}


@pytest.fixture
def anna(log_in: OpenClient) -> TestClient:
    return log_in("anna", Role.MANAGER)


@pytest.fixture
def bert(log_in: OpenClient) -> TestClient:
    return log_in("bert", Role.MANAGER)


def propose(client: TestClient, content: dict[str, Any] = STRICT.content) -> Any:
    return client.post("/v1/controls/proposals", json={"reason": "audit finding 7", "document": content})


def step(client: TestClient, proposal_id: str, name: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/v1/controls/proposals/{proposal_id}/{name}", json=body or WHY)


def test_a_set_comes_into_force_and_is_rolled_back(firm: Engine, anna: TestClient, bert: TestClient) -> None:
    made = propose(anna)
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    proposal_id = made.json()["proposal_id"]
    tested = step(anna, proposal_id, "backtest", {"sample": 10}).json()
    assert (tested["invoices"], tested["result"]["newly_held"]["invoices"]) == (1, 0)
    assert step(anna, proposal_id, "shadow").json()["state"] == "shadow"
    assert anna.get(f"/v1/controls/proposals/{proposal_id}/shadow").json()["scores"] == 0
    assert step(anna, proposal_id, "approve").status_code == 409
    assert step(bert, proposal_id, "approve").json()["state"] == "approved"
    assert step(bert, proposal_id, "activate").json()["version"] == STRICT.version
    whole = anna.get(f"/v1/controls/proposals/{proposal_id}").json()
    assert [event["to_state"] for event in whole["events"]][-1] == "active"
    assert whole["backtest"]["backtest_id"] == tested["backtest_id"]
    assert bert.post("/v1/controls/rollback", json=WHY).json()["version"] == CONTROLS.version
    actions = [row["action"] for row in anna.get("/v1/controls/activations").json()["activations"]]
    assert actions == ["rollback", "activate", "shipped"]


def test_the_controls_in_force_are_listed_with_their_version(anna: TestClient) -> None:
    found = anna.get("/v1/controls").json()
    assert (found["version"], len(found["controls"]), found["problem"]) == (CONTROLS.version, len(CONTROLS.base), None)


def test_a_version_is_kept_as_it_was_written(anna: TestClient) -> None:
    propose(anna)
    kept = anna.get(f"/v1/controls/versions/{STRICT.version}").json()
    assert kept["document"] == STRICT.content
    assert anna.get("/v1/controls/versions/none").status_code == 404


def test_a_bad_set_is_refused_with_its_place(anna: TestClient) -> None:
    content = CONTROLS.content
    spoiled = {**content, "controls": [content["controls"][0] | {"expression": "invoice.amount > 1.0"}]}
    refused = propose(anna, spoiled)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/document"
    assert "may be null here; compare with null first (character 9)" in refused.json()["detail"]


def test_a_proposal_is_listed_and_withdrawn(anna: TestClient) -> None:
    proposal_id = propose(anna).json()["proposal_id"]
    listed = anna.get("/v1/controls/proposals", params={"state": "proposed"}).json()["proposals"]
    assert [row["proposal_id"] for row in listed] == [proposal_id]
    assert step(anna, proposal_id, "withdraw").json()["state"] == "withdrawn"
    assert propose(anna).status_code == 201


def test_the_same_key_proposes_once(anna: TestClient) -> None:
    body = {"reason": "audit finding 7", "document": changed(version=9).content}
    answers = [anna.post("/v1/controls/proposals", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["Idempotency-Replayed"] == "true"


def test_a_machine_cannot_be_the_second_person(engine: Engine) -> None:
    with pytest.raises(Forbidden, match="a key cannot carry those scopes"):
        api_key(engine, Scope.RULES_APPROVE)


def test_a_snooze_is_made_listed_and_ended(firm: Engine, anna: TestClient) -> None:
    until = (NOW + timedelta(days=9)).isoformat()
    body = {"control_id": "credit_hold", "client_id": "C1", "until": until, "reason": "agreed"}
    made = anna.post("/v1/controls/snoozes", json=body)
    assert (made.status_code, made.json()["in_force"]) == (201, True)
    hard = anna.post("/v1/controls/snoozes", json=body | {"control_id": "po_missing"})
    assert (hard.status_code, hard.json()["type"]) == (409, "urn:triage:problem:hard-stop-cannot-be-snoozed")
    ended = anna.post(f"/v1/controls/snoozes/{made.json()['snooze_id']}/end", json=WHY).json()
    assert (ended["in_force"], ended["ended_because"]) == (False, WHY["why"])
    assert anna.get("/v1/controls/snoozes", params={"in_force": True}).json() == {"snoozes": []}
