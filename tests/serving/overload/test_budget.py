"""Waits for the database end as 503 problems in time, and probes go on answering meanwhile."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from serving import audit
from serving.app import create_app
from serving.auth.scopes import Scope
from serving.controls.ruleset import ControlSet
from serving.controls.source import FixedRules
from serving.overload.budget import answers, within_budget
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.serving.kit import api_key

HASTY = {"TRIAGE_STATEMENT_SECONDS": 0.5, "TRIAGE_LOCK_SECONDS": 0.2, "TRIAGE_POOL_SECONDS": 0.2}


@pytest.fixture
def hasty(engine: Engine) -> Iterator[Engine]:
    """An engine of little patience on the same database."""
    made = within_budget(engine, ServingSettings.model_validate(HASTY))
    yield made
    made.dispose()


@pytest.fixture
def client(state: ServingState, hasty: Engine) -> TestClient:
    """A caller of a service of little patience."""
    headers = {"Authorization": f"Bearer {api_key(state.engine, Scope.RULES_READ)}"}
    app = create_app(replace(state, engine=hasty))
    return TestClient(app, headers=headers, raise_server_exceptions=False)


def refused(client: TestClient) -> None:
    answer = client.get("/v1/policies")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["type"] == "urn:triage:problem:unavailable"
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_a_statement_that_takes_too_long_is_ended(hasty: Engine) -> None:
    with hasty.connect() as connection, pytest.raises(OperationalError, match="statement timeout"):
        connection.execute(text("SELECT pg_sleep(30)"))


def test_a_locked_table_is_a_503_and_passes_by(client: TestClient, engine: Engine) -> None:
    with engine.begin() as other:
        other.execute(text("LOCK TABLE api_key IN ACCESS EXCLUSIVE MODE"))
        refused(client)
    assert client.get("/v1/policies").status_code == 200


def test_a_pool_in_full_use_is_a_503_and_no_outage(client: TestClient, hasty: Engine) -> None:
    with ExitStack() as held:
        for _ in range(50):
            held.enter_context(hasty.connect())
        refused(client)
        # Strangers are told so without a connection: they cannot use the pool up.
        stranger = TestClient(client.app)
        assert stranger.get("/v1/policies").status_code == 401
        assert stranger.post("/v1/cases/next").status_code == 401
    assert client.get("/v1/policies").status_code == 200


def test_options_of_the_url_stay_in_force(engine: Engine) -> None:
    url = engine.url.update_query_dict({"options": "-c search_path=elsewhere"})
    made = within_budget(create_engine(url), ServingSettings())
    with made.connect() as connection:
        assert connection.execute(text("SHOW search_path")).scalar() == "elsewhere"
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "10s"
    made.dispose()


def test_a_database_that_is_not_there_does_not_answer(engine: Engine) -> None:
    assert answers(engine)
    assert not answers(create_engine(engine.url.set(database="gone")))


def test_the_audit_log_is_verified_however_long_it_takes(hasty: Engine) -> None:
    with hasty.begin() as connection:
        audit.verify(connection)
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "0"
    with hasty.connect() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "500ms"


class SlowRules(FixedRules):
    """Rules that a process cannot look up for now."""

    asked = threading.Event()
    free = threading.Event()
    given_up = False

    def current(self) -> ControlSet:
        """Wait until the test lets go."""
        SlowRules.asked.set()
        SlowRules.given_up |= not SlowRules.free.wait(5)
        return self.controls


def test_health_is_answered_while_readiness_waits_for_the_database(state: ServingState) -> None:
    slow = replace(state, rules=SlowRules(state.controls))

    async def ask() -> list[int]:
        transport = httpx.ASGITransport(create_app(slow))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            ready = asyncio.create_task(client.get("/readyz"))
            while not SlowRules.asked.is_set():
                await asyncio.sleep(0.001)
            health = await client.get("/healthz")
            SlowRules.free.set()
            return [health.status_code, (await ready).status_code]

    assert asyncio.run(ask()) == [200, 200]
    assert not SlowRules.given_up
