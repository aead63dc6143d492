"""Nobody learns from log-ins who has an account, nobody locks anybody out, and a known browser still gets in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.auth import logging_in, people, secrets
from serving.auth.devices import DEVICE_SECONDS, device_cookie, known_device
from serving.auth.scopes import Role, Scope
from serving.callbacks.vault import Vault
from serving.state import ServingState
from tests.serving.kit import PASSWORD, api_key, person

HOME, AWAY = ("192.0.2.1", 1), ("198.51.100.9", 1)
Enter = Callable[[TestClient, str, str], Any]


def by_api(client: TestClient, login: str, password: str) -> Any:
    return client.post("/v1/session", json={"login": login, "password": password})


def by_page(client: TestClient, login: str, password: str) -> Any:
    return client.post("/login", data={"login": login, "password": password})


@pytest.fixture(params=[by_api, by_page])
def enter(request: pytest.FixtureRequest) -> Enter:
    """Both ways to log in with a password."""
    way: Enter = request.param
    return way


@pytest.fixture
def rita(state: ServingState) -> ServingState:
    person(state.engine, "rita", Role.REVIEWER)
    return state


def browser(state: ServingState, address: tuple[str, int] = HOME) -> TestClient:
    return TestClient(create_app(state), client=address, follow_redirects=False, raise_server_exceptions=False)


def told(answer: Any, login: str) -> tuple[int, Any, str]:
    """What somebody sees who does not know whether the name exists."""
    text = answer.text.replace(login, "NAME").replace(answer.headers["x-request-id"], "ID")
    return answer.status_code, answer.headers.get("retry-after"), text


def test_a_real_and_an_unknown_name_are_answered_alike(rita: ServingState, enter: Enter) -> None:
    seen = {
        login: [told(enter(browser(rita), login, "guess"), login) for _ in range(7)] for login in ("rita", "nobody")
    }
    assert seen["rita"] == seen["nobody"]
    assert [status for status, *_ in seen["rita"]] == [401] * 5 + [429] * 2


def test_a_real_and_an_unknown_name_cost_the_same_work(rita: ServingState, monkeypatch: pytest.MonkeyPatch) -> None:
    work: list[str] = []
    matches = logging_in.password_matches

    def counted(stored: str | None, password: str) -> bool:
        work.append("hash")
        return matches(stored, password)

    monkeypatch.setattr(logging_in, "password_matches", counted)
    monkeypatch.setattr(logging_in.audit, "write", lambda *_, **__: work.append("write"))
    client = browser(rita)
    for login in ("rita", "nobody"):
        by_api(client, login, "guess")
    assert work == ["hash", "hash"]


def test_strangers_lock_nobody_out(rita: ServingState, enter: Enter) -> None:
    stranger = browser(rita, AWAY)
    assert [enter(stranger, "rita", "guess").status_code for _ in range(8)] == [401] * 5 + [429] * 3
    assert enter(browser(rita, HOME), "rita", PASSWORD).status_code in (200, 303)


def test_a_known_browser_gets_in_whatever_its_address_did(rita: ServingState, enter: Enter) -> None:
    known, other = browser(rita), browser(rita)
    assert enter(known, "rita", PASSWORD).status_code in (200, 303)
    del known.cookies["triage_session"]
    for _ in range(6):
        enter(other, "rita", "guess")
    assert enter(other, "rita", PASSWORD).status_code == 429
    assert enter(known, "rita", PASSWORD).status_code in (200, 303)


def test_a_known_browser_may_not_guess_without_end(rita: ServingState) -> None:
    known = browser(rita)
    by_api(known, "rita", PASSWORD)
    assert [by_api(known, "rita", "guess").status_code for _ in range(7)] == [401] * 5 + [429] * 2


def test_a_known_browser_is_known_by_its_own_person_alone(rita: ServingState) -> None:
    person(rita.engine, "sam", Role.REVIEWER)
    known, other = browser(rita), browser(rita)
    by_api(known, "rita", PASSWORD)
    for _ in range(5):
        by_api(other, "sam", "guess")
    assert by_api(known, "sam", PASSWORD).status_code == 429


def test_another_password_makes_the_mark_worthless(rita: ServingState) -> None:
    ada = person(rita.engine, "ada", Role.ADMIN)
    known, other = browser(rita), browser(rita)
    who = by_api(known, "rita", PASSWORD).json()["principal_id"]
    with rita.engine.begin() as connection:
        people.reset_password(connection, who, "another secret", by=ada, why="forgotten")
    for _ in range(5):
        by_api(other, "rita", "guess")
    assert by_api(known, "rita", "another secret").status_code == 429


def test_one_address_cannot_try_name_after_name(rita: ServingState, enter: Enter) -> None:
    few = replace(rita, settings=rita.settings.model_copy(update={"failed_logins_per_address": 10}))
    client = browser(few)
    assert [enter(client, f"name-{n}", "guess").status_code for n in range(12)] == [401] * 10 + [429] * 2
    assert enter(client, "rita", PASSWORD).status_code == 429
    assert enter(browser(few, AWAY), "rita", PASSWORD).status_code in (200, 303)


def test_right_passwords_do_not_use_up_an_address(rita: ServingState) -> None:
    few = replace(rita, settings=rita.settings.model_copy(update={"failed_logins_per_address": 3}))
    assert [by_api(browser(few), "rita", PASSWORD).status_code for _ in range(6)] == [200] * 6


def test_wrong_keys_have_to_wait_before_they_are_looked_up(state: ServingState) -> None:
    few = replace(state, settings=state.settings.model_copy(update={"failed_logins_per_address": 3}))
    key = api_key(state.engine, Scope.RULES_READ)
    client = browser(few)
    for wrong in (f"{key}x", "triage_unknown_x", "no.key.at-all"):
        header = {"Authorization": f"Bearer {wrong}"}
        assert [client.get("/v1/policy", headers=header).status_code for _ in range(5)] == [401] * 3 + [429] * 2
    assert browser(few, AWAY).get("/v1/policy", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_the_mark_is_out_of_reach_of_scripts_and_other_sites(rita: ServingState, enter: Enter) -> None:
    cookies = enter(browser(rita), "rita", PASSWORD).headers.get_list("set-cookie")
    [mark] = [cookie.lower() for cookie in cookies if cookie.startswith("triage_device=")]
    assert "httponly" in mark
    assert "samesite=strict" in mark


def test_a_mark_is_sealed_and_ends() -> None:
    vault, account = Vault(["k" * 32]), {"account_id": "a", "password_hash": "h"}
    mark = device_cookie(vault, account, clock=lambda: 0.0)
    assert known_device(vault, mark, account, clock=lambda: 1.0)
    for cookie, row, now in (
        (mark, account, DEVICE_SECONDS + 1.0),
        (mark, account | {"password_hash": None}, 1.0),
        (mark, None, 1.0),
        (mark[:-2], account, 1.0),
        ("", account, 1.0),
        ("x" * 5_000, account, 1.0),
        (vault.seal("[]"), account, 1.0),
        (vault.seal('{"for": "company login"}'), account, 1.0),
        (device_cookie(Vault(["o" * 32]), account), account, 1.0),
    ):
        assert known_device(vault, cookie, row, clock=lambda now=now: now) is None


def test_an_unknown_name_is_compared_with_a_hash_of_equal_cost() -> None:
    assert secrets._nobody(secrets._hasher()).split("$")[:4] == secrets.hash_password("x").split("$")[:4]
