"""Saved views: one's own and shared ones, the first one that opens, over HTTP and on the page."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import Role
from tests.serving.kit import OpenClient
from tests.serving.queue.kit import team
from tests.serving.queue.test_sight import listed

HOLDS = {"name": "Holds", "parameters": {"route": "hold"}}


@pytest.fixture
def rita(log_in: OpenClient) -> TestClient:
    return log_in("rita", Role.REVIEWER)


def join(engine: Engine, team_id: str, *logins: str) -> None:
    with engine.begin() as connection:
        for login in logins:
            statement = f"INSERT INTO team_member (team_id, account_id) SELECT '{team_id}', account_id FROM account "
            connection.exec_driver_sql(f"{statement} WHERE login = '{login}'")


def names(client: TestClient) -> list[str]:
    return [view["name"] for view in client.get("/v1/views").json()["views"]]


def test_a_view_is_its_owners_alone(rita: TestClient, log_in: OpenClient) -> None:
    made = rita.post("/v1/views", json=HOLDS).json()
    bob = log_in("bob", Role.REVIEWER)
    assert (names(rita), names(bob)) == (["Holds"], [])
    assert bob.delete(f"/v1/views/{made['view_id']}").status_code == 404
    assert bob.post(f"/v1/views/{made['view_id']}/default").status_code == 404


def test_a_shared_view_is_seen_by_the_team_and_deleted_by_its_owner(
    rita: TestClient, log_in: OpenClient, engine: Engine
) -> None:
    bob, cid, theirs = log_in("bob", Role.REVIEWER), log_in("cid", Role.REVIEWER), team(engine)
    join(engine, theirs, "rita", "bob")
    made = rita.post("/v1/views", json={**HOLDS, "team_id": theirs}).json()
    assert (names(bob), names(cid)) == (["Holds"], [])
    assert bob.delete(f"/v1/views/{made['view_id']}").status_code == 404
    assert rita.delete(f"/v1/views/{made['view_id']}").status_code == 204
    assert names(bob) == []


def test_a_view_is_shared_with_ones_own_teams_only(rita: TestClient, engine: Engine) -> None:
    assert rita.post("/v1/views", json={**HOLDS, "team_id": team(engine)}).status_code == 422


@pytest.mark.parametrize("parameters", [{"route": "nonsense"}, {"unknown": "x"}, {"above": "many"}, {}])
def test_a_view_must_mean_something(rita: TestClient, parameters: dict[str, str]) -> None:
    assert rita.post("/v1/views", json={"name": "x", "parameters": parameters}).status_code == 422


def test_a_name_is_taken_once_per_person(rita: TestClient, log_in: OpenClient) -> None:
    assert rita.post("/v1/views", json=HOLDS).status_code == 201
    assert rita.post("/v1/views", json=HOLDS).json()["type"] == "urn:triage:problem:view-exists"
    assert log_in("bob", Role.REVIEWER).post("/v1/views", json=HOLDS).status_code == 201


def test_the_queue_opens_with_the_default_view(rita: TestClient, queue: dict[str, str]) -> None:
    made = rita.post("/v1/views", json=HOLDS).json()
    assert rita.post(f"/v1/views/{made['view_id']}/default").json()["is_default"] is True
    opened = rita.get("/queue", follow_redirects=False)
    assert (opened.status_code, opened.headers["location"]) == (303, "/queue?route=hold")
    assert rita.get("/queue?order=priority").status_code == 200
    rita.delete(f"/v1/views/{made['view_id']}")
    assert rita.get("/queue", follow_redirects=False).status_code == 200
    assert listed(rita) == {"INV-1", "INV-2", "INV-3"}


def test_the_page_keeps_opens_and_deletes_views(rita: TestClient, queue: dict[str, str]) -> None:
    page = rita.post("/queue/views", data={"name": "Large", "query": "above=1000&order=amount"}).text
    assert "The view “Large” is kept." in page
    assert 'href="/queue?above=1000&amp;order=amount" aria-current="true"' in page
    view_id = rita.get("/v1/views").json()["views"][0]["view_id"]
    rita.post(f"/queue/views/{view_id}", data={"do": "first"})
    assert "opens first" in rita.get("/queue").text
    rita.post(f"/queue/views/{view_id}", data={"do": "plain"})
    assert rita.get("/queue", follow_redirects=False).status_code == 200
    rita.post(f"/queue/views/{view_id}", data={"do": "drop"})
    assert names(rita) == []


@pytest.mark.parametrize("sent", [{"name": "", "query": "route=hold"}, {"name": "x", "query": ""}, {"name": "x"}])
def test_the_page_refuses_a_view_of_nothing(rita: TestClient, sent: dict[str, str]) -> None:
    assert "A view needs a name" in rita.post("/queue/views", data=sent).text
    assert names(rita) == []


def test_the_page_refuses_a_view_that_means_nothing(rita: TestClient) -> None:
    assert "no view of the queue" in rita.post("/queue/views", data={"name": "x", "query": "route=none"}).text
