"""The service with an identity provider beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.auth.keyring import KeyRing
from serving.auth.oidc.keys import Keys
from serving.auth.oidc.provider import Provider
from serving.auth.oidc.settings import OidcSettings
from serving.auth.scopes import Role
from serving.state import ServingState
from tests.serving.auth.provider import AUDIENCE, LocalProvider
from tests.serving.kit import app, log_in, machine, state

__all__ = ["app", "log_in", "machine", "state"]
ROLE_MAP = {"ar-team": Role.REVIEWER, "it": Role.ADMIN}


@dataclass
class Time:
    """A clock that stands until a test moves it."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    """The clock of the keys' freshness."""
    return Time()


@pytest.fixture
def local() -> Iterator[LocalProvider]:
    """The provider."""
    with LocalProvider() as provider:
        yield provider


def settings_for(issuer: str, **changed: Any) -> OidcSettings:
    """Settings that map the provider's groups."""
    given = {"issuer": issuer, "audience": AUDIENCE, "roles_claim": "groups", "role_map": ROLE_MAP,
             "resource_claim": "employee"} | changed  # fmt: skip
    return OidcSettings.model_validate(given)


@pytest.fixture
def trusting(state: ServingState, local: LocalProvider, clock: Time) -> ServingState:
    """The state of a service that takes the provider's tokens, and remembers nobody between requests."""
    provider = Provider(settings_for(local.issuer), Keys(local.issuer, clock))
    return replace(state, provider=provider, keys=KeyRing(seconds=0))


Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(trusting: ServingState) -> Ask:
    """Asks who a token's bearer is; other places by path."""
    client = TestClient(create_app(trusting), raise_server_exceptions=False)

    def send(token: str, path: str = "/v1/session", method: str = "GET") -> httpx.Response:
        return client.request(method, path, headers={"Authorization": f"Bearer {token}"})

    return send
