"""Callbacks over HTTP: the list, the messages, redelivery; and a score that asks to be called back."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ledger.database import Database
from serving.auth.scopes import Role
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks.kit import Asked, decide_case, deliver, fill, reviewer, sent, work_once
from tests.serving.callbacks.receiver import Receiver
from tests.serving.kit import OpenClient


@pytest.fixture
def ada(log_in: OpenClient) -> Iterator[TestClient]:
    """An administrator."""
    with log_in("ada", Role.ADMIN) as client:
        yield client


def asked(machine: TestClient, receiver: Receiver, **more: str) -> dict[str, str]:
    body = {"invoice_id": "INV-1", "callback_url": receiver.url + "/done", "correlation_id": "flow-7", **more}
    answer = machine.post("/v1/scores", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_score_is_called_back_when_its_case_is_decided(
    state: ServingState, database: Database, machine: TestClient, receiver: Receiver, endpoint: tuple[Row, str]
) -> None:
    fill(state.engine)
    score = asked(machine, receiver)
    decide_case(Asked(state, score), reviewer(state.engine))
    work_once(state, database)
    [got] = receiver.got
    assert got.path == "/hooks/done"
    assert score["score_id"] in got.body


def test_a_callback_that_is_not_allowed_scores_nothing(
    state: ServingState, machine: TestClient, receiver: Receiver
) -> None:
    fill(state.engine)
    answer = machine.post("/v1/scores", json={"invoice_id": "INV-1", "callback_url": receiver.url})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/callback_url"


def test_an_endpoint_is_made_listed_rotated_disabled_and_enabled(ada: TestClient) -> None:
    body = {"name": "Camunda", "prefix": "https://flows.example.com:8443/hooks"}
    made = ada.post("/v1/callback-endpoints", json=body)
    assert made.status_code == 201
    place = f"/v1/callback-endpoints/{made.json()['endpoint']['endpoint_id']}"
    assert ada.post("/v1/callback-endpoints", json=body).status_code == 409
    rotated = ada.post(f"{place}/rotation", json={"overlap_hours": 2}).json()
    assert rotated["secret"] != made.json()["secret"]
    assert rotated["endpoint"]["live_secrets"] == 2
    assert ada.post(f"{place}/disable", json={"because": "moved"}).json()["because"] == "moved"
    assert ada.post(f"{place}/enable").json()["active"] is True
    [listed] = ada.get("/v1/callback-endpoints").json()["endpoints"]
    assert listed["name"] == "Camunda"
    assert "secret" not in listed


@pytest.fixture
def dead(state: ServingState, machine: TestClient, receiver: Receiver, endpoint: tuple[Row, str]) -> Row:
    """A message that was given up."""
    receiver.statuses = [500]
    fill(state.engine)
    decide_case(Asked(state, asked(machine, receiver)), reviewer(state.engine))
    return deliver(state, sent(state)[0], times=3)


def test_a_dead_message_is_found_with_its_attempts(ada: TestClient, dead: Row) -> None:
    [listed] = ada.get("/v1/callbacks?state=dead").json()["callbacks"]
    assert (listed["message_id"], listed["attempts"]) == (dead["message_id"], 3)
    assert ada.get("/v1/callbacks?state=delivered").json() == {"callbacks": [], "next_cursor": None}
    detail = ada.get(f"/v1/callbacks/{dead['message_id']}").json()
    assert [(one["number"], one["status"]) for one in detail["attempt_log"]] == [(1, 500), (2, 500), (3, 500)]


def test_redelivery_sends_the_same_message_again(
    ada: TestClient, state: ServingState, database: Database, receiver: Receiver, dead: Row
) -> None:
    receiver.statuses = [500, 200]
    answer = ada.post(f"/v1/callbacks/{dead['message_id']}/redelivery")
    assert (answer.status_code, answer.json()["state"]) == (202, "pending")
    assert deliver(state, dead, times=2)["state"] == "delivered"
    assert {got.headers["webhook-id"] for got in receiver.got} == {dead["message_id"]}
    work_once(state, database)
    assert len(receiver.got) == 5


def test_redelivery_waits_for_an_endpoint_that_is_enabled(ada: TestClient, dead: Row) -> None:
    place = f"/v1/callback-endpoints/{dead['endpoint_id']}"
    ada.post(f"{place}/disable", json={"because": "moved"})
    refused = ada.post(f"/v1/callbacks/{dead['message_id']}/redelivery")
    assert refused.json()["type"] == "urn:triage:problem:not-redeliverable"
    ada.post(f"{place}/enable")
    assert ada.post(f"/v1/callbacks/{dead['message_id']}/redelivery").status_code == 202


def test_what_is_on_its_way_is_not_sent_again_beside_it(ada: TestClient, state: ServingState, dead: Row) -> None:
    with state.engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1 FROM callback_message FOR UPDATE")
        refused = ada.post(f"/v1/callbacks/{dead['message_id']}/redelivery")
    assert "on its way" in refused.json()["detail"]


def test_messages_come_page_by_page(ada: TestClient, dead: Row) -> None:
    page = ada.get("/v1/callbacks?limit=1").json()
    assert page["next_cursor"] == dead["message_id"]
    assert ada.get(f"/v1/callbacks?limit=1&cursor={page['next_cursor']}").json()["callbacks"] == []


def test_what_does_not_exist_is_not_found(app: FastAPI, ada: TestClient) -> None:
    assert ada.get("/v1/callbacks/none").json()["type"] == "urn:triage:problem:unknown-callback"
    assert ada.post("/v1/callbacks/none/redelivery").status_code == 404
    gone = ada.post("/v1/callback-endpoints/none/enable")
    assert gone.json()["type"] == "urn:triage:problem:unknown-endpoint"
