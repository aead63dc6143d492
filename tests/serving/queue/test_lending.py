"""A case of a team reaches somebody who sees it and may decide it, or the escalation says that nobody can."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.observe.metrics import exposition
from serving.queue import service
from serving.queue.lending import lend_cases
from serving.state import ServingState
from tests.serving.kit import PASSWORD, OpenClient, person
from tests.serving.queue.kit import audited, case_of, events, member, set_case, take, team


@pytest.fixture
def theirs(queue: dict[str, str], engine: Engine) -> str:
    """INV-1 is the case of a team; INV-2 and INV-3 are everybody's and out of the way."""
    made = team(engine)
    set_case(engine, "INV-1", team_id=made)
    for number in (2, 3):
        set_case(engine, f"INV-{number}", state="cancelled", closed_at="2026-02-10T12:00:00Z")
    return made


@pytest.fixture
def rita(log_in: OpenClient, engine: Engine, theirs: str) -> TestClient:
    """The team's reviewer."""
    client = log_in("rita", Role.REVIEWER)
    statement = "INSERT INTO team_member (team_id, account_id) SELECT :team, account_id FROM account"
    with engine.begin() as connection:
        connection.execute(text(statement), {"team": theirs})
    return client


def escalate(rita: TestClient, case_id: str) -> Any:
    fence = rita.post(f"/v1/cases/{case_id}/claim").json()["fence"]
    body = {"action": "escalate", "fence": fence, "note": "too large for me"}
    return rita.post(f"/v1/cases/{case_id}/decision", json=body)


def elsewhere(engine: Engine) -> Principal:
    """A senior of another team."""
    return member(engine, team(engine, "Other"), "olga", Role.SENIOR_REVIEWER)


def log_in_as(client: TestClient, login: str) -> TestClient:
    fresh = TestClient(client.app, raise_server_exceptions=False)
    assert fresh.post("/v1/session", json={"login": login, "password": PASSWORD}).status_code == 200
    return fresh


def test_a_team_without_a_senior_lends_it_to_one_of_another_team(
    rita: TestClient, queue: dict[str, str], engine: Engine, state: ServingState
) -> None:
    olga, reads = elsewhere(engine), log_in_as(rita, "olga")
    assert reads.get(f"/v1/cases/{queue['INV-1']}").status_code == 404
    assert escalate(rita, queue["INV-1"]).status_code == 200
    assert events(engine, queue["INV-1"])[-2:] == ["escalated", "lent"]
    assert audited(engine, "case_lent") is not None
    assert reads.get(f"/v1/cases/{queue['INV-1']}").status_code == 200
    assert [case["invoice_id"] for case in reads.get("/v1/cases").json()["cases"]] == ["INV-1"]
    assert take(state, olga) == "INV-1"
    fence = case_of(engine, "INV-1")["fence"]
    body = {"action": "hold", "fence": fence, "reason_code": "rate"}
    assert reads.post(f"/v1/cases/{queue['INV-1']}/decision", json=body).json()["case"]["state"] == "decided"
    assert lend_cases(state) == 0
    assert reads.get(f"/v1/cases/{queue['INV-1']}").status_code == 200


def test_a_team_whose_only_senior_is_barred_lends_it_too(
    rita: TestClient, theirs: str, queue: dict[str, str], engine: Engine, state: ServingState
) -> None:
    barred = member(engine, theirs, "paul", Role.SENIOR_REVIEWER, resource_id="PREP")
    olga = elsewhere(engine)
    assert escalate(rita, queue["INV-1"]).status_code == 200
    assert take(state, barred) is None
    assert take(state, olga) == "INV-1"


@pytest.mark.parametrize("who", ["senior", "manager"])
def test_what_somebody_in_its_own_sight_may_decide_is_not_lent(
    rita: TestClient, theirs: str, queue: dict[str, str], engine: Engine, state: ServingState, who: str
) -> None:
    if who == "senior":
        able = member(engine, theirs, "sam", Role.SENIOR_REVIEWER)
    else:
        able = person(engine, "mona", Role.MANAGER)
    olga = elsewhere(engine)
    assert escalate(rita, queue["INV-1"]).status_code == 200
    assert lend_cases(state) == 0
    assert events(engine, queue["INV-1"])[-1] == "escalated"
    assert take(state, olga) is None
    assert take(state, able) == "INV-1"


@pytest.mark.parametrize("barred", [False, True])
def test_an_escalation_that_would_reach_nobody_says_so_and_changes_nothing(
    rita: TestClient, theirs: str, queue: dict[str, str], engine: Engine, barred: bool
) -> None:
    if barred:
        member(engine, theirs, "paul", Role.SENIOR_REVIEWER, resource_id="PREP")
    refused = escalate(rita, queue["INV-1"])
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:nobody-to-escalate-to")
    assert refused.json()["barred"] == (["Paul"] if barred else [])
    assert "ask an administrator" in refused.json()["detail"]
    kase = case_of(engine, "INV-1")
    assert (kase["state"], kase["escalated"]) == ("claimed", False)


def test_what_came_there_by_itself_is_lent_and_taken_back_by_the_worker(
    rita: TestClient, theirs: str, queue: dict[str, str], engine: Engine, state: ServingState
) -> None:
    olga = elsewhere(engine)
    set_case(engine, "INV-1", route="senior_review")
    assert [lend_cases(state), lend_cases(state)] == [1, 0]
    with engine.begin() as connection:
        fence = service.claim(connection, state, queue["INV-1"], principal=olga)["fence"]
    member(engine, theirs, "sam", Role.SENIOR_REVIEWER)
    assert lend_cases(state) == 0  # she has it in hand
    with engine.begin() as connection:
        service.release(connection, queue["INV-1"], principal=olga, fence=fence)
    assert lend_cases(state) == 1
    assert take(state, olga) is None
    assert [one for one in events(engine, queue["INV-1"]) if one.startswith("lent")] == ["lent", "lent_back"]


def test_what_nobody_may_decide_is_counted(rita: TestClient, engine: Engine) -> None:
    def counted() -> str:
        with engine.connect() as connection:
            page = exposition(connection).decode()
        return next(line for line in page.splitlines() if line.startswith("triage_cases_nobody_may_decide"))

    assert counted().endswith(" 0.0")
    set_case(engine, "INV-1", route="senior_review")
    assert counted().endswith(" 1.0")
