"""The headers that browsers obey are on every answer: results, refusals, and errors nobody expected."""

from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from serving.app import create_app
from serving.middleware import REQUEST_ID, SECURITY_HEADERS
from serving.state import ServingState
from tests.access.test_access import routes

ERRORS = {
    404: ("GET", "/v1/nowhere", {}),
    405: ("DELETE", "/v1/policy", {}),
    406: ("GET", "/v1/policy", {"accept": "image/png"}),
    413: ("POST", "/v1/session", {"content-length": "9999999999"}),
    415: ("POST", "/v1/session", {"content-type": "text/plain", "content-length": "2"}),
}


def test_every_route_sends_them_to_strangers_too(app: FastAPI, subtests: pytest.Subtests) -> None:
    client = TestClient(app, raise_server_exceptions=False)
    for method, path, _ in routes(app):
        with subtests.test(route=f"{method} {path}"):
            answer = client.request(method, path, follow_redirects=False)
            # The address of an answer is a secret: not even our own pages hear of it.
            stricter = {"referrer-policy": "no-referrer"} if path.startswith("/answer/") else {}
            assert answer.headers.items() >= (SECURITY_HEADERS | stricter).items()
            assert answer.headers[REQUEST_ID]


@pytest.mark.parametrize("status", ERRORS)
def test_errors_have_them(app: FastAPI, status: int) -> None:
    method, path, headers = ERRORS[status]
    answer = TestClient(app).request(method, path, headers=headers, content=b"{}" if method == "POST" else None)
    assert answer.status_code == status
    assert answer.headers.items() >= SECURITY_HEADERS.items()


@pytest.mark.parametrize(("path", "status"), [("/readyz", 503), ("/v1/policies", 503), ("/queue", 503)])
def test_outages_have_them(state: ServingState, path: str, status: int) -> None:
    gone = replace(state, engine=create_engine("postgresql+psycopg://nobody@127.0.0.1:1/gone"))
    client = TestClient(create_app(gone), headers={"Authorization": "Bearer triage_a_b"}, raise_server_exceptions=False)
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers.items() >= SECURITY_HEADERS.items()
    assert answer.headers["retry-after"] == "2"


def test_answers_of_the_interface_are_not_kept_by_anybody(app: FastAPI) -> None:
    assert TestClient(app).get("/v1/policy").headers["cache-control"] == "no-store"
