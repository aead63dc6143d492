"""Waits for the database end as 503 problems in time, and probes go on answering meanwhile."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from serving import audit
from serving.app import create_app
from serving.auth.scopes import Scope
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
