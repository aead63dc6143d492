"""Blind second looks: drawn by share, taken by somebody else, kept blind until decided, compared and settled."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, text

from serving.app import create_app
from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.ids import new_id
from serving.queue import second_look
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.serving.kit import PASSWORD, firm, person, state
from tests.serving.web.conftest import HTML, cases, speaking

__all__ = ["cases", "firm", "speaking", "state"]

Open = Callable[..., TestClient]


@pytest.fixture
def looking(speaking: ServingState) -> FastAPI:
    """The service, every decision of which gets a second look."""
    settings = ServingSettings.model_validate({"TRIAGE_SECOND_LOOK_SHARE": 1.0})
    return create_app(replace(speaking, settings=settings))


@pytest.fixture
def browse(looking: FastAPI, engine: Engine) -> Open:
    def make(name: str, *roles: Role, resource_id: str | None = None) -> TestClient:
        person(engine, name, *roles, resource_id=resource_id)
        client = TestClient(looking, headers=HTML, raise_server_exceptions=False)
        client.post("/login", data={"login": name, "password": PASSWORD})
        return client

    return make


@pytest.fixture
def decided(browse: Open, cases: dict[str, str]) -> str:
    """A case that Alice held, with a telling note."""
    alice, case_id = browse("alice", Role.REVIEWER), cases["INV-1"]
    alice.post(f"/cases/{case_id}/claim")
    said = {"fence": "1", "then": "queue", "action": "hold", "reason_code": "rate", "note": "a telling note"}
    alice.post(f"/cases/{case_id}/decide", data=said)
    return case_id


def look(client: TestClient) -> Any:
    return client.post("/second-looks/next")


def decide(client: TestClient, **said: str) -> Any:
    place = look(client).url.path
    return client.post(f"{place}/decide", data=said)


def test_the_first_decision_takes_effect_and_is_drawn_with_its_propensity(decided: str, engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM review_decision")).scalar_one() == 1
        row = connection.execute(text("SELECT case_id, propensity, state FROM second_look")).one()
    assert tuple(row) == (decided, 1.0, "waiting")


def test_the_second_reviewer_sees_neither_decision_nor_note(decided: str, browse: Open) -> None:
    bob = browse("bob", Role.REVIEWER)
    page = look(bob).text
    assert "What would you decide?" in page
    assert "a telling note" not in page
    assert "checked" not in page


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_whoever_looks_is_kept_from_the_case_until_they_have_decided(decided: str, browse: Open, prefix: str) -> None:
    bob = browse("bob", Role.REVIEWER)
    bob.headers["accept"] = "*/*" if prefix else "text/html"
    look(bob)
    place = f"{prefix}/cases/{decided}"
    assert bob.get(place).status_code == 403
    decide(bob, action="release")
    assert "a telling note" in bob.get(place).text


def test_both_are_shown_to_the_second_reviewer_after_their_own(decided: str, browse: Open) -> None:
    page = decide(browse("bob", Role.REVIEWER), action="hold", reason_code="rate").text
    assert "You agree" in page
    assert "a telling note" in page


def test_an_incomplete_decision_keeps_the_look_in_hand(decided: str, browse: Open) -> None:
    bob = browse("bob", Role.REVIEWER)
    refused = decide(bob, action="hold", note="kept words")
    assert (refused.status_code, "Choose a reason" in refused.text, "kept words" in refused.text) == (422, True, True)
    assert "a telling note" not in refused.text
    assert decide(bob, action="hold", reason_code="rate").status_code == 200


@pytest.mark.parametrize(
    ("name", "resource_id"), [("alice2", "PREP"), ("petra", "PM1")], ids=["the preparer", "the project manager"]
)
def test_who_has_to_do_with_it_gets_no_look(decided: str, browse: Open, name: str, resource_id: str) -> None:
    involved = browse(name, Role.REVIEWER, resource_id=resource_id)
    assert "No second look is free for you" in look(involved).text


def test_the_first_reviewer_and_a_foreign_team_get_none(
    decided: str, browse: Open, looking: FastAPI, engine: Engine
) -> None:
    alice = TestClient(looking, headers=HTML)
    alice.post("/login", data={"login": "alice", "password": PASSWORD})
    assert "No second look is free for you" in look(alice).text
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO team (team_id, name) VALUES ('T', 'Elsewhere')"))
        connection.execute(text("UPDATE review_case SET team_id = 'T'"))
    assert "No second look is free for you" in look(browse("bob", Role.REVIEWER)).text


def test_of_many_who_ask_one_gets_it(decided: str, engine: Engine) -> None:
    people = [person(engine, f"r{number}", Role.REVIEWER) for number in range(8)]
    together = threading.Barrier(8)

    def take(who: Principal) -> bool:
        together.wait()
        with engine.begin() as connection:
            return second_look.take_next(connection, who) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, people)) == 1


def test_a_disagreement_goes_to_a_senior_who_is_neither_of_the_two(decided: str, browse: Open, engine: Engine) -> None:
    bob, sam = browse("bob", Role.REVIEWER), browse("sam", Role.SENIOR_REVIEWER)
    place = decide(bob, action="release").url.path
    assert "To be settled by a senior" in sam.get("/second-looks").text
    assert bob.post(f"{place}/settle", data={"settled_for": "second", "settled_note": "x"}).status_code == 403
    assert sam.post(f"{place}/settle", data={"settled_for": "second"}).status_code == 422
    assert "Settled." in sam.post(f"{place}/settle", data={"settled_for": "first", "settled_note": "rate is off"}).text
    with engine.connect() as connection:
        row = connection.execute(text("SELECT agrees, settled_for, first_saw_score FROM second_look_v1")).one()
    assert tuple(row) == (False, "first", True)


def test_nothing_is_shown_of_a_look_that_is_not_ones_own(decided: str, browse: Open) -> None:
    bob, carl = browse("bob", Role.REVIEWER), browse("carl", Role.REVIEWER)
    place = look(bob).url.path
    assert carl.get(place).status_code == 404
    assert carl.post(f"{place}/decide", data={"action": "release"}).status_code == 409
    decide(bob, action="release")
    assert carl.get(place).status_code == 404


def add(connection: Connection, first: str, second: str, number: int) -> None:
    """A finished look, as the tables keep it."""
    decision, look_id = new_id(), new_id()
    newest = "UPDATE review_case SET fence = :n, score_id = 'S' WHERE case_id = (SELECT min(case_id) FROM review_case)"
    connection.execute(text(newest), {"n": 100 + number})
    connection.execute(
        text("INSERT INTO case_decision VALUES (:d, (SELECT min(case_id) FROM review_case), 'S', :a, true, NULL, NULL,"
             " 'alice', true, :n)"), {"d": decision, "a": first, "n": 100 + number},
    )  # fmt: skip
    connection.execute(
        text("INSERT INTO second_look (look_id, case_id, decision_id, first_reviewer, propensity, state,"
             " second_reviewer, action) VALUES (:l, (SELECT min(case_id) FROM review_case), :d, 'alice', 0.5,"
             " :s, 'bob', :a)"),
        {"l": look_id, "d": decision, "a": second, "s": "agreed" if first == second else "disagreed"},
    )  # fmt: skip


def test_kappa_is_what_a_hand_computes(cases: dict[str, str], connection: Connection) -> None:
    pairs = [("hold", "hold")] * 20 + [("hold", "release")] * 5 + [("release", "hold")] * 10
    pairs += [("release", "release")] * 15
    connection.execute(text("UPDATE review_case SET route = 'review', group_amount = 1, four_eyes = false"))
    for number, (first, second) in enumerate(pairs):
        add(connection, first, second, number)
    row = second_look.agreement(connection)
    # po = 35/50, pe = (25*30 + 25*20)/2500 = 1/2, kappa = 0.4, se = sqrt(0.7 * 0.3 / (50 * 0.25)) = 0.12961
    assert (row["looks"], row["agreement"], row["agreement_by_chance"]) == (50, 0.7, 0.5)
    assert row["kappa"] == pytest.approx(0.4)
    assert (row["kappa_low"], row["kappa_high"]) == pytest.approx((0.14596, 0.65404), abs=1e-4)


def test_without_looks_nothing_is_claimed(connection: Connection) -> None:
    found = second_look.agreement(connection)
    assert found.pop("looks") == 0
    assert set(found.values()) == {None}


def test_the_page_is_empty_in_words(browse: Open) -> None:
    page = browse("bob", Role.REVIEWER).get("/second-looks").text
    assert "You have not looked at a case a second time yet" in page
