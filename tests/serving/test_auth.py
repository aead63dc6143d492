"""Logging in, locking out, keys, cross-site writes, and demo accounts that are made once."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, text

from serving.auth import secrets
from serving.auth.demo import create_demo_accounts
from serving.auth.principal import Forbidden
from serving.auth.scopes import Role, Scope
from serving.auth.service import create_key, revoke_key
from tests.serving.kit import PASSWORD, OpenClient, api_key, person


def log_in_as(app: Any, login: str, password: str) -> Any:
    return TestClient(app).post("/v1/session", json={"login": login, "password": password})


def test_a_session_lasts_until_logout(log_in: OpenClient) -> None:
    rita = log_in("rita", Role.REVIEWER)
    assert rita.get("/v1/session").json()["roles"] == ["reviewer"]
    assert rita.delete("/v1/session").status_code == 204
    assert rita.get("/v1/session").status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts(app: Any, engine: Engine) -> None:
    person(engine, "rita", Role.REVIEWER)
    cookie = log_in_as(app, "rita", PASSWORD).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_wrong_password_and_an_unknown_login_look_the_same(app: Any, engine: Engine) -> None:
    person(engine, "rita", Role.REVIEWER)
    wrong, unknown = log_in_as(app, "rita", "guess"), log_in_as(app, "nobody", "guess")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]


def test_an_expired_session_is_refused(log_in: OpenClient, engine: Engine) -> None:
    rita = log_in("rita", Role.REVIEWER)
    with engine.begin() as connection:
        connection.execute(text("UPDATE account_session SET expires_at = clock_timestamp()"))
    assert rita.get("/v1/session").status_code == 401


def test_neither_passwords_nor_tokens_nor_keys_are_stored(log_in: OpenClient, engine: Engine) -> None:
    rita = log_in("rita", Role.REVIEWER)
    key = api_key(engine, Scope.SCORES_READ)
    secrets = [PASSWORD, rita.cookies["triage_session"], key.split("_", 2)[2]]
    with engine.connect() as connection:
        kept = str(
            [connection.execute(text(f"SELECT * FROM {t}")).all() for t in ("account", "account_session", "api_key")]
        )
    assert not any(secret in kept for secret in secrets)


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer triage_a_b", "Bearer triage__", "Basic x", "Bearer "])
def test_a_strange_key_is_a_401(app: Any, header: str) -> None:
    answer = TestClient(app).get("/v1/policy", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_an_expired_and_a_revoked_key_are_refused(app: Any, engine: Engine) -> None:
    old = api_key(engine, Scope.RULES_READ, valid=timedelta(seconds=-1))
    gone = api_key(engine, Scope.RULES_READ)
    with engine.begin() as connection:
        assert revoke_key(connection, gone.split("_")[1], actor="test")
        assert not revoke_key(connection, gone.split("_")[1], actor="test")
    for key in (old, gone):
        assert TestClient(app).get("/v1/policy", headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_no_key_may_decide(connection: Connection) -> None:
    with pytest.raises(Forbidden, match="for people"):
        create_key(connection, "robot", (Scope.CASES_WRITE,), actor="test")


CROSS = [
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"sec-fetch-site": "same-origin", "origin": "http://testserver"}, 204),
    ({"origin": "http://testserver"}, 204),
    ({}, 204),
]


def test_a_write_started_by_another_site_is_refused(log_in: OpenClient, subtests: pytest.Subtests) -> None:
    rita = log_in("rita", Role.REVIEWER)
    for headers, status in CROSS:
        with subtests.test(headers=headers):
            assert rita.post("/v1/cases/next", headers=headers).status_code == status


def test_demo_accounts_are_made_once_and_only_on_an_embedded_database(connection: Connection) -> None:
    assert create_demo_accounts(connection, embedded=False) is None
    made = create_demo_accounts(connection, embedded=True)
    assert made is not None
    assert len({password for _, password, _ in made.logins}) == len(made.logins) >= 6
    assert create_demo_accounts(connection, embedded=True) is None


def test_passwords_are_hashed_as_rfc_9106_advises_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as plain:
        plain.delenv("TRIAGE_PASSWORD_MEMORY_KIB")
        secrets._hasher.cache_clear()
        stored = secrets.hash_password(PASSWORD)
    secrets._hasher.cache_clear()
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert secrets.password_matches(stored, PASSWORD)
