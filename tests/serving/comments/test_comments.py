"""Comments on cases: who may write and read them, whom they tell, and that they stay as they were written."""

import pytest
from fastapi.testclient import TestClient
from psycopg.errors import RestrictViolation
from sqlalchemy import Engine

from serving.auth.scopes import Role
from serving.comments.service import count_unseen, mark_seen, unseen_by
from serving.sql import change, rows
from tests.serving.kit import OpenClient, person


@pytest.fixture
def case_id(firm: Engine, machine: TestClient) -> str:
    return str(machine.post("/v1/scores", json={"invoice_id": "INV-1"}).json()["case_id"])


def say(client: TestClient, case_id: str, text: str) -> TestClient:
    return client.post(f"/v1/cases/{case_id}/comments", json={"text": text})  # type: ignore[return-value]  # an answer


def give_to_team(engine: Engine, case_id: str) -> None:
    with engine.begin() as connection:
        change(connection, "INSERT INTO team (team_id, name) VALUES ('T', 'Team')")
        change(connection, "UPDATE review_case SET team_id = 'T' WHERE case_id = %(id)s", {"id": case_id})


def test_what_is_said_is_read_by_colleagues_in_order(log_in: OpenClient, case_id: str) -> None:
    alice, bob = log_in("alice", Role.REVIEWER), log_in("bob", Role.REVIEWER)
    assert say(alice, case_id, "the card is old").status_code == 201
    say(bob, case_id, "it is")
    found = alice.get(f"/v1/cases/{case_id}/comments").json()["comments"]
    assert [(each["author"], each["text"]) for each in found] == [("Alice", "the card is old"), ("Bob", "it is")]


def test_a_mention_waits_for_its_person_until_they_look(engine: Engine, log_in: OpenClient, case_id: str) -> None:
    bob = person(engine, "bob", Role.REVIEWER)
    say(log_in("alice", Role.REVIEWER), case_id, "could you look, @Bob?")
    with engine.begin() as connection:
        assert [row["text"] for row in unseen_by(connection, bob)] == ["could you look, @Bob?"]
        assert mark_seen(connection, case_id, bob) == 1
        assert mark_seen(connection, case_id, bob) == 0
        assert count_unseen(connection, bob) == 0


def test_an_address_is_no_mention(log_in: OpenClient, case_id: str) -> None:
    assert say(log_in("alice", Role.REVIEWER), case_id, "wrote to ap@client.example").status_code == 201


def test_a_mention_of_nobody_is_refused_and_nothing_is_written(log_in: OpenClient, case_id: str) -> None:
    alice = log_in("alice", Role.REVIEWER)
    refused = say(alice, case_id, "ask @nobody")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/text")
    assert alice.get(f"/v1/cases/{case_id}/comments").json() == {"comments": []}


def test_a_case_of_a_foreign_team_is_not_there(engine: Engine, log_in: OpenClient, case_id: str) -> None:
    give_to_team(engine, case_id)
    charlie = log_in("charlie", Role.REVIEWER)
    assert say(charlie, case_id, "x").status_code == 404
    assert charlie.get(f"/v1/cases/{case_id}/comments").status_code == 404
    assert charlie.get(f"/v1/cases/{case_id}/similar").status_code == 404


def test_nobody_is_told_of_a_case_that_they_may_not_see(engine: Engine, log_in: OpenClient, case_id: str) -> None:
    person(engine, "charlie", Role.REVIEWER)
    person(engine, "mona", Role.MANAGER)
    give_to_team(engine, case_id)
    boss = log_in("boss", Role.MANAGER)
    assert say(boss, case_id, "@charlie look").status_code == 422
    assert say(boss, case_id, "@mona look").status_code == 201


def test_the_same_key_says_it_once(log_in: OpenClient, case_id: str) -> None:
    alice = log_in("alice", Role.REVIEWER)
    for _ in range(2):
        alice.post(f"/v1/cases/{case_id}/comments", json={"text": "once"}, headers={"Idempotency-Key": "k1"})
    assert len(alice.get(f"/v1/cases/{case_id}/comments").json()["comments"]) == 1


def test_a_comment_is_audited_and_cannot_be_changed(engine: Engine, log_in: OpenClient, case_id: str) -> None:
    say(log_in("alice", Role.REVIEWER), case_id, "as it was")
    with engine.begin() as connection:
        assert rows(connection, "SELECT subject_id FROM audit_entry WHERE action = 'commented'") == [
            {"subject_id": "INV-1"}
        ]
    with pytest.raises(RestrictViolation), engine.begin() as connection:
        change(connection, "UPDATE case_comment SET text = 'otherwise'")
