"""Teams over HTTP and on their page: members, skills, caps, and what the audit log is told."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import Role
from tests.serving.kit import OpenClient
from tests.serving.queue.kit import audited, case_of, member, person, set_case, team


@pytest.fixture
def mona(log_in: OpenClient) -> TestClient:
    return log_in("mona", Role.MANAGER)


def test_a_team_is_made_renamed_and_listed(mona: TestClient, engine: Engine) -> None:
    made = mona.post("/v1/teams", json={"name": "Key accounts", "why": "new"}).json()
    body = {"name": "Large accounts", "auto_assign": True, "why": "clearer"}
    changed = mona.put(f"/v1/teams/{made['team_id']}", json=body).json()
    assert (changed["name"], changed["auto_assign"]) == ("Large accounts", True)
    assert [one["name"] for one in mona.get("/v1/teams").json()["teams"]] == ["Large accounts"]
    told = audited(engine, "team_changed")
    assert told is not None
    assert told["detail"]["old"] == {"name": "Key accounts", "auto_assign": False}


def test_two_teams_never_share_a_name(mona: TestClient, engine: Engine) -> None:
    team(engine, "Same")
    other = team(engine, "Other")
    assert mona.post("/v1/teams", json={"name": "Same", "why": "x"}).status_code == 409
    body = {"name": "Same", "auto_assign": False, "why": "x"}
    assert mona.put(f"/v1/teams/{other}", json=body).json()["type"] == "urn:triage:problem:team-exists"


def test_members_have_skills_and_a_cap(mona: TestClient, engine: Engine) -> None:
    made, ann = team(engine), person(engine, "ann", Role.REVIEWER).principal_id
    body = {"skills": ["Tax", "tax ", "retainers"], "most_cases": 3, "why": "joined"}
    found = mona.put(f"/v1/teams/{made}/members/{ann}", json=body).json()["members"]
    assert [(one["skills"], one["most_cases"]) for one in found] == [(["retainers", "tax"], 3)]
    again = mona.put(f"/v1/teams/{made}/members/{ann}", json={"most_cases": 1, "why": "part time"}).json()["members"]
    assert [(one["skills"], one["most_cases"]) for one in again] == [([], 1)]


def test_a_member_must_be_an_account_and_a_team_must_exist(mona: TestClient, engine: Engine) -> None:
    assert mona.put(f"/v1/teams/{team(engine)}/members/nobody", json={"why": "x"}).status_code == 422
    assert mona.put("/v1/teams/none/members/nobody", json={"why": "x"}).status_code == 404


def test_who_leaves_a_team_leaves_its_cases(mona: TestClient, queue: dict[str, str], engine: Engine) -> None:
    made = team(engine)
    ann = member(engine, made, "ann").principal_id
    set_case(engine, "INV-1", team_id=made, assigned_to=ann)
    place = f"/v1/teams/{made}/members/{ann}/removal"
    assert mona.post(place, json={"why": "left"}).json()["members"] == []
    assert case_of(engine, "INV-1")["assigned_to"] is None
    assert mona.post(place, json={"why": "left"}).status_code == 404
    told = audited(engine, "team_member_removed")
    assert told is not None
    assert told["detail"]["freed_cases"] == 1


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR_REVIEWER, Role.AUDITOR])
def test_teams_are_for_managers(log_in: OpenClient, role: Role) -> None:
    client = log_in("x", role)
    assert client.get("/v1/teams").status_code == 403
    assert client.get("/teams").status_code == 403


def test_the_page_makes_a_team_a_member_and_a_rule(mona: TestClient, queue: dict[str, str], engine: Engine) -> None:
    ann = person(engine, "ann", Role.REVIEWER).principal_id
    mona.post("/teams", data={"name": "Key accounts", "why": "new"})
    made = mona.get("/v1/teams").json()["teams"][0]["team_id"]
    mona.post(f"/teams/{made}/members", data={"account_id": ann, "skills": "tax, po", "most_cases": "4", "why": "x"})
    rule = {"name": "All of Acme", "position": "5", "team_id": made, "client_id": "C1", "why": "x"}
    preview = mona.post("/routing-rules", data={**rule, "do": "preview"})
    assert "would be about 3 of the open cases now" in preview.text
    assert mona.get("/v1/routing-rules").json() == {"rules": []}
    mona.post("/routing-rules", data={**rule, "do": "write"})
    mona.post("/routing-rules/apply", data={"why": "now"})
    page = mona.get("/teams").text
    assert "All of Acme" in page
    assert "client C1" in page
    assert 'value="po, tax"' in page
    assert case_of(engine, "INV-1")["team_id"] == made


def test_the_page_keeps_what_was_typed_when_a_rule_is_refused(mona: TestClient, engine: Engine) -> None:
    rule = {"name": "Both ends", "position": "5", "team_id": team(engine), "why": "x", "amount_from": "9"}
    refused = mona.post("/routing-rules", data={**rule, "amount_below": "3", "do": "write"})
    assert refused.status_code == 422
    assert "must lie above" in refused.text
    assert 'value="Both ends"' in refused.text


def test_the_page_switches_and_drops_rules(mona: TestClient, engine: Engine) -> None:
    made = team(engine)
    body = {"name": "r", "position": 1, "team_id": made, "amount_from": "10.50", "why": "x"}
    rule_id = mona.post("/v1/routing-rules", json=body).json()["rule_id"]
    mona.post(f"/routing-rules/{rule_id}", data={"do": "off", "why": "for now"})
    after = mona.get("/v1/routing-rules").json()["rules"][0]
    assert (after["active"], after["amount_from"], after["why"]) == (False, "10.5", "for now")
    mona.post(f"/routing-rules/{rule_id}", data={"do": "drop", "why": "gone"})
    assert mona.get("/v1/routing-rules").json() == {"rules": []}


@pytest.mark.parametrize("place", ["/teams", "/routing-rules/apply"])
def test_every_change_on_the_page_needs_its_reason(mona: TestClient, engine: Engine, place: str) -> None:
    answer = mona.post(place, data={"name": "x"}, follow_redirects=False)
    assert answer.headers["location"] == "/teams"
    assert mona.get("/v1/teams").json() == {"teams": []}


def test_the_page_assigns_a_case(mona: TestClient, queue: dict[str, str], engine: Engine) -> None:
    ann = person(engine, "ann", Role.REVIEWER).principal_id
    place = f"/cases/{queue['INV-1']}/place"
    assert "Whose is INV-1?" in mona.get(place).text
    mona.post(place, data={"person": ann, "why": "knows it"}, follow_redirects=False)
    assert case_of(engine, "INV-1")["assigned_to"] == ann
    mona.post(place, data={"person": "", "why": "on leave"}, follow_redirects=False)
    assert case_of(engine, "INV-1")["assigned_to"] is None
    made = team(engine)
    mona.post(place, data={"team": made, "why": "theirs"}, follow_redirects=False)
    assert case_of(engine, "INV-1")["team_id"] == made
