"""The service's edge: cookies that travel over HTTPS only, and forwarded addresses from declared proxies alone."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from cli.serve import server_of
from serving.app import create_app
from serving.auth.scopes import Role
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.serving.kit import PASSWORD, person


def changed(state: ServingState, **given: Any) -> ServingState:
    return replace(state, settings=ServingSettings.model_validate(given))


def cookies(state: ServingState) -> list[str]:
    """The cookies of a log-in, a theme, a message and a log-out, as they are set and deleted."""
    person(state.engine, "rita", Role.REVIEWER)
    client = TestClient(create_app(state), base_url="https://testserver", follow_redirects=False)
    answers = [
        client.post("/v1/session", json={"login": "rita", "password": PASSWORD}),
        client.post("/theme", data={"theme": "dark"}),
        client.post("/theme", data={"theme": ""}),
        client.post("/logout"),
    ]
    return [cookie.lower() for answer in answers for cookie in answer.headers.get_list("set-cookie")]


def test_every_cookie_is_secure_where_people_come_over_https(state: ServingState) -> None:
    found = cookies(changed(state, TRIAGE_PUBLIC_URL="https://triage.example.com"))
    names = {cookie.partition("=")[0] for cookie in found}
    assert names == {"triage_session", "triage_theme", "triage_flash", "triage_device"}
    assert [cookie for cookie in found if cookie.count("; secure") != 1] == []


@pytest.mark.parametrize(("url", "setting", "secure"), [
    ("http://127.0.0.1:8000", None, False),
    ("http://127.0.0.1:8000", True, True),
    ("https://triage.example.com", False, False),
])  # fmt: skip
def test_the_setting_stands_above_the_public_address(
    state: ServingState, url: str, setting: bool | None, secure: bool
) -> None:
    found = cookies(changed(state, TRIAGE_PUBLIC_URL=url, TRIAGE_SECURE_COOKIES=setting))
    assert {"; secure" in cookie for cookie in found} == {secure}


def seen_address(state: ServingState, peer: str) -> str:
    """The address that the service takes for the caller's, who claims another one."""
    config = server_of(state).config
    config.load()

    async def ask() -> None:
        transport = httpx.ASGITransport(config.loaded_app, client=(peer, 1))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await client.get("/v1/policy", headers={"X-Forwarded-For": "8.8.8.8, 203.0.113.9"})

    asyncio.run(ask())
    [refused] = state.refusals._held.values()
    return refused.first.address


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.7"])
def test_nobody_is_believed_to_be_a_proxy_by_default(
    state: ServingState, peer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    assert seen_address(state, peer) == peer


@pytest.mark.parametrize(("peer", "seen"), [("10.0.0.7", "203.0.113.9"), ("10.1.0.7", "10.1.0.7")])
def test_a_declared_proxy_says_who_is_asking(state: ServingState, peer: str, seen: str) -> None:
    assert seen_address(changed(state, TRIAGE_PROXIES="10.0.0.0/16, 127.0.0.1"), peer) == seen


@pytest.mark.parametrize("given", ["*", "proxy.example.com", "10.0.0.1/8"])
def test_a_proxy_that_is_no_network_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        ServingSettings.model_validate({"TRIAGE_PROXIES": given})
