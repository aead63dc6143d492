"""The service with an identity provider beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from serving.app import create_app
from serving.auth.keyring import KeyRing
from serving.auth.oidc.keys import Keys
from serving.auth.oidc.provider import Provider
from serving.auth.oidc.settings import OidcSettings
from serving.auth.scopes import Role
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.serving.auth.provider import AUDIENCE, CLIENT, SECRET, LocalProvider
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


@pytest.fixture
def entering(state: ServingState, local: LocalProvider, clock: Time) -> ServingState:
    """The state of a service on whose pages people log in with the provider; its tokens are not for the API."""
    return entered_by(state, settings_for(local.issuer, audience=None, client_id=CLIENT, client_secret=SECRET), clock)


def entered_by(state: ServingState, settings: OidcSettings, clock: Time) -> ServingState:
    """A state with another provider, at the address by which test clients call it."""
    given = {"TRIAGE_PUBLIC_URL": "http://testserver/"} | state.settings.model_dump(exclude={"public_url"})
    provider = Provider(settings, Keys(settings.issuer or "", clock))
    return replace(state, provider=provider, settings=ServingSettings.model_validate(given))


@dataclass
class Browser:
    """A browser with cookies of its own, which goes to the provider and agrees to log in there."""

    client: TestClient

    def begin(self, target: str = "/") -> httpx.Response:
        """Press the button on our page."""
        return self.client.get("/login/company", params={"next": target})

    def agree(self, begun: httpx.Response) -> str:
        """Log in at the provider; the address to which it sends back."""
        return httpx.get(begun.headers["location"] + "&agreed=1").headers["location"]

    def log_in(self, target: str = "/") -> httpx.Response:
        """The whole way; the answer of our page at its end."""
        return self.client.get(self.agree(self.begin(target)))

    def who(self) -> httpx.Response:
        """Who the service takes this browser for."""
        return self.client.get("/v1/session")


Visit = Callable[[], Browser]


@pytest.fixture
def visit(entering: ServingState) -> Visit:
    """Opens another browser."""
    app = create_app(entering)

    def open_one() -> Browser:
        html = {"accept": "text/html, application/json"}
        return Browser(TestClient(app, headers=html, follow_redirects=False, raise_server_exceptions=False))

    return open_one


@pytest.fixture
def browser(visit: Visit) -> Browser:
    """A browser."""
    return visit()


Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(trusting: ServingState) -> Ask:
    """Asks who a token's bearer is; other places by path."""
    client = TestClient(create_app(trusting), raise_server_exceptions=False)

    def send(token: str, path: str = "/v1/session", method: str = "GET") -> httpx.Response:
        return client.request(method, path, headers={"Authorization": f"Bearer {token}"})

    return send


def told(state: ServingState, action: str) -> list[Any]:
    """Actor and detail of the audit entries of one kind."""
    query = text("SELECT actor_id, body::jsonb -> 'detail' FROM audit_entry WHERE action = :action ORDER BY written_at")
    with state.engine.connect() as connection:
        return list(connection.execute(query, {"action": action}))


def sessions(state: ServingState) -> int:
    """How many sessions are open."""
    with state.engine.connect() as connection:
        query = "SELECT count(*) FROM account_session WHERE ended_at IS NULL AND expires_at > clock_timestamp()"
        return int(connection.execute(text(query)).scalar_one())
