"""Rules that place cases: the first match wins, by hand stays, the preview says what happens, every change is told."""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from serving.auth.scopes import Role
from serving.queue import routing_rules
from serving.queue.routing_rules import RuleExists, RuleRequest
from serving.scoring.service import Asker, score_invoice
from serving.state import ServingState
from tests.serving.factories import contract, invoice, line, write
from tests.serving.kit import OpenClient
from tests.serving.queue.kit import audited, case_of, set_case, team


def rule(engine: Engine, team_id: str, **fields: Any) -> str:
    request = RuleRequest.model_validate({"name": "r", "position": 10, "why": "test", "team_id": team_id, **fields})
    with engine.begin() as connection:
        return str(routing_rules.add_rule(connection, request, actor="test")["rule_id"])


def score_again(state: ServingState, invoice_id: str) -> None:
    with state.engine.begin() as connection:
        score_invoice(connection, state, invoice_id, as_of=None, asker=Asker("test"))


def test_a_case_gets_its_team_in_the_statement_that_opens_it(firm: Engine, state: ServingState) -> None:
    theirs = team(firm)
    rule(firm, theirs, client_id="C1", skill="Retainers ")
    score_again(state, "INV-1")
    kase = case_of(firm, "INV-1")
    assert (kase["team_id"], kase["skill"]) == (theirs, "retainers")


def test_the_first_rule_by_position_that_matches_decides(firm: Engine, state: ServingState) -> None:
    first, second = team(firm, "first"), team(firm, "second")
    rule(firm, second, name="b", position=20)
    rule(firm, first, name="a", position=10, amount_from="5000")
    score_again(state, "INV-1")
    assert case_of(firm, "INV-1")["team_id"] == second
    write(firm, [invoice(version="2", amount="9000"), line(version="2", amount="9000", quantity="50")])
    score_again(state, "INV-1")
    assert case_of(firm, "INV-1")["team_id"] == first


@pytest.mark.parametrize(
    ("fields", "matches"),
    [
        ({"legal_entity_id": "E1", "billing_method": "time_and_materials"}, 3),
        ({"legal_entity_id": "E2"}, 0),
        ({"billing_method": "retainer"}, 0),
        ({"route": "review", "client_id": "C1"}, 3),
        ({"route": "hold"}, 0),
        ({"amount_from": "1800"}, 3),
        ({"amount_below": "1800"}, 0),
        ({"control_id": "po_missing"}, 1),
        ({"cause": "po_reference"}, 1),
        ({"active": False}, 3),
    ],
)
def test_the_preview_counts_the_open_cases_that_the_rule_would_take(
    queue: dict[str, str], engine: Engine, log_in: OpenClient, fields: dict[str, Any], matches: int
) -> None:
    set_case(engine, "INV-2", control_ids=["po_missing"], causes=["po_reference"])
    mona = log_in("mona", Role.MANAGER)
    body = {"name": "x", "position": 1, "team_id": team(engine), "why": "x", **fields}
    assert mona.post("/v1/routing-rules/preview", json=body).json() == {"matches": matches}


def test_what_was_placed_by_hand_or_is_held_stays_where_it_is(
    queue: dict[str, str], engine: Engine, state: ServingState
) -> None:
    theirs = team(engine)
    set_case(engine, "INV-1", placed_by_hand=True)
    set_case(engine, "INV-2", state="claimed", claimed_by="x", lease_expires_at="2999-01-01T00:00:00Z")
    rule(engine, theirs)
    for number in (1, 2, 3):
        score_again(state, f"INV-{number}")
    assert [case_of(engine, f"INV-{number}")["team_id"] for number in (1, 2, 3)] == [None, None, theirs]


def test_applying_the_rules_places_open_cases_and_takes_them_off_foreign_lists(
    queue: dict[str, str], engine: Engine, log_in: OpenClient
) -> None:
    mona = log_in("mona", Role.MANAGER)
    with engine.begin() as connection:
        connection.execute(text("UPDATE review_case SET assigned_to = (SELECT account_id FROM account)"))
    set_case(engine, "INV-1", placed_by_hand=True)
    theirs = team(engine)
    rule(engine, theirs)
    assert mona.post("/v1/routing-rules/application", json={"why": "new team"}).json() == {"moved": 2}
    assert (case_of(engine, "INV-2")["team_id"], case_of(engine, "INV-2")["assigned_to"]) == (theirs, None)
    assert case_of(engine, "INV-1")["assigned_to"] is not None
    told = audited(engine, "routing_rules_applied")
    assert told is not None
    assert told["detail"] == {"moved": 2, "why": "new team"}


def test_a_rule_that_is_off_is_passed_over(firm: Engine, state: ServingState) -> None:
    rule(firm, team(firm), active=False)
    score_again(state, "INV-1")
    assert case_of(firm, "INV-1")["team_id"] is None


def test_changing_and_dropping_a_rule_keeps_what_it_was(engine: Engine, log_in: OpenClient) -> None:
    theirs, mona = team(engine), log_in("mona", Role.MANAGER)
    body = {"name": "Large", "position": 1, "team_id": theirs, "amount_from": "50000", "why": "first"}
    made = mona.post("/v1/routing-rules", json=body).json()
    assert (made["amount_from"], made["team_name"]) == ("50000", "Theirs")
    changed = mona.put(f"/v1/routing-rules/{made['rule_id']}", json={**body, "amount_from": "70000", "why": "less"})
    assert changed.json()["amount_from"] == "70000"
    told = audited(engine, "routing_rule_changed")
    assert told is not None
    assert (told["detail"]["old"]["why"], told["detail"]["new"]["why"]) == ("first", "less")
    assert mona.post(f"/v1/routing-rules/{made['rule_id']}/removal", json={"why": "gone"}).status_code == 204
    assert mona.get("/v1/routing-rules").json() == {"rules": []}


@pytest.mark.parametrize(
    "wrong", [{"amount_from": "5", "amount_below": "5"}, {"amount_from": 5}, {"route": "x"}, {"why": ""}]
)
def test_a_rule_that_says_nothing_sensible_is_refused(engine: Engine, log_in: OpenClient, wrong: Any) -> None:
    body = {"name": "x", "position": 1, "team_id": team(engine), "why": "x", **wrong}
    assert log_in("mona", Role.MANAGER).post("/v1/routing-rules", json=body).status_code == 422


def test_a_name_is_given_once(engine: Engine) -> None:
    theirs = team(engine)
    rule(engine, theirs, name="same")
    with pytest.raises(RuleExists):
        rule(engine, theirs, name="same")


def test_cases_of_one_cause_share_their_group(engine: Engine, firm: Engine, state: ServingState) -> None:
    write(
        firm,
        [
            contract(contract_id="K2", po_required=True),
            *(record for n in (2, 3) for record in (invoice(n, contract_id="K2"), line(n))),
        ],
    )
    for number in (1, 2, 3):
        score_again(state, f"INV-{number}")
    keys = [case_of(engine, f"INV-{number}")["group_key"] for number in (1, 2, 3)]
    assert keys == [None, "po_missing:project:P1", "po_missing:project:P1"]
    assert "po_missing" in case_of(engine, "INV-2")["control_ids"]
