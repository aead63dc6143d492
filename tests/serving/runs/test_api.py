"""Runs over HTTP: ordered, looked at, read page by page or as a stream, cancelled."""

from dataclasses import replace

import orjson
import pytest
from fastapi.testclient import TestClient

from ledger.database import Database
from serving.runs import service, work
from serving.state import ServingState
from tests.serving.factories import NOW
from tests.serving.runs.kit import billing, work_once


@pytest.fixture
def ids(state: ServingState, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Seven drafts, three to a block."""
    monkeypatch.setattr(service, "BLOCK", 3)
    return billing(state.engine, 7)


def test_a_run_is_accepted_and_found_where_the_answer_says(machine: TestClient, ids: list[str]) -> None:
    answer = machine.post("/v1/runs", json={"invoice_ids": ids})
    assert answer.status_code == 202
    place = answer.headers["location"]
    assert place == f"/v1/runs/{answer.json()['run_id']}"
    run = machine.get(place).json()
    assert (run["state"], run["total"], run["done"], run["routes"]) == ("queued", 7, 0, {})


def test_the_same_key_orders_one_run(machine: TestClient, ids: list[str]) -> None:
    answers = [machine.post("/v1/runs", json={"filter": "unsent"}, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert answers[1].headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/filter"),
        ({"invoice_ids": ["INV-1"], "filter": "unsent"}, "/filter"),
        ({"invoice_ids": []}, "/invoice_ids"),
        ({"invoice_ids": [1]}, "/invoice_ids/0"),
        ({"filter": "all"}, "/filter"),
        ({"filter": "unsent", "false_discovery_rate": 1}, "/false_discovery_rate"),
        ({"filter": "unsent", "as_of": "2999-01-01T00:00:00Z"}, "/as_of"),
        ({"filter": "unsent", "callback_url": "https://example.com/x"}, "/callback_url"),
        ({"filter": "unsent", "colour": "red"}, "/colour"),
    ],
)
def test_a_wrong_order_names_the_field(machine: TestClient, body: dict[str, object], pointer: str) -> None:
    answer = machine.post("/v1/runs", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_results_come_page_by_page(
    machine: TestClient, state: ServingState, database: Database, ids: list[str]
) -> None:
    place = machine.post("/v1/runs", json={"invoice_ids": ids}).headers["location"]
    work_once(state, database)
    first = machine.get(f"{place}/results?limit=4").json()
    second = machine.get(f"{place}/results?limit=4&cursor={first['next_cursor']}").json()
    found = [row["invoice_id"] for page in (first, second) for row in page["results"]]
    assert found == sorted(ids)
    assert second["next_cursor"] is None
    assert {row["route"] for row in machine.get(f"{place}/results?route=hold").json()["results"]} == {"hold"}
    assert {row["anomaly_flagged"] for row in first["results"]} == {False}


def test_results_come_as_a_stream(
    machine: TestClient, state: ServingState, database: Database, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.api.runs.MOST_ROWS", 2)
    place = machine.post("/v1/runs", json={"invoice_ids": ids}).headers["location"]
    work_once(state, database)
    answer = machine.get(f"{place}/results", headers={"Accept": "application/x-ndjson"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [orjson.loads(line) for line in answer.content.splitlines()]
    assert [line["invoice_id"] for line in lines] == sorted(ids)
    assert {line["amount"] for line in lines} == {"1800.00", "1700.00"}


def test_anomalies_are_not_flagged_before_the_run_is_finished(
    machine: TestClient, clearing: ServingState, ids: list[str]
) -> None:
    place = machine.post("/v1/runs", json={"invoice_ids": ids}).headers["location"]
    work.work_on_block(replace(clearing, clock=lambda: NOW), place.rsplit("/", 1)[1])
    results = machine.get(f"{place}/results").json()["results"]
    assert [row["anomaly_flagged"] for row in results] == [None] * 3
    assert {row["anomaly_p_value"] for row in results} == {0.4}


def test_a_run_is_cancelled_once(machine: TestClient, ids: list[str]) -> None:
    place = machine.post("/v1/runs", json={"invoice_ids": ids}).headers["location"]
    assert machine.post(f"{place}/cancel").json()["state"] == "cancelled"
    assert machine.post(f"{place}/cancel").json()["type"] == "urn:triage:problem:run-ended"


def test_an_unknown_run_is_not_found(machine: TestClient) -> None:
    for answer in (
        machine.get("/v1/runs/none"),
        machine.get("/v1/runs/none/results"),
        machine.post("/v1/runs/none/cancel"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:triage:problem:unknown-run")


def test_a_hundred_thousand_ids_fit_into_one_order(machine: TestClient, state: ServingState) -> None:
    many = [f"INVOICE-2026-{number:08}" for number in range(100_000)]
    assert machine.post("/v1/runs", json={"invoice_ids": many}).json()["total"] == 100_000
    assert machine.post("/v1/runs", json={"invoice_ids": [*many, "one-more"]}).status_code == 422
