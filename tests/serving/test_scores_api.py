"""POST and GET /v1/scores: what is answered, what is stored, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from ledger.records import FxRate
from serving.app import create_app
from serving.scoring.scorer import FixedModels
from serving.state import ServingState
from tests.serving.factories import NOW, clean, client, invoice, line, master, write
from tests.serving.kit import MACHINE, FakeScorer, api_key


def score(machine: TestClient, **body: Any) -> Any:
    return machine.post("/v1/scores", json=body or {"invoice_id": "INV-1"})


def document(**header: Any) -> dict[str, Any]:
    names = type(invoice()).payload_columns()
    head = invoice(9).model_dump(mode="json", include=set(names)) | header
    rows = line(9).model_dump(mode="json", include=set(type(line()).payload_columns()))
    return {"invoice": head, "lines": [rows]}


@pytest.fixture
def cleared(clearing: ServingState, firm: Engine) -> TestClient:
    headers = {"Authorization": f"Bearer {api_key(firm, *MACHINE)}"}
    return TestClient(create_app(clearing), headers=headers, raise_server_exceptions=False)


def test_without_models_everything_is_reviewed_and_says_so(machine: TestClient, firm: Engine) -> None:
    answer = score(machine)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["route"], body["decided_by"], body["controls"]) == ("review", "policy", [])
    assert body["risks"]["dispute"]["status"] == "unavailable"
    assert body["degraded"] == ["models_unavailable"]
    assert body["not_cleared"]["ground"] == "model_unavailable"
    assert body["case_id"]


def test_a_stored_score_is_read_back_as_it_was_answered(machine: TestClient, firm: Engine) -> None:
    made = score(machine).json()
    assert machine.get(f"/v1/scores/{made['score_id']}").json() == made


def test_what_the_models_clear_gets_no_case(cleared: TestClient) -> None:
    body = score(cleared).json()
    assert (body["route"], body["decided_by"], body["case_id"]) == ("auto_clear", "model", None)
    assert body["not_cleared"] is None
    assert body["versions"]["models"]["delay"] == "d" * 64


def test_the_answer_carries_the_certificate_and_reads_it_back(cleared: TestClient) -> None:
    made = score(cleared).json()
    guarantee = made["risks"]["guarantee"]
    assert (guarantee["segment"], guarantee["threshold"], guarantee["p_value"]) == ("milestone", 0.03, 0.04)
    assert (guarantee["alpha"], guarantee["alpha_money"], guarantee["delta"]) == (0.05, 0.05, 0.1)
    assert cleared.get(f"/v1/scores/{made['score_id']}").json() == made


def test_without_models_there_is_no_guarantee(machine: TestClient, firm: Engine) -> None:
    assert score(machine).json()["risks"]["guarantee"] is None


def test_a_hard_stop_holds_whatever_the_models_say(cleared: TestClient, firm: Engine) -> None:
    write(firm, [client(version="2", status="blocked")])
    body = score(cleared).json()
    assert (body["route"], body["decided_by"]) == ("hold", "hard_stop")
    assert body["controls"][0]["control_id"] == "client_master_invalid"
    assert body["controls"][0]["owner"] == "master_data"


def test_what_became_known_at_the_moment_itself_does_not_count(machine: TestClient, firm: Engine) -> None:
    write(firm, [client(version="2", status="blocked", known_at=NOW)])
    assert score(machine).json()["controls"] == []


def test_scoring_again_keeps_one_open_case(machine: TestClient, firm: Engine) -> None:
    cases = {score(machine).json()["case_id"] for _ in range(3)}
    assert len(cases) == 1
    detail = machine.get(f"/v1/cases/{cases.pop()}").json()
    assert [event["event"] for event in detail["events"]] == ["opened", "rescored", "rescored"]


def test_an_inline_document_is_scored_like_the_ledgers_own(machine: TestClient, firm: Engine) -> None:
    inline = score(machine, document=document()).json()
    write(firm, clean(9))
    own = score(machine, invoice_id="INV-9").json()
    for name in ("route", "risks", "controls", "amount", "currency", "client_id"):
        assert inline[name] == own[name]


def test_an_inline_document_is_kept_but_not_written_to_the_ledger(machine: TestClient, firm: Engine) -> None:
    assert score(machine, document=document()).status_code == 200
    with firm.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM invoice WHERE invoice_id = 'INV-9'")).scalar_one() == 0
        assert (
            connection.execute(text("SELECT document -> 'invoice' ->> 'invoice_id' FROM score")).scalar_one() == "INV-9"
        )


def test_reasons_and_probabilities_of_the_models_reach_the_answer(state: ServingState, firm: Engine) -> None:
    app = create_app(replace(state, models=FixedModels(FakeScorer(dispute=0.4, clearable=False))))
    key = api_key(firm, *MACHINE)
    body = score(TestClient(app, headers={"Authorization": f"Bearer {key}"})).json()
    assert (body["route"], body["decided_by"]) == ("review", "model")
    assert body["risks"]["dispute"]["probability"] == 0.4
    assert body["reasons"][0]["sentence"] == "no purchase order"


def test_a_failing_model_degrades_the_answer_instead_of_failing_it(state: ServingState, firm: Engine) -> None:
    class Broken:
        def assess(self, matrix: Any, context: Any) -> Any:
            raise RuntimeError(f"corrupt booster: {matrix}, {context}")

    app = create_app(replace(state, models=FixedModels(Broken())))
    key = api_key(firm, *MACHINE)
    body = score(TestClient(app, headers={"Authorization": f"Bearer {key}"})).json()
    assert body["degraded"] == ["models_failed"]
    assert body["route"] == "review"


def test_a_foreign_currency_without_a_rate_is_reviewed(cleared: TestClient, firm: Engine) -> None:
    quote = {"source": "t", "source_id": "usd", "event_at": NOW, "known_at": "2026-01-01T00:00:00Z"}
    write(firm, [FxRate(**quote, currency="USD", group_currency="CHF", rate="0.9", valid_on="2026-01-01")])
    body = score(cleared).json()
    assert body["degraded"] == ["no_exchange_rate"]
    assert body["route"] == "review"


def test_the_score_row_keeps_what_a_replay_needs(machine: TestClient, firm: Engine) -> None:
    score(machine)
    with firm.connect() as connection:
        row = connection.execute(text("SELECT * FROM score")).mappings().one()
    assert len(row["features"]) > 30
    assert len(row["catalogue_digest"]) == 64
    assert row["ledger_snapshot"].count(":") == 2
    assert row["control_version"].startswith("controls-")
    assert row["as_of"] == NOW


def test_an_unknown_invoice_is_a_404_problem(machine: TestClient, firm: Engine) -> None:
    answer = score(machine, invoice_id="nope")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:triage:problem:unknown-invoice"


def test_an_invoice_is_unknown_before_it_was_known(machine: TestClient, firm: Engine) -> None:
    assert score(machine, invoice_id="INV-1", as_of="2026-01-05T09:00:00Z").status_code == 404
    assert score(machine, invoice_id="INV-1", as_of="2026-01-05T09:00:01Z").status_code == 200


def test_master_is_enough_for_many_invoices(machine: TestClient, engine: Engine) -> None:
    write(engine, [*master(), *clean(1), *clean(2)])
    assert score(machine, invoice_id="INV-2").json()["controls"] == []
