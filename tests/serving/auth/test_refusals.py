"""Refusals come into the audit log, bounded, without secrets, and without endangering an answer."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving import audit
from serving.app import create_app
from serving.auth.refusals import MOST_CALLERS, OTHERS, Refusal, Refusals
from serving.auth.scopes import Role, Scope
from serving.bookkeeping import write_down
from serving.state import ServingState
from tests.serving.auth.conftest import Time
from tests.serving.kit import OpenClient, api_key, person


def told(engine: Engine) -> list[dict[str, Any]]:
    query = "SELECT body::jsonb FROM audit_entry WHERE action = 'refused' ORDER BY written_at, position"
    with engine.connect() as connection:
        assert audit.verify(connection).holds
        return list(connection.execute(text(query)).scalars())


def strangers(number: int) -> list[Refusal]:
    return [Refusal(f"10.0.0.{place}", 401, "unauthenticated", "GET /v1/policy") for place in range(number)]


def test_the_first_is_written_at_once_and_the_rest_of_the_minute_as_one(engine: Engine, clock: Time) -> None:
    refusals = Refusals(clock)
    [stranger] = strangers(1)
    for _ in range(1_000):
        refusals.note(stranger)
        refusals.flush(engine)
    assert [entry["detail"]["count"] for entry in told(engine)] == [1]
    clock.now += 60
    refusals.flush(engine)
    assert [entry["detail"]["count"] for entry in told(engine)] == [1, 999]


def test_a_refusal_of_another_minute_is_written_at_once_again(engine: Engine, clock: Time) -> None:
    refusals = Refusals(clock)
    for _ in range(3):
        refusals.note(strangers(1)[0])
        refusals.flush(engine)
        clock.now += 61
        refusals.flush(engine)
    assert [entry["detail"]["count"] for entry in told(engine)] == [1, 1, 1]


def test_many_callers_are_counted_together_beyond_a_hundred(engine: Engine, clock: Time) -> None:
    refusals = Refusals(clock)
    for refusal in strangers(MOST_CALLERS + 400):
        refusals.note(refusal)
    refusals.flush(engine)
    entries = told(engine)
    assert len(entries) == MOST_CALLERS + 1
    assert [entry["detail"]["count"] for entry in entries if entry["actor"] == OTHERS] == [400]
    assert sum(entry["detail"]["count"] for entry in entries) == MOST_CALLERS + 400


def test_what_could_not_be_written_is_kept(engine: Engine, state: ServingState) -> None:
    state.refusals.note(strangers(1)[0])
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_head RENAME TO gone"))
    write_down(state)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO audit_head"))
    write_down(state)
    assert [entry["detail"]["count"] for entry in told(engine)] == [1]


def test_401_403_and_cross_site_writes_are_told_with_caller_and_route(
    app: FastAPI, state: ServingState, log_in: OpenClient, engine: Engine
) -> None:
    rita = log_in("rita", Role.REVIEWER)
    rita.get("/v1/keys")
    rita.post("/v1/cases/next", headers={"sec-fetch-site": "cross-site"})
    TestClient(app).get("/v1/cases/case-7", headers={"x-request-id": "r-1"})
    write_down(state)
    known = rita.get("/v1/session").json()["principal_id"]
    found = {(entry["actor"], entry["detail"]["status"], entry["detail"]["route"]) for entry in told(engine)}
    assert found == {
        (known, 403, "GET /v1/keys"),
        ("testclient", 403, "POST /v1/cases/next"),
        ("testclient", 401, "GET /v1/cases/{case_id}"),
    }


def test_no_secret_is_written_down(app: FastAPI, state: ServingState, engine: Engine) -> None:
    key = api_key(engine, Scope.SCORES_READ)
    secret = key.split("_", 2)[2]
    client = TestClient(app)
    client.get(f"/v1/keys?token={secret}", headers={"Authorization": f"Bearer {key}"})
    client.get("/v1/keys", headers={"Authorization": f"Bearer {key}x"})
    client.post("/v1/session", json={"login": "nobody", "password": secret})
    write_down(state)
    entries = told(engine)
    assert len(entries) == 2
    assert secret not in str(entries)


def test_guessing_unknown_logins_writes_one_entry_a_minute(app: FastAPI, state: ServingState, engine: Engine) -> None:
    client = TestClient(app)
    for number in range(20):
        assert client.post("/v1/session", json={"login": f"l{number}", "password": "x"}).status_code == 401
    write_down(state)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_entry WHERE action = 'login_refused'")).scalar() == 0
    assert [entry["detail"]["count"] for entry in told(engine)] == [20]


def test_whose_name_was_tried_is_written_down_if_it_is_somebodys(
    app: FastAPI, state: ServingState, engine: Engine
) -> None:
    person(engine, "rita", Role.REVIEWER)
    client = TestClient(app)
    for login in ("rita", "my secret password", "rita"):
        client.post("/v1/session", json={"login": login, "password": "x"})
    write_down(state)
    [entry] = told(engine)
    assert (entry["detail"]["logins"], entry["detail"]["count"]) == (["rita"], 3)


def test_what_is_left_is_written_when_the_application_ends(state: ServingState, engine: Engine) -> None:
    with TestClient(create_app(state)) as client:
        for _ in range(5):
            client.get("/v1/policy")
    assert sum(entry["detail"]["count"] for entry in told(engine)) == 5


@pytest.mark.parametrize("status", [200, 404, 409, 422])
def test_only_refusals_are_noted(state: ServingState, status: int) -> None:
    place = {200: "/healthz", 404: "/v1/nowhere", 409: "/readyz", 422: "/static/none/none"}[status]
    TestClient(create_app(state)).get(place)
    assert state.refusals._due(everything=True) == []
