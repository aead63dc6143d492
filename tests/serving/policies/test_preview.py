"""What a proposed policy would have done to the newest scores, from what was stored of them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.promise import CHOICES
from serving.policies.difference import differences
from serving.policies.preview import Preview, preview, seen_of
from serving.policy import Policy, load_policy
from serving.routing import Route
from serving.rules import register_rules
from serving.scoring.runs import score_run
from serving.sql import Row, rows
from serving.state import ServingState
from tests.serving.factories import NOW, clean, contract, invoice, line, master, write
from tests.serving.policies.test_lifecycle import BASE, changed, proposed


@pytest.fixture
def scored(clearing: ServingState, engine: Engine) -> ServingState:
    """Three cleared, one of them over 20,000, and one that a hard stop holds."""
    write(engine, [
        *master(), contract(contract_id="K2", po_required=True), *clean(),
        invoice(2, amount="20000"), line(2, quantity="100", unit_rate="200", amount="20000"),
        invoice(3, contract_id="K2"), line(3),
        invoice(4, amount="120000"), line(4, quantity="600", unit_rate="200", amount="120000"),
    ])  # fmt: skip
    score_run(clearing, [f"INV-{number}" for number in range(1, 5)], as_of=NOW)
    return clearing


def looked_at(state: ServingState, policy: Policy) -> Row:
    with state.engine.begin() as connection:
        asked = Preview(proposed(connection, policy), state.policy, policy)
        return preview(connection, asked, actor="anna", now=NOW)


def stored(state: ServingState) -> dict[str, str]:
    with state.engine.begin() as connection:
        return {row["invoice_id"]: row["route"] for row in rows(connection, "SELECT invoice_id, route FROM score")}


def test_the_policy_that_routed_them_routes_them_alike(scored: ServingState) -> None:
    made = looked_at(scored, Policy.model_validate(scored.policy.model_dump() | {"number": 7, "alpha": 0.04}))
    routes = list(stored(scored).values())
    assert made["scores"] == len(routes) == 4
    assert {name: one["scores"] for name, one in made["result"]["before"].items()} == {
        route.value: routes.count(route.value) for route in Route
    }
    assert made["result"]["changes"] == []
    assert made["result"]["before"] == made["result"]["after"]


def test_a_lower_limit_moves_what_lies_above_it_and_says_how_much_cash(scored: ServingState) -> None:
    before = stored(scored)
    policy = Policy.model_validate(scored.policy.model_dump() | {"number": 7, "senior_review_amount": Decimal(15000)})
    made = looked_at(scored, policy)["result"]
    assert before["INV-2"] != "senior_review"
    assert made["changes"] == [
        {"from": before["INV-2"], "to": "senior_review", "scores": 1, "cash": {"EUR": "20000"}},
    ]


def test_a_hard_stop_stays_whatever_a_policy_says(scored: ServingState) -> None:
    held = [name for name, route in stored(scored).items() if route == "hold"]
    assert "INV-3" in held
    loose = scored.policy.model_dump() | {"number": 7, "auto_clear_cap": Decimal(10**9)}
    made = looked_at(scored, Policy.model_validate(loose | {"senior_review_amount": Decimal(10**9)}))["result"]
    assert made["after"]["hold"]["scores"] == len(held)


def test_more_releases_by_two_people_and_a_larger_sample_are_told(scored: ServingState) -> None:
    sampling = [{"from_amount": 0, "rate": 0.5}]
    policy = changed(sampling=sampling, four_eyes_amount=Decimal(1))
    made = looked_at(scored, policy)["result"]
    assert made["two_people"][1] > made["two_people"][0]
    assert made["audited"][1] == round(0.5 * made["after"]["auto_clear"]["scores"], 1)


ROW: dict[str, Any] = {
    "invoice_id": "INV-1", "client_id": "C1", "legal_entity_id": "E1", "amount": Decimal(100), "currency": "EUR",
    "group_amount": Decimal(100), "group_currency": "EUR", "controls": [],
    "risks": {"clearable": True, **{name: {"status": "ok"} for name in ("delay", "dispute", "anomaly")}},
}  # fmt: skip


@given(st.decimals(0, 10**6, places=2), st.decimals(0, 10**6, places=0))
def test_a_lower_limit_never_asks_for_less_care(amount: Decimal, limit: Decimal) -> None:
    lower = changed(auto_clear_cap=min(limit, BASE.auto_clear_cap), senior_review_amount=min(limit, Decimal(10**5)))
    care = [list(Route).index(route) for route in seen_of(ROW | {"group_amount": amount}, BASE, lower).routes]
    assert care[0] <= care[1]


def test_differences_are_told_field_by_field_in_words() -> None:
    overlay = {"client_ids": ["C9", "C1"], "auto_clear": False, "senior_review_amount": "5000"}
    found = differences(BASE, changed(four_eyes_amount=Decimal(40000), auto_clear=False, overlays=[overlay]))
    assert [(one.label, one.old, one.new) for one in found] == [
        ("Clear without a person", "yes", "no"),
        ("Two people release from", "50,000", "40,000"),
        (
            "Overlay 1",
            "not set",
            "client C1, client C9: nothing is cleared without a person, senior review from 5,000",
        ),
    ]
    assert differences(BASE, changed()) == []


def test_every_field_of_the_policy_is_described() -> None:
    assert {one.field for one in differences(load_policy(), _other())} == _paths(BASE.content)


def _paths(content: dict[str, Any]) -> set[str]:
    nested = {f"{name}.{inner}" for name in ("service_levels", "priority") for inner in content[name]}
    plain = {name for name, value in content.items() if not isinstance(value, dict | list) and name != "number"}
    return nested | plain | {"sampling.1", "sampling.2"}


def _other() -> Policy:
    half = {name: value / 2 for name, value in BASE.model_dump().items() if isinstance(value, float | Decimal)}
    nested = {
        name: {inner: value / 2 for inner, value in BASE.model_dump()[name].items()}
        for name in ("service_levels", "priority")
    }
    form = {name: list(choices)[-1] for name, choices in CHOICES.items()}
    return changed(**half, **nested, **form, auto_clear=False, sampling=[{"from_amount": 0, "rate": 0.5}])


def test_before_the_draw_a_sampled_invoice_counts_as_cleared(scored: ServingState) -> None:
    every = replace(scored, policy=changed(sampling=[{"from_amount": 0, "rate": 1.0}]))
    with scored.engine.begin() as connection:
        register_rules(connection, every)
        found = seen_of(ROW, BASE, every.policy)
    assert found.routes[1] is Route.AUTO_CLEAR
    assert found.audited[1] == 1.0
