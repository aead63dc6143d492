"""A test key gets documented outcomes from the real interface, and reaches nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from standardwebhooks import Webhook

from ledger.database import Database
from serving.auth import service as auth
from serving.auth.scopes import Role, Scope
from serving.scoring.sandbox import OUTCOMES
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks import conftest as fixtures
from tests.serving.callbacks.kit import work_once
from tests.serving.callbacks.receiver import Receiver
from tests.serving.kit import OpenClient, app, log_in
from tests.serving.test_scores_api import document

__all__ = ["app", "log_in"]
plain_state, state = fixtures.plain_state, fixtures.state
receiver, endpoint = fixtures.receiver, fixtures.endpoint
SCOPES = (Scope.SCORES_WRITE, Scope.SCORES_READ, Scope.CASES_READ, Scope.RECORDS_WRITE)
PAGE = Path(__file__).parents[2] / "docs" / "sandbox.md"


@pytest.fixture
def key(app: FastAPI, engine: Engine) -> Iterator[TestClient]:
    """A client with a test key."""
    with engine.begin() as connection:
        secret = auth.create_key(connection, "test", SCOPES, actor="test", sandbox=True)
    with TestClient(app, headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False) as client:
        yield client


def score(key: TestClient, invoice_id: str, **more: Any) -> Any:
    return key.post("/v1/scores", json={"invoice_id": invoice_id, **more})


@pytest.mark.parametrize(
    ("invoice_id", "route", "may_send", "has_case", "degraded"),
    [
        ("SANDBOX-CLEAR", "auto_clear", True, False, []),
        ("SANDBOX-REVIEW", "review", False, True, []),
        ("SANDBOX-SENIOR", "senior_review", False, True, []),
        ("SANDBOX-HOLD", "hold", False, True, []),
        ("SANDBOX-UNAVAILABLE", "review", False, True, ["models_unavailable"]),
    ],
)
def test_each_documented_id_has_its_outcome(
    key: TestClient, invoice_id: str, route: str, may_send: bool, has_case: bool, degraded: list[str]
) -> None:
    answer = score(key, invoice_id)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["route"], made["may_send"], made["case_id"] is not None) == (route, may_send, has_case)
    assert (made["degraded"], made["amount"], made["invoice_id"]) == (degraded, "1800.00", invoice_id)
    assert bool(made["controls"]) is (route == "hold")


@pytest.mark.parametrize(("invoice_id", "status"), [("SANDBOX-429", 429), ("SANDBOX-503", 503), ("INV-1", 404)])
def test_refusals_come_as_they_really_do(key: TestClient, invoice_id: str, status: int) -> None:
    answer = score(key, invoice_id)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert ("retry-after" in answer.headers) is (status != 404)


def test_requests_are_validated_and_repeated_as_always(key: TestClient) -> None:
    assert score(key, "SANDBOX-CLEAR", as_of="2099-01-01T00:00:00Z").json()["errors"][0]["pointer"] == "/as_of"
    refused = score(key, "SANDBOX-CALLBACK-1", callback_url="https://elsewhere.example.com/x")
    assert refused.json()["errors"][0]["pointer"] == "/callback_url"
    body, again = {"invoice_id": "SANDBOX-REVIEW"}, {"Idempotency-Key": "step-1"}
    first, second = (key.post("/v1/scores", json=body, headers=again) for _ in range(2))
    assert (first.content, second.headers["idempotency-replayed"]) == (second.content, "true")


def test_a_document_of_a_documented_id_keeps_its_own_amount(key: TestClient) -> None:
    sent = document(invoice_id="SANDBOX-CLEAR", amount="12.50")
    sent["lines"] = []
    made = key.post("/v1/scores", json={"document": sent}).json()
    assert (made["route"], made["amount"], made["client_id"]) == ("auto_clear", "12.50", "C1")


@pytest.mark.parametrize(
    ("invoice_id", "action"), [("SANDBOX-CALLBACK-0", "release"), ("SANDBOX-CALLBACK-1-HOLD", "hold")]
)
def test_a_callback_comes_signed_by_the_real_outbox(
    key: TestClient,
    state: ServingState,
    receiver: Receiver,
    endpoint: tuple[Row, str],
    database: Database,
    invoice_id: str,
    action: str,
) -> None:
    made = score(key, invoice_id, callback_url=receiver.url, correlation_id="flow-7").json()
    work_once(state, database)
    [got] = receiver.got
    Webhook(endpoint[1]).verify(got.body, dict(got.headers))
    data = orjson.loads(got.body)["data"]
    assert (data["decision"]["action"], data["correlation_id"]) == (action, "flow-7")
    assert (data["case"]["case_id"], data["score_id"]) == (made["case_id"], made["score_id"])
    [listed] = key.get("/v1/callbacks").json()["callbacks"]
    assert listed["event"]["data"] == data


def test_nothing_of_it_reaches_ledger_or_queue(key: TestClient, engine: Engine) -> None:
    for invoice_id in OUTCOMES:
        score(key, invoice_id)
    with engine.connect() as connection:
        for table in ("score", "review_case", "case_event", "invoice"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


def test_a_test_key_reaches_nothing_else(key: TestClient) -> None:
    for method, path, body in (
        ("POST", "/v1/scores/batch", {"items": [{"invoice_id": "SANDBOX-CLEAR"}]}),
        ("POST", "/v1/runs", {"filter": "unsent"}),
        ("POST", "/v1/records", {"records": [{}]}),
        ("GET", "/v1/cases", None),
        ("GET", "/v1/scores/x", None),
    ):
        answer = key.request(method, path, json=body)
        assert answer.status_code == 403, path
        assert "sandbox" in answer.json()["detail"]


def test_an_administrator_makes_a_test_key(log_in: OpenClient, app: FastAPI) -> None:
    body = {"name": "sandbox", "scopes": ["scores:write", "scores:read"], "kind": "test"}
    made = log_in("ada", Role.ADMIN).post("/v1/keys", json=body).json()
    assert made["kind"] == "test"
    client = TestClient(app, headers={"Authorization": f"Bearer {made['key']}"})
    assert score(client, "SANDBOX-CLEAR").json()["route"] == "auto_clear"


def test_the_page_names_every_id() -> None:
    named = set(re.findall(r"`(SANDBOX-[A-Z0-9]+)", PAGE.read_text(encoding="utf-8")))
    assert named == {*OUTCOMES, "SANDBOX-429", "SANDBOX-503", "SANDBOX-CALLBACK"}
