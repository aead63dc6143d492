"""Accounts and keys over HTTP: made, rotated with an overlap, revoked; roles changed; all of it in the audit log."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.scopes import Role
from tests.serving.kit import OpenClient

PASSWORD = "a long password"


@pytest.fixture
def ada(log_in: OpenClient) -> TestClient:
    return log_in("ada", Role.ADMIN)


def new_key(ada: TestClient, **body: Any) -> dict[str, Any]:
    answer = ada.post("/v1/keys", json={"name": "engine", "scopes": ["scores:read"], **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def who(app: FastAPI, key: str) -> Any:
    return TestClient(app).get("/v1/session", headers={"Authorization": f"Bearer {key}"})


def account(ada: TestClient, **body: Any) -> Any:
    person = {"login": "rita", "name": "Rita", "password": PASSWORD, "roles": ["reviewer"], **body}
    return ada.post("/v1/accounts", json=person)


def test_a_key_works_with_its_scopes_and_its_secret_is_told_once(app: FastAPI, ada: TestClient) -> None:
    made = new_key(ada)
    assert who(app, made["key"]).json()["scopes"] == ["scores:read", "self"]
    (listed,) = ada.get("/v1/keys").json()["keys"]
    assert (listed["state"], "key" in listed) == ("live", False)
    assert listed["last_used_at"] is not None


def test_the_repeated_answer_to_a_new_key_has_no_secret(ada: TestClient, engine: Engine) -> None:
    body, headers = {"name": "engine", "scopes": ["scores:read"]}, {"Idempotency-Key": "k"}
    one, two = (ada.post("/v1/keys", json=body, headers=headers) for _ in range(2))
    assert one.json() | {"key": None} == two.json()
    assert (one.status_code, two.status_code, two.headers["idempotency-replayed"]) == (201, 201, "true")
    with engine.connect() as connection:
        kept = bytes(connection.execute(text("SELECT response FROM idempotency_key")).scalar_one())
    assert one.json()["key"].encode() not in kept


def test_a_rotated_key_takes_both_secrets_for_the_overlap(app: FastAPI, ada: TestClient) -> None:
    made = new_key(ada)
    place = f"/v1/keys/{made['key_id']}/rotation"
    rotated = ada.post(place, json={"overlap_hours": 1}).json()
    assert rotated["key_id"] == made["key_id"]
    assert who(app, made["key"]).status_code == who(app, rotated["key"]).status_code == 200
    again = ada.post(place, json={"overlap_hours": 0}).json()
    assert (who(app, made["key"]).status_code, who(app, again["key"]).status_code) == (401, 200)


def test_a_revoked_key_is_refused_and_stays_revoked(app: FastAPI, ada: TestClient) -> None:
    made = new_key(ada)
    assert ada.post(f"/v1/keys/{made['key_id']}/revoke").json()["state"] == "revoked"
    assert who(app, made["key"]).status_code == 401
    refused = ada.post(f"/v1/keys/{made['key_id']}/rotation", json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:key-revoked")


def test_no_key_may_decide_or_administer(ada: TestClient) -> None:
    assert ada.post("/v1/keys", json={"name": "x", "scopes": ["accounts:admin"]}).status_code == 403


def test_an_account_is_made_once_and_logs_in(app: FastAPI, ada: TestClient) -> None:
    assert account(ada).status_code == 201
    assert account(ada).json()["type"] == "urn:triage:problem:login-taken"
    login = TestClient(app).post("/v1/session", json={"login": "rita", "password": PASSWORD})
    assert login.json()["roles"] == ["reviewer"]


def test_nobody_both_administers_and_decides(ada: TestClient) -> None:
    refused = account(ada, roles=["admin", "reviewer"])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/roles")
    made = account(ada).json()["account_id"]
    assert ada.put(f"/v1/accounts/{made}/roles", json={"roles": ["admin", "manager"]}).status_code == 422
    assert ada.put(f"/v1/accounts/{made}/roles", json={"roles": ["manager"]}).json()["roles"] == ["manager"]


def test_a_deactivated_account_ends_at_once(ada: TestClient, log_in: OpenClient) -> None:
    sam = log_in("sam", Role.REVIEWER)
    place = {row["login"]: row["account_id"] for row in ada.get("/v1/accounts").json()["accounts"]}
    assert ada.post(f"/v1/accounts/{place['sam']}/deactivate").json()["active"] is False
    assert sam.get("/v1/session").status_code == 401
    own = ada.post(f"/v1/accounts/{place['ada']}/deactivate")
    assert own.json()["type"] == "urn:triage:problem:own-account"


def test_every_step_is_in_the_audit_log(ada: TestClient, engine: Engine) -> None:
    made = new_key(ada)["key_id"]
    ada.post(f"/v1/keys/{made}/rotation", json={})
    ada.post(f"/v1/keys/{made}/revoke")
    with engine.connect() as connection:
        query = text("SELECT action FROM audit_entry WHERE subject_id = :id ORDER BY position")
        told = connection.execute(query, {"id": made}).scalars().all()
    assert told == ["key_created", "key_rotated", "key_revoked"]
