"""Fixtures of the pages' tests: people who are logged in and ask for HTML, and a queue with one case of each kind."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.app import create_app
from serving.auth.scopes import Role
from serving.scoring.runs import score_run
from serving.scoring.scorer import FixedModels
from serving.state import ServingState
from tests.browser.voices import DESCRIBED, VariedScorer
from tests.serving.factories import NOW, contract, invoice, line, master, write
from tests.serving.kit import PASSWORD, firm, person, state

__all__ = ["firm", "state"]

HTML = {"accept": "text/html"}
OpenBrowser = Callable[..., TestClient]


@pytest.fixture
def speaking(state: ServingState) -> ServingState:
    """The state with models that speak."""
    return replace(state, models=FixedModels(VariedScorer(), DESCRIBED))


@pytest.fixture
def pages(speaking: ServingState) -> FastAPI:
    """The application with models that speak."""
    return create_app(speaking)


@pytest.fixture
def cases(engine: Engine, speaking: ServingState) -> dict[str, str]:
    """Invoice id → case id: large (1), without its purchase order (2), off the card (3), huge (4)."""
    write(engine, [
        *master(), contract(contract_id="K2", po_required=True),
        invoice(1, amount="40000"), line(1, quantity="200", unit_rate="200", amount="40000"),
        invoice(2, contract_id="K2"), line(2),
        invoice(3, amount="2400"), line(3, unit_rate="240", amount="2400"),
        invoice(4, amount="120000"), line(4, quantity="600", unit_rate="200", amount="120000"),
    ])  # fmt: skip
    score_run(speaking, [f"INV-{number}" for number in range(1, 5)], as_of=NOW)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT invoice_id, case_id FROM review_case").all()
    return {str(row[0]): str(row[1]) for row in found}


@pytest.fixture
def browse(pages: FastAPI, engine: Engine) -> OpenBrowser:
    """Makes a person with roles and gives a client that is logged in, asks for pages and follows no redirects."""

    def make(name: str, *roles: Role, resource_id: str | None = None) -> TestClient:
        person(engine, name, *roles, resource_id=resource_id)
        client = TestClient(pages, headers=HTML, follow_redirects=False, raise_server_exceptions=False)
        assert client.post("/login", data={"login": name, "password": PASSWORD}).status_code == 303
        return client

    return make


@pytest.fixture
def stranger(pages: FastAPI) -> TestClient:
    """Nobody who is logged in."""
    return TestClient(pages, headers=HTML, follow_redirects=False, raise_server_exceptions=False)
