"""Cases of a foreign team: not found, not listed, not counted, not handed out, by whatever way they are asked for."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.scopes import Role
from tests.serving.kit import OpenClient


@pytest.fixture
def foreign(queue: dict[str, str], engine: Engine) -> str:
    """INV-1 is the case of team T, whose one member is Tom."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO team (team_id, name) VALUES ('T', 'Theirs')"))
        connection.execute(text("UPDATE review_case SET team_id = 'T' WHERE invoice_id = 'INV-1'"))
    return queue["INV-1"]


def join(engine: Engine, login: str) -> None:
    statement = "INSERT INTO team_member (team_id, account_id) SELECT 'T', account_id FROM account WHERE login = :login"
    with engine.begin() as connection:
        connection.execute(text(statement), {"login": login})


def listed(client: TestClient) -> set[str]:
    return {case["invoice_id"] for case in client.get("/v1/cases").json()["cases"]}


def test_a_stranger_to_the_team_finds_no_such_case(foreign: str, log_in: OpenClient) -> None:
    rita = log_in("rita", Role.REVIEWER)
    answer = rita.get(f"/v1/cases/{foreign}")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:triage:problem:unknown-case")
    assert listed(rita) == {"INV-2", "INV-3"}
    assert rita.get(f"/cases/{foreign}").status_code == 404


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("claim", None),
        ("heartbeat", {"fence": 1}),
        ("release", {"fence": 1}),
        ("resume", {"note": "x"}),
        ("cancel", {"note": "x"}),
        ("decision", {"action": "release", "fence": 1}),
    ],
)
def test_a_foreign_case_answers_to_no_action(foreign: str, log_in: OpenClient, action: str, body: Any) -> None:
    sam = log_in("sam", Role.SENIOR_REVIEWER)
    assert sam.post(f"/v1/cases/{foreign}/{action}", json=body).status_code == 404


def test_nobody_is_handed_a_foreign_case(foreign: str, log_in: OpenClient) -> None:
    rita = log_in("rita", Role.REVIEWER)
    answers = [rita.post("/v1/cases/next") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 204]


def test_foreign_cases_are_not_counted_on_the_page(foreign: str, log_in: OpenClient) -> None:
    page = log_in("rita", Role.REVIEWER).get("/queue").text
    assert "INV-1" not in page
    assert "3,600" in page
    assert "5,400" not in page


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.ADMIN])
def test_roles_that_answer_for_all_teams_see_all(foreign: str, log_in: OpenClient, role: Role) -> None:
    client = log_in("boss", role)
    assert listed(client) == {"INV-1", "INV-2", "INV-3"}
    assert client.get(f"/v1/cases/{foreign}").status_code == 200


def test_a_member_sees_the_cases_of_the_team_and_those_of_none(
    foreign: str, log_in: OpenClient, engine: Engine
) -> None:
    tom = log_in("tom", Role.REVIEWER)
    join(engine, "tom")
    assert listed(tom) == {"INV-1", "INV-2", "INV-3"}
    assert tom.post(f"/v1/cases/{foreign}/claim").status_code == 200
