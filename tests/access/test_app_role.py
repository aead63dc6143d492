"""The service with just the rights of ``triage_app`` in the database: every route answers, and a case is worked."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, event

from serving.auth.scopes import Role
from serving.rights import APP, grant, make_roles
from tests.access.test_access import ENDS_THE_SESSION, PUBLIC, call, routes
from tests.serving.kit import OpenClient


@pytest.fixture
def reduced(engine: Engine) -> Engine:
    """Whatever begins a transaction from now on acts as the service's own database account."""
    with engine.begin() as connection:
        make_roles(connection)
        grant(connection)

    @event.listens_for(engine, "begin")
    def less(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET ROLE {APP}")

    return engine


def test_no_route_needs_more(app: FastAPI, log_in: OpenClient, reduced: Engine, subtests: pytest.Subtests) -> None:
    client = log_in("all", *Role)
    for method, path, _ in routes(app):
        if (method, path) not in PUBLIC | ENDS_THE_SESSION:
            with subtests.test(route=f"{method} {path}"):
                assert call(client, method, path) < 500


def test_a_case_is_worked_from_the_score_to_the_figures(
    machine: TestClient, log_in: OpenClient, firm: Engine, reduced: Engine
) -> None:
    score = machine.post("/v1/scores", json={"invoice_id": "INV-1"}).json()
    place, alice = f"/v1/cases/{score['case_id']}", log_in("alice", Role.SENIOR_REVIEWER)
    fence = {"fence": alice.post(f"{place}/claim").json()["fence"]}
    asked = {"kind": "answer", "question": "Why?", "asked_name": "Petra", **fence}
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("comments", {"text": "I have asked Petra."}),
        ("attachments", {"file_name": "a.txt", "content_base64": "YQ=="}),
        ("requests", asked),
        ("resume", {"note": "answered by telephone"}),
    )
    for path, sent in steps:
        assert alice.post(f"{place}/{path}", json=sent).status_code in (200, 201), path
    fence = {"fence": alice.post(f"{place}/claim").json()["fence"]}
    decision = {"action": "hold", "reason_code": "rate", "note": "The rate is not agreed.", **fence}
    assert alice.post(f"{place}/decision", json=decision).status_code == 200
    assert log_in("mona", Role.MANAGER).get("/v1/boards").status_code == 200
    assert log_in("arne", Role.AUDITOR).get("/v1/audit/verification").json()["holds"]
