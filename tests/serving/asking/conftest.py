"""A case whose hours nobody has approved: Alice reviews it, Petra (PM1) is asked, Bob works elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from ledger.records import Approval, Resource
from serving.auth.scopes import Role
from tests.serving.factories import milestone, record, time_entry, write
from tests.serving.kit import OpenClient, app, clearing, firm, log_in, machine, state

__all__ = ["app", "clearing", "firm", "log_in", "machine", "state"]

HTML = {"accept": "text/html"}
APPROVE = {
    "kind": "approve",
    "question": "Please approve these hours.",
    "asked_id": "PM1",
    "subjects": [{"kind": "approval", "id": "A1"}],
}
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def case_id(firm: Engine, machine: TestClient) -> str:
    """The case."""
    write(firm, [
        record(Resource, resource_id="PM1", name="Petra Manager"),
        record(Resource, resource_id="PM2", name="Otto Other"),
        record(Resource, resource_id="W1", name="Wim Worker"),
        time_entry(time_entry_id="T2", status="submitted"),
        milestone(milestone_id="M9", status="delivered", evidence_ref=None),
        record(Approval, approval_id="A1", subject_kind="time_entry", subject_id="T2", project_id="P1",
               client_id="C1", approver_id="PM1", requested_at="2026-01-14T09:00:00Z"),
    ])  # fmt: skip
    found: str = machine.post("/v1/scores", json={"invoice_id": "INV-1"}).json()["case_id"]
    return found


@pytest.fixture
def alice(log_in: OpenClient, case_id: str) -> TestClient:
    """A reviewer, when the case is there."""
    return log_in("alice", Role.REVIEWER)


@pytest.fixture
def ask(alice: TestClient, case_id: str) -> Ask:
    """Asks as Alice; what came back."""

    def make(**changes: Any) -> dict[str, Any]:
        answer = alice.post(f"/v1/cases/{case_id}/requests", json={**APPROVE, **changes})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return make


@pytest.fixture
def petra(app: Any) -> TestClient:
    """A browser that nobody is logged in with."""
    return TestClient(app, headers=HTML, follow_redirects=False, raise_server_exceptions=False)


def path(link: str) -> str:
    """A link without the address of the service."""
    return link.removeprefix("http://127.0.0.1:8000")


def events(engine: Engine) -> list[str]:
    """What happened to the case, in order."""
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT event FROM case_event ORDER BY event_id")).scalars())


def one(engine: Engine, query: str) -> Any:
    """The first column of the one row of a query."""
    with engine.connect() as connection:
        return connection.execute(text(query)).scalar_one()
