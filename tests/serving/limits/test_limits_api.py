"""Limits over HTTP: set by administrators, told in headers, refused as problems."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.app import create_app
from serving.auth.scopes import Role, Scope
from serving.bookkeeping import write_down
from serving.limits.allowance import Allowance
from serving.limits.limiter import Limiter
from serving.state import ServingState
from tests.serving.kit import OpenClient, api_key


@pytest.fixture
def slow(state: ServingState) -> ServingState:
    """A service whose keys may ask once in a hundred seconds, and four times a day."""
    return replace(state, limits=Limiter(Allowance(per_day=4)))


def client_of(state: ServingState, key: str) -> TestClient:
    return TestClient(create_app(state), headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)


def test_the_quota_ends_in_a_problem_with_headers(slow: ServingState, engine: Engine) -> None:
    client = client_of(slow, api_key(engine, Scope.RULES_READ))
    answers = [client.get("/v1/policy") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert [answer.headers["ratelimit"].split(";t=")[0] for answer in answers] == [
        *(f'"day";r={left}' for left in (3, 2, 1, 0)),
        '"day";r=0',
    ]
    assert answers[-1].json()["type"] == "urn:triage:problem:too-many-requests"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 86_400


def test_refusals_by_key_are_audited_under_the_key(slow: ServingState, engine: Engine) -> None:
    key = api_key(engine, Scope.RULES_READ)
    client = client_of(slow, key)
    for _ in range(6):
        client.get("/v1/policy")
    write_down(slow)
    query = "SELECT body::jsonb FROM audit_entry WHERE body::jsonb ->> 'action' = 'refused'"
    with engine.connect() as connection:
        [entry] = connection.execute(text(query)).scalars()
    assert (entry["actor"], entry["detail"]["status"], entry["detail"]["count"]) == (key.split("_")[1], 429, 2)


def test_people_are_not_counted(state: ServingState, log_in: OpenClient) -> None:
    rita = log_in("rita", Role.REVIEWER)
    assert "ratelimit" not in rita.get("/v1/policy").headers


def test_an_administrator_limits_a_key_at_once(state: ServingState, log_in: OpenClient, engine: Engine) -> None:
    ada, key = log_in("ada", Role.ADMIN), api_key(engine, Scope.RULES_READ)
    client = client_of(state, key)
    assert "ratelimit" not in client.get("/v1/policy").headers
    place = f"/v1/keys/{key.split('_')[1]}/limits"
    made = ada.put(place, json={"requests_per_second": 0.01, "requests_per_day": 50})
    assert (made.status_code, made.json()["requests_per_day"]) == (200, 50)
    assert [client.get("/v1/policy").status_code for _ in range(2)] == [200, 429]
    assert ada.put(place, json={}).json()["requests_per_second"] is None
    assert client.get("/v1/policy").status_code == 200


def test_usage_shows_in_the_list_of_keys(slow: ServingState, log_in: OpenClient, engine: Engine) -> None:
    client = client_of(slow, api_key(engine, Scope.RULES_READ))
    for _ in range(3):
        client.get("/v1/policy")
    write_down(slow)
    [listed] = log_in("ada", Role.ADMIN).get("/v1/keys").json()["keys"]
    assert listed["requests_today"] == 3


@pytest.mark.parametrize("body", [{"requests_per_second": 0}, {"requests_per_day": -1}, {"requests_per_hour": 3}])
def test_limits_that_make_no_sense_are_refused(log_in: OpenClient, engine: Engine, body: dict[str, Any]) -> None:
    key = api_key(engine, Scope.RULES_READ)
    assert log_in("ada", Role.ADMIN).put(f"/v1/keys/{key.split('_')[1]}/limits", json=body).status_code == 422


def test_a_revoked_key_is_not_limited_any_more(log_in: OpenClient, engine: Engine) -> None:
    ada, key = log_in("ada", Role.ADMIN), api_key(engine, Scope.RULES_READ).split("_")[1]
    ada.post(f"/v1/keys/{key}/revoke")
    assert ada.put(f"/v1/keys/{key}/limits", json={}).status_code == 409
