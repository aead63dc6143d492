"""Asking over HTTP: who may ask whom for what, what happens to the case, and that the link is kept nowhere."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.scopes import Role
from serving.auth.secrets import digest
from tests.serving.asking.conftest import APPROVE, Ask, events, one, path
from tests.serving.kit import OpenClient


def state_of(client: TestClient, case_id: str) -> str:
    state: str = client.get(f"/v1/cases/{case_id}").json()["case"]["state"]
    return state


def test_asking_claims_the_case_and_lets_it_wait(ask: Ask, alice: TestClient, case_id: str, firm: Engine) -> None:
    made = ask()
    assert (made["request"]["state"], made["request"]["asked_name"], made["sent"]) == ("asked", "Petra Manager", False)
    assert state_of(alice, case_id) == "waiting"
    assert events(firm)[-3:] == ["claimed", "evidence_requested", "asked"]


def test_the_holder_asks_under_the_fence_and_nobody_else_does(
    alice: TestClient, log_in: OpenClient, case_id: str
) -> None:
    fence = alice.post(f"/v1/cases/{case_id}/claim").json()["fence"]
    bob, place = log_in("bob", Role.REVIEWER), f"/v1/cases/{case_id}/requests"
    assert bob.post(place, json=APPROVE).json()["type"] == "urn:triage:problem:not-claimable"
    assert bob.post(place, json=APPROVE | {"fence": fence}).json()["type"] == "urn:triage:problem:claim-lost"
    assert alice.post(place, json=APPROVE | {"fence": fence}).status_code == 201


def test_a_waiting_case_takes_another_question(ask: Ask, alice: TestClient, case_id: str) -> None:
    ask()
    ask(kind="answer", question="Why?", subjects=[], asked_id="W1")
    found = alice.get(f"/v1/cases/{case_id}/requests").json()["requests"]
    assert [request["asked_name"] for request in found] == ["Petra Manager", "Wim Worker"]


@pytest.mark.parametrize(
    "changes",
    [
        {"asked_id": "PM2"},  # the approval waits for somebody else
        {"asked_id": "nobody"},
        {"asked_id": None, "asked_name": "Petra"},  # a name alone approves nothing
        {"subjects": []},
        {"subjects": [{"kind": "approval", "id": "A404"}]},
        {"subjects": [{"kind": "time_entry", "id": "T2"}]},  # no approval was asked for in the ledger
        {"question": "   "},
        {"kind": "answer", "subjects": [], "asked_id": None},
        {"kind": "answer", "subjects": [], "address": "petra@x.example?to=all@y.example"},
    ],
)
def test_what_could_count_for_the_wrong_person_is_refused(
    alice: TestClient, case_id: str, changes: dict[str, Any]
) -> None:
    answer = alice.post(f"/v1/cases/{case_id}/requests", json=APPROVE | changes)
    assert answer.status_code == 422, answer.text
    assert state_of(alice, case_id) == "open"


def test_the_preparer_asks_nobody_and_nobody_asks_themselves(
    log_in: OpenClient, alice: TestClient, case_id: str
) -> None:
    preparer = log_in("preparer", Role.REVIEWER, resource_id="PREP")
    place = f"/v1/cases/{case_id}/requests"
    assert preparer.post(place, json=APPROVE).json()["type"] == "urn:triage:problem:segregation-of-duties"
    wim = log_in("wim", Role.REVIEWER, resource_id="W1")
    own = {"kind": "answer", "question": "Really?", "asked_id": "W1"}
    assert wim.post(place, json=own).status_code == 422


def test_a_foreign_team_finds_no_request(ask: Ask, alice: TestClient, case_id: str, firm: Engine) -> None:
    request_id = ask()["request"]["request_id"]
    with firm.begin() as connection:
        connection.execute(text("INSERT INTO team (team_id, name) VALUES ('T', 'Elsewhere')"))
        connection.execute(text("UPDATE review_case SET team_id = 'T'"))
    place = f"/v1/cases/{case_id}/requests"
    assert alice.get(place).status_code == 404
    for step in ("reminder", "withdraw"):
        assert alice.post(f"{place}/{request_id}/{step}").status_code == 404


def test_of_the_token_only_the_digest_is_kept(ask: Ask, firm: Engine) -> None:
    token = path(ask()["link"]).removeprefix("/answer/")
    assert one(firm, "SELECT token_digest FROM case_request_link") == digest(token)
    with firm.connect() as connection:
        kept = connection.execute(text("SELECT string_agg(body, '') FROM audit_entry")).scalar_one()
        kept += connection.execute(text("SELECT string_agg(r::text, '') FROM case_request r")).scalar_one()
    assert token not in kept


def test_withdrawing_opens_the_case_and_ends_the_link(
    ask: Ask, alice: TestClient, petra: TestClient, case_id: str, firm: Engine
) -> None:
    made = ask()
    place = f"/v1/cases/{case_id}/requests/{made['request']['request_id']}/withdraw"
    assert alice.post(place).json()["state"] == "withdrawn"
    assert state_of(alice, case_id) == "open"
    assert petra.get(path(made["link"])).status_code == 404
    assert alice.post(place).json()["type"] == "urn:triage:problem:request-ended"
    assert events(firm)[-2:] == ["ask_withdrawn", "resumed"]


def test_withdrawing_one_of_two_leaves_the_case_waiting(ask: Ask, alice: TestClient, case_id: str) -> None:
    first = ask()["request"]["request_id"]
    ask(kind="answer", question="Why?", subjects=[], asked_id="W1")
    alice.post(f"/v1/cases/{case_id}/requests/{first}/withdraw")
    assert state_of(alice, case_id) == "waiting"


def test_a_reminder_shows_a_new_link_and_the_old_one_still_works(
    ask: Ask, alice: TestClient, petra: TestClient, case_id: str
) -> None:
    made = ask()
    place = f"/v1/cases/{case_id}/requests/{made['request']['request_id']}/reminder"
    again = alice.post(place).json()
    assert again["link"] != made["link"]
    assert again["request"]["reminded_at"] is not None
    assert [petra.get(path(link)).status_code for link in (made["link"], again["link"])] == [200, 200]
