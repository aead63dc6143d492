"""Clocks that disagree: who holds what goes by the database's clock alone, and nobody scores a future."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.app import create_app
from serving.auth.scopes import Role, Scope
from serving.state import ServingState
from tests.serving.factories import NOW
from tests.serving.factories import client as client_record
from tests.serving.ingest.test_records_api import as_sent
from tests.serving.kit import MACHINE, PASSWORD, api_key, person

HOURS = timedelta(hours=5)
Skewed = Callable[[timedelta, datetime], ServingState]


@pytest.fixture
def skewed(state: ServingState, firm: Engine) -> Skewed:
    """A process whose clock differs from another's."""

    def make(ahead: timedelta, now: datetime) -> ServingState:
        return replace(state, clock=lambda: now + ahead)

    return make


def machine_of(state: ServingState) -> TestClient:
    key = api_key(state.engine, *MACHINE, Scope.RECORDS_WRITE)
    return TestClient(create_app(state), headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)


def reviewer_of(state: ServingState, name: str) -> TestClient:
    person(state.engine, name, Role.REVIEWER)
    client = TestClient(create_app(state), raise_server_exceptions=False)
    assert client.post("/v1/session", json={"login": name, "password": PASSWORD}).status_code == 200
    return client


def test_a_caller_whose_clock_is_ahead_is_told_so_and_nothing_is_stored(skewed: Skewed, engine: Engine) -> None:
    caller = machine_of(skewed(timedelta(0), NOW))
    ahead = (NOW + timedelta(minutes=5)).isoformat()
    refused = caller.post("/v1/scores", json={"invoice_id": "INV-1", "as_of": ahead})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/as_of")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM score")).scalar_one() == 0


def test_less_than_a_second_ahead_is_forgiven(skewed: Skewed) -> None:
    caller = machine_of(skewed(timedelta(0), NOW))
    ahead = (NOW + timedelta(milliseconds=900)).isoformat()
    assert caller.post("/v1/scores", json={"invoice_id": "INV-1", "as_of": ahead}).status_code == 200


@pytest.mark.parametrize("ahead", [-HOURS, HOURS], ids=["behind", "ahead"])
def test_no_lease_session_or_key_is_lost_or_kept_by_a_wrong_clock(skewed: Skewed, ahead: timedelta) -> None:
    wrong = skewed(ahead, datetime.now(UTC))
    assert machine_of(wrong).post("/v1/scores", json={"invoice_id": "INV-1"}).json()["route"] == "review"
    rita, sam = reviewer_of(wrong, "rita"), reviewer_of(replace(wrong, clock=lambda: datetime.now(UTC)), "sam")
    case = rita.post("/v1/cases/next").json()
    assert sam.post("/v1/cases/next").status_code == 204
    assert sam.post(f"/v1/cases/{case['case_id']}/claim").status_code == 409
    assert rita.post(f"/v1/cases/{case['case_id']}/heartbeat", json={"fence": case["fence"]}).status_code == 200
    body = {"action": "hold", "fence": case["fence"], "reason_code": "other"}
    assert rita.post(f"/v1/cases/{case['case_id']}/decision", json=body).status_code == 200


def blocked(process: TestClient) -> list[str]:
    """The controls that fire for INV-1, scored by a process now."""
    answer: dict[str, Any] = process.post("/v1/scores", json={"invoice_id": "INV-1"}).json()
    return [control["control_id"] for control in answer["controls"]]


def test_a_record_counts_for_a_slower_process_when_its_clock_gets_there(skewed: Skewed) -> None:
    second = timedelta(seconds=5)
    fast, slow = machine_of(skewed(second, NOW)), machine_of(skewed(timedelta(0), NOW))
    record = as_sent(client_record(version="2", status="blocked", event_at="2026-01-06T00:00:00Z"))
    assert fast.post("/v1/records", json={"records": [record]}).json()["accepted"] == 1
    assert blocked(slow) == []
    assert blocked(machine_of(skewed(second * 2, NOW))) != []


def test_a_score_of_a_fast_process_replays_the_same_on_a_slow_one(skewed: Skewed) -> None:
    fast, slow = machine_of(skewed(HOURS, NOW)), machine_of(skewed(timedelta(0), NOW))
    made = fast.post("/v1/scores", json={"invoice_id": "INV-1"}).json()
    again = slow.get(f"/v1/scores/{made['score_id']}/replay")
    assert (again.status_code, again.json()["same"]) == (200, True)
