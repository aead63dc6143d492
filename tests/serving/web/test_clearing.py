"""The case page's sections on what would clear an invoice and on odd lines: what they say, and when they are empty."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from ledger.records import Resource
from models.findings import Finding
from serving.app import create_app
from serving.auth.scopes import Role
from serving.policy import Policy
from serving.rules import register_rules
from serving.scoring.explain import Explanation
from serving.scoring.runs import score_run
from serving.scoring.scorer import FixedModels
from serving.state import ServingState
from serving.web.presenters.remedies import clearing_of
from tests.models.levers.draft import draft
from tests.serving.factories import record, write
from tests.serving.kit import PASSWORD, person
from tests.serving.watchful import AS_OF, WITHOUT_ORDER, Broken, watchful
from tests.serving.web.conftest import HTML

CasePageOf = Callable[..., str]


@pytest.fixture
def page_of(state: ServingState, engine: Engine) -> CasePageOf:
    """Writes the draft, scores it with models, and gives its case page as a reviewer sees it."""

    def show(models: Any, then: Any = "same", close: bool = False, watch: tuple[str, ...] = (), **columns: Any) -> str:
        boss = record(Resource, resource_id="boss", name="Bea Boss", known_at=AS_OF.replace(day=2))
        write(engine, [*draft(**columns), boss])
        watching = Policy.model_validate(state.policy.model_dump() | {"watch_sent": watch})
        scoring = replace(state, models=FixedModels(models), policy=watching)
        with engine.begin() as connection:
            register_rules(connection, scoring)
        score_run(scoring, ["i"], as_of=AS_OF)
        with engine.begin() as connection:
            if close:
                connection.exec_driver_sql("UPDATE review_case SET state = 'cancelled', closed_at = now()")
            case_id = connection.exec_driver_sql("SELECT case_id FROM review_case").scalar_one()
        person(engine, "rita", Role.REVIEWER)
        app = create_app(replace(state, models=FixedModels(models if then == "same" else then)))
        client = TestClient(app, headers=HTML, raise_server_exceptions=False)
        client.post("/login", data={"login": "rita", "password": PASSWORD})
        answer = client.get(f"/cases/{case_id}")
        assert answer.status_code == 200, answer.text
        return " ".join(answer.text.split())

    return show


def test_it_says_what_would_clear_it_by_whom_and_what_that_brings(page_of: CasePageOf) -> None:
    page = page_of(watchful("po_missing"), **WITHOUT_ORDER)
    assert "What would clear this" in page
    assert 'order 4500 on the invoice <span class="owner">Billing</span>' in page
    assert "about 5 min of work" in page
    assert "The models would then let it through; controls may still hold it." in page


def test_it_lists_odd_lines_with_value_and_expected_range(page_of: CasePageOf) -> None:
    page = page_of(watchful("po_missing"), **WITHOUT_ORDER)
    assert "Line i-1 amounts to 900, but quantity times rate is 800<small>Amount</small>" in page
    assert '<td class="num">900</td><td class="num">800</td>' in page


def test_ids_in_sentences_are_escaped(page_of: CasePageOf) -> None:
    page = page_of(watchful("po_missing"), **WITHOUT_ORDER | {"contract": {"po_number": "<b>45"}})
    assert "purchase order &lt;b&gt;45 on the invoice" in page
    assert "<b>45" not in page


@pytest.mark.parametrize(
    ("models", "sentence"),
    [
        (None, "No models are loaded, so nothing could be tried."),
        (Broken(watchful("po_missing").artifacts), "The models failed, so nothing could be tried."),
    ],
)
def test_without_models_the_page_comes_and_says_so(page_of: CasePageOf, models: Any, sentence: str) -> None:
    assert sentence in page_of(watchful("po_missing"), then=models, **WITHOUT_ORDER)


def test_an_invoice_that_has_gone_out_says_so(page_of: CasePageOf) -> None:
    sent = WITHOUT_ORDER | {"invoice": {"po_number": None, "status": "issued"}}
    page = page_of(watchful("po_missing"), watch=("po_missing",), **sent)
    assert "nothing about it can be put right before it is sent." in page


def test_where_nothing_helps_and_nothing_is_odd_it_says_so(page_of: CasePageOf) -> None:
    page = page_of(watchful("po_missing", threshold=None))
    assert "Nothing that somebody could do before it goes out would lower the risk." in page
    assert "Every line and timesheet entry looks like the ones before it." in page


def test_a_closed_case_asks_nothing_of_anybody(page_of: CasePageOf) -> None:
    assert "What would clear this" not in page_of(watchful("po_missing"), close=True, **WITHOUT_ORDER)


@pytest.mark.parametrize(
    ("check", "value", "bounds", "shown"),
    [
        ("weekend", 1.0, (0.0, 0.0), ("yes", "no")),
        ("role", 0.05, (0.5, 1.0), ("5 %", "50 % to 100 %")),
        ("usual_rate", 240.5, (float("nan"), float("nan")), ("240.5", "–")),
        ("entry_hours", 14.0, (6.0, 9.5), ("14", "6 to 9.5")),
    ],
)
def test_values_are_shown_in_the_unit_of_their_check(
    check: str, value: float, bounds: tuple[float, float], shown: tuple[str, str]
) -> None:
    finding = Finding("line", check, "invoice_line", "L", "hours", value, *bounds, 0.01, "It is odd")
    (line,) = clearing_of(Explanation((), (finding,), (), "nothing_helps", {}, ()), {}).odd_lines
    assert (line.value, line.expected) == shown
