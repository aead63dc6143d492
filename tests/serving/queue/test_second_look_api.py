"""Second looks over the interface: as blind as on the page, once per key, and settled by a third person."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.scopes import Role
from serving.queue.look_schemas import LookDecisionRequest, SettlementRequest
from tests.serving.kit import PASSWORD, person
from tests.serving.queue.test_second_look import Open, browse, cases, decided, firm, looking, speaking, state

__all__ = ["browse", "cases", "decided", "firm", "looking", "speaking", "state"]
LOOKS = "/v1/second-looks"
HOLD = {"action": "hold", "reason_code": "rate"}


@pytest.fixture
def call(looking: FastAPI, engine: Engine) -> Open:
    """Makes a person and gives a client of theirs that is logged in."""

    def make(name: str, *roles: Role, resource_id: str | None = None) -> TestClient:
        person(engine, name, *roles, resource_id=resource_id)
        client = TestClient(looking, raise_server_exceptions=False)
        assert client.post("/v1/session", json={"login": name, "password": PASSWORD}).status_code == 200
        return client

    return make


def take(client: TestClient) -> Any:
    answer = client.post(f"{LOOKS}/next")
    assert answer.status_code == 200
    return answer.json()


def decide(client: TestClient, **said: Any) -> Any:
    look_id = take(client)["look"]["look_id"]
    return client.post(f"{LOOKS}/{look_id}/decision", json=said)


def test_a_look_in_hand_says_why_and_nothing_of_the_first_decision(decided: str, call: Open) -> None:
    bob = call("bob", Role.REVIEWER)
    taken = take(bob)
    look = taken["look"]
    assert (look["state"], look["first"], look["second"], look["case_id"]) == ("waiting", None, None, None)
    assert (taken["invoice_id"], taken["amount"]) == ("INV-1", "40000.00")
    assert taken["because"]
    assert taken.keys().isdisjoint({"risks", "route"})
    read = bob.get(f"{LOOKS}/{look['look_id']}")
    assert read.json() == taken
    assert "a telling note" not in read.text
    assert bob.get(LOOKS).json()["in_hand"] == look["look_id"]


@pytest.mark.parametrize("part", ["", "/comments", "/similar", "/requests", "/attachments", "/attachments/x/content"])
def test_no_part_of_the_case_tells_whoever_looks(decided: str, call: Open, part: str) -> None:
    bob = call("bob", Role.REVIEWER)
    place = f"/v1/cases/{decided}{part}"
    assert bob.get(place).status_code != 403
    take(bob)
    answer = bob.get(place)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:triage:problem:second-look")
    decide(bob, action="release")
    assert bob.get(place).status_code != 403


def test_both_decisions_come_with_the_second(decided: str, call: Open) -> None:
    bob = call("bob", Role.REVIEWER)
    done = decide(bob, action="release", note="looks fine").json()
    assert (done["state"], done["case_id"]) == ("disagreed", decided)
    assert (done["first"]["action"], done["first"]["note"], done["first"]["reviewer"]) == (
        "hold", "a telling note", "Alice",
    )  # fmt: skip
    assert (done["second"]["action"], done["second"]["note"]) == ("release", "looks fine")
    listed = bob.get(LOOKS).json()
    assert (listed["finished"], listed["in_hand"], listed["free"]) == ([done], None, 0)
    assert bob.get(f"{LOOKS}/{done['look_id']}").json()["look"] == done


def test_the_agreement_is_told_with_its_interval(decided: str, call: Open) -> None:
    bob = call("bob", Role.REVIEWER)
    assert bob.get(LOOKS).json()["agreement"] == {
        "looks": 0, "agreement": None, "agreement_by_chance": None, "kappa": None, "kappa_low": None,
        "kappa_high": None,
    }  # fmt: skip
    decide(bob, **HOLD)
    found = bob.get(LOOKS).json()["agreement"]
    assert (found["looks"], found["agreement"]) == (1, 1.0)


def test_without_a_free_look_there_is_none(call: Open) -> None:
    assert call("bob", Role.REVIEWER).post(f"{LOOKS}/next").status_code == 204


def test_who_worked_on_it_and_who_decided_it_get_none(decided: str, call: Open, looking: FastAPI) -> None:
    assert call("petra", Role.REVIEWER, resource_id="PM1").post(f"{LOOKS}/next").status_code == 204
    alice = TestClient(looking)
    alice.post("/v1/session", json={"login": "alice", "password": PASSWORD})
    assert alice.post(f"{LOOKS}/next").status_code == 204


def test_a_decision_is_written_once_per_key(decided: str, call: Open, engine: Engine) -> None:
    bob = call("bob", Role.REVIEWER)
    place, key = f"{LOOKS}/{take(bob)['look']['look_id']}/decision", {"Idempotency-Key": "one"}
    first, again = (bob.post(place, json=HOLD, headers=key) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert (first.content, again.headers["idempotency-replayed"]) == (again.content, "true")
    assert bob.post(place, json=HOLD).status_code == 409
    with engine.connect() as connection:
        query = "SELECT count(*) FROM audit_entry WHERE action = 'second_look_decided'"
        assert connection.execute(text(query)).scalar_one() == 1


@pytest.mark.parametrize(
    ("said", "pointer"),
    [({"action": "hold"}, "/reason_code"), ({"action": "escalate"}, "/action"), ({}, "/action"),
     ({"action": "release", "saw": 1}, "/saw"), ({"action": "hold", "reason_code": "moon"}, "/reason_code")],
)  # fmt: skip
def test_an_incomplete_decision_names_the_field_and_keeps_the_look(
    decided: str, call: Open, said: dict[str, Any], pointer: str
) -> None:
    bob = call("bob", Role.REVIEWER)
    answer = decide(bob, **said)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert bob.get(LOOKS).json()["in_hand"] is not None


def test_a_look_in_other_hands_is_not_there(decided: str, call: Open) -> None:
    look_id = take(call("bob", Role.REVIEWER))["look"]["look_id"]
    carl = call("carl", Role.SENIOR_REVIEWER)
    assert carl.get(f"{LOOKS}/{look_id}").status_code == 404
    assert carl.post(f"{LOOKS}/{look_id}/decision", json=HOLD).status_code == 409
    assert carl.post(f"{LOOKS}/none/decision", json={"action": "hold"}).status_code == 409


def test_a_look_at_a_case_that_went_to_a_foreign_team_is_gone(decided: str, call: Open, engine: Engine) -> None:
    bob = call("bob", Role.REVIEWER)
    look_id = take(bob)["look"]["look_id"]
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO team (team_id, name) VALUES ('U', 'Other')"))
        connection.execute(text("UPDATE review_case SET team_id = 'U' WHERE case_id = :id"), {"id": decided})
    assert bob.get(f"{LOOKS}/{look_id}").status_code == 404
    assert bob.post(f"{LOOKS}/{look_id}/decision", json=HOLD).status_code == 409
    assert bob.post(f"{LOOKS}/next").status_code == 204
    assert bob.get(LOOKS).json()["in_hand"] is None


def test_the_requests_that_the_document_shows_are_answered(decided: str, call: Open) -> None:
    shown = [
        model.model_config["json_schema_extra"]["examples"][0] for model in (LookDecisionRequest, SettlementRequest)
    ]  # type: ignore[index]
    bob, sue = call("bob", Role.REVIEWER), call("sue", Role.SENIOR_REVIEWER)
    look_id = take(bob)["look"]["look_id"]
    assert bob.post(f"{LOOKS}/{look_id}/decision", json=shown[0] | {"action": "correct"}).status_code == 200
    assert sue.post(f"{LOOKS}/{look_id}/settlement", json=shown[1]).status_code == 200


def test_a_third_person_settles(decided: str, call: Open) -> None:
    bob, sue = call("bob", Role.SENIOR_REVIEWER), call("sue", Role.SENIOR_REVIEWER)
    look_id = decide(bob, action="release").json()["look_id"]
    place, said = f"{LOOKS}/{look_id}/settlement", {"settled_for": "first", "settled_note": "the rate is wrong"}
    assert [one["look_id"] for one in sue.get(LOOKS).json()["disagreements"]] == [look_id]
    assert bob.post(place, json=said).status_code == 403
    settled = sue.post(place, json=said).json()
    assert (settled["state"], settled["settled_for"], settled["settled_note"]) == (
        "settled", "first", "the rate is wrong",
    )  # fmt: skip
    assert sue.post(place, json=said).status_code == 409
    assert sue.get(LOOKS).json()["disagreements"] == []
