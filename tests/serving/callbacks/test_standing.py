"""Standing subscriptions hear of what their owner may see, until they end; a test message goes the way of all."""

from collections.abc import Iterator

import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from sqlalchemy import Engine, text

from ledger.database import Database
from serving.auth import service as auth
from serving.auth.scopes import Role, Scope
from serving.contract.document import openapi
from serving.sql import Row
from serving.state import ServingState
from serving.tasks.upkeep import announce_opened
from tests.serving.callbacks.kit import Asked, decide_case, fill, reviewer, sent, work_once
from tests.serving.callbacks.receiver import Receiver
from tests.serving.kit import OpenClient, api_key

OWN = (Scope.SCORES_WRITE, Scope.SCORES_READ, Scope.CASES_READ)
Allowed = tuple[Row, str]


def client(app: FastAPI, engine: Engine, *scopes: Scope) -> TestClient:
    return TestClient(app, headers={"Authorization": f"Bearer {api_key(engine, *scopes)}"})


@pytest.fixture
def own(app: FastAPI, engine: Engine) -> Iterator[TestClient]:
    """A key that hears of what it asked for."""
    with client(app, engine, *OWN) as made:
        yield made


@pytest.fixture
def everything(app: FastAPI, engine: Engine) -> Iterator[TestClient]:
    """A key that hears of everybody's cases and runs."""
    with client(app, engine, *OWN, Scope.CASES_ALL) as made:
        yield made


def subscribe(key: TestClient, receiver: Receiver, *events: str) -> Row:
    answer = key.post("/v1/callback-subscriptions", json={"events": events, "callback_url": receiver.url})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def score(key: TestClient, number: int = 1) -> Row:
    return dict(key.post("/v1/scores", json={"invoice_id": f"INV-{number}"}).json())


def told(state: ServingState) -> list[tuple[str, str]]:
    return [(message["event_type"], message["subject"]) for message in sent(state)]


def test_opened_and_decided_cases_are_told_as_published(
    own: TestClient, state: ServingState, app: FastAPI, receiver: Receiver, endpoint: Allowed, database: Database
) -> None:
    fill(state.engine)
    subscribe(own, receiver, "case.opened", "case.decided")
    made = score(own)
    assert announce_opened(state) == 1
    decide_case(Asked(state, made), reviewer(state.engine))
    assert told(state) == [("triage.case.opened.v1", "INV-1"), ("triage.case.decided.v1", "INV-1")]
    work_once(state, database)
    document = openapi(app)
    for got in receiver.got:
        event = orjson.loads(got.body)
        content = document["webhooks"][event["type"]]["post"]["requestBody"]["content"]["application/cloudevents+json"]
        whole = {**content["schema"], "components": document["components"]}
        assert [error.message for error in Draft202012Validator(whole).iter_errors(event)] == []
    assert len(receiver.got) == 2
    assert [one["subject"] for one in own.get("/v1/callbacks").json()["callbacks"]] == ["INV-1", "INV-1"]


def test_a_case_that_is_only_scored_again_is_not_opened_twice(
    own: TestClient, state: ServingState, receiver: Receiver, endpoint: Allowed
) -> None:
    fill(state.engine)
    subscribe(own, receiver, "case.opened")
    score(own)
    score(own)
    assert (announce_opened(state), announce_opened(state)) == (1, 0)
    assert len(told(state)) == 1


def test_nobody_hears_of_what_others_asked_for_without_the_right_to(
    own: TestClient, everything: TestClient, state: ServingState, receiver: Receiver, endpoint: Allowed
) -> None:
    fill(state.engine, 2)
    mine, all_of_them = (subscribe(key, receiver, "case.opened") for key in (own, everything))
    assert (mine["sees_all"], all_of_them["sees_all"]) == (False, True)
    score(everything, 1)
    score(own, 2)
    announce_opened(state)
    assert sorted(told(state)) == [("triage.case.opened.v1", name) for name in ("INV-1", "INV-2", "INV-2")]
    listed = own.get("/v1/callback-subscriptions").json()["subscriptions"]
    assert [one["standing_id"] for one in listed] == [mine["standing_id"]]
    assert own.post(f"/v1/callback-subscriptions/{all_of_them['standing_id']}/end").status_code == 404


def test_a_finished_run_is_told(
    own: TestClient, state: ServingState, receiver: Receiver, endpoint: Allowed, database: Database
) -> None:
    fill(state.engine)
    subscribe(own, receiver, "run.finished")
    run_id = own.post("/v1/runs", json={"invoice_ids": ["INV-1"]}).json()["run_id"]
    work_once(state, database)
    assert told(state) == [("triage.run.finished.v1", run_id)]


def test_an_ended_subscription_and_a_revoked_key_hear_nothing(
    own: TestClient, everything: TestClient, state: ServingState, receiver: Receiver, endpoint: Allowed
) -> None:
    fill(state.engine, 2)
    ended = subscribe(own, receiver, "case.opened")
    subscribe(everything, receiver, "case.opened")
    assert own.post(f"/v1/callback-subscriptions/{ended['standing_id']}/end").json()["ended_at"]
    score(own, 1)
    with state.engine.begin() as connection:
        keys = connection.execute(text("SELECT key_id FROM api_key WHERE 'cases:all' = ANY(scopes)")).scalars().all()
        for key_id in keys:
            auth.revoke_key(connection, key_id, actor="test")
    announce_opened(state)
    assert told(state) == []


def test_without_a_subscription_nothing_is_noted(own: TestClient, state: ServingState) -> None:
    fill(state.engine)
    score(own)
    with state.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM callback_opened")).scalar_one() == 0


def test_a_url_that_is_not_allowed_is_refused(own: TestClient, receiver: Receiver) -> None:
    body = {"events": ["case.opened"], "callback_url": receiver.url}
    answer = own.post("/v1/callback-subscriptions", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/callback_url")


def test_an_endpoint_is_tested_by_a_signed_message(
    log_in: OpenClient, state: ServingState, receiver: Receiver, endpoint: Allowed, database: Database
) -> None:
    ada = log_in("ada", Role.ADMIN)
    made = ada.post(f"/v1/callback-endpoints/{endpoint[0]['endpoint_id']}/test")
    assert (made.status_code, made.json()["event_type"]) == (202, "triage.endpoint.test.v1")
    work_once(state, database)
    [got] = receiver.got
    assert got.headers["webhook-signature"].startswith("v1,")
    assert ada.get(f"/v1/callbacks/{made.json()['message_id']}").json()["state"] == "delivered"
    assert ada.get("/callbacks").status_code == 200
    ada.post(f"/v1/callback-endpoints/{endpoint[0]['endpoint_id']}/disable", json={"because": "moved"})
    assert ada.post(f"/v1/callback-endpoints/{endpoint[0]['endpoint_id']}/test").status_code == 409
