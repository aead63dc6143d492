"""Bad input gets a problem document that names the field, and never a 500."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from serving.app import create_app
from serving.state import ServingState
from tests.serving.test_scores_api import document

JSON = {"content-type": "application/json"}
DEEP = b"[" * 100_000


def spoiled(part: str, **changes: Any) -> dict[str, Any]:
    sent = document()
    target = sent["invoice"] if part == "invoice" else sent["lines"][0]
    target.update(changes)
    return {"document": sent}


BODIES: list[tuple[Any, str]] = [
    ({}, "/document"),
    ({"invoice_id": 7}, "/invoice_id"),
    ({"invoice_id": ""}, "/invoice_id"),
    ({"invoice_id": "a\x00b"}, "/invoice_id"),
    ({"invoice_id": "x", "surprise": 1}, "/surprise"),
    ({"invoice_id": "x", "as_of": "yesterday"}, "/as_of"),
    ({"invoice_id": "x", "as_of": "2026-01-01T00:00:00"}, "/as_of"),
    ({"invoice_id": "x", "as_of": "0001-01-01T00:00:00+23:00"}, "/as_of"),
    ({"invoice_id": "x", "as_of": "2099-01-01T00:00:00Z"}, "/as_of"),
    (spoiled("invoice", currency="XXQ"), "/document/invoice/currency"),
    (spoiled("invoice", amount="NaN"), "/document/invoice/amount"),
    (spoiled("invoice", amount="1e40"), "/document/invoice/amount"),
    (spoiled("invoice", amount=[1]), "/document/invoice/amount"),
    (spoiled("invoice", payment_terms_days=10**30), "/document/invoice/payment_terms_days"),
    (spoiled("invoice", colour="red"), "/document/invoice/colour"),
    (spoiled("invoice", description="\x00"), "/document/invoice/description"),
    (spoiled("line", quantity="-3"), "/document"),
    (spoiled("line", invoice_id="other"), "/document"),
    (spoiled("line", line_kind="nonsense"), "/document/lines/0/line_kind"),
]


def test_a_wrong_field_is_named(machine: TestClient, subtests: pytest.Subtests) -> None:
    for body, pointer in BODIES:
        with subtests.test(body=str(body)[:80]):
            answer = machine.post("/v1/scores", json=body)
            assert answer.status_code == 422, answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            assert pointer in [error["pointer"] for error in answer.json()["errors"]]


RAW = [
    (b'{"invoice_id": "\xff"}', {400, 422}),
    (b'{"invoice_id": "\\ud800"}', {400}),
    (b'{"invoice_id": NaN}', {422}),
    (b'{"document": {"invoice": {"amount": Infinity}}}', {422}),
    (b'{"invoice_id": ' + b"9" * 5000 + b"}", {400, 422}),
    (b"{", {400}),
    (b"", {422}),
    (b"null", {422}),
    (DEEP, {400, 422}),
]


def test_a_broken_body_is_refused(machine: TestClient, subtests: pytest.Subtests) -> None:
    for body, expected in RAW:
        with subtests.test(body=str(body)[:80]):
            answer = machine.post("/v1/scores", content=body, headers=JSON)
            assert answer.status_code in expected, answer.text
            assert answer.json()["type"].startswith("urn:triage:problem:")


def test_ten_megabytes_are_too_much(machine: TestClient) -> None:
    answer = machine.post("/v1/scores", content=b" " * 10_000_000, headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:triage:problem:too-large"


def test_ten_megabytes_in_pieces_are_too_much_as_well(machine: TestClient) -> None:
    answer = machine.post("/v1/scores", content=(b" " * 100_000 for _ in range(100)), headers=JSON)
    assert answer.status_code == 413


def test_another_content_type_is_refused(machine: TestClient) -> None:
    answer = machine.post("/v1/scores", content=b"invoice_id=1", headers={"content-type": "text/plain"})
    assert answer.status_code == 415


def test_hostile_paths_are_refused_with_their_place(machine: TestClient, subtests: pytest.Subtests) -> None:
    for path in ("/v1/scores/%00", "/v1/cases/%00", "/v1/cases?client_id=%00", "/v1/cases?limit=0", "/v1/cases?x=1"):
        with subtests.test(path=path):
            answer = machine.get(path)
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"].startswith(("/path", "/query"))


def test_what_does_not_exist_is_a_404_problem(machine: TestClient, subtests: pytest.Subtests) -> None:
    for path in ("/v1/scores/none", "/v1/cases/none", "/v1/nothing", "/nothing"):
        with subtests.test(path=path):
            answer = machine.get(path)
            assert answer.status_code == 404
            assert answer.json()["status"] == 404


def test_every_answer_carries_the_request_id_and_the_security_headers(machine: TestClient) -> None:
    answer = machine.get("/v1/scores/none", headers={"x-request-id": "abc-1"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "abc-1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_strange_request_id_is_replaced(machine: TestClient) -> None:
    assert machine.get("/healthz", headers={"x-request-id": "<script>"}).headers["x-request-id"] != "<script>"


def test_a_database_that_is_gone_is_a_503_with_retry_after(state: ServingState) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@/nothing?host=/nonexistent")
    client = TestClient(create_app(replace(state, engine=nowhere)), raise_server_exceptions=False)
    for path in ("/readyz", "/v1/policy"):
        answer = client.get(path, headers={"Authorization": "Bearer triage_a_b"})
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "2"
