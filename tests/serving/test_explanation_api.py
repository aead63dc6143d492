"""GET /v1/scores/{id}/explanation: what would clear it, odd lines, records behind reasons, and what is missing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from ledger.records import Record
from serving.app import create_app
from serving.auth.scopes import Scope
from serving.scoring.scorer import FixedModels
from serving.state import ServingState
from tests.features.builders import make
from tests.models.levers.draft import draft
from tests.serving.factories import invoice, line, write
from tests.serving.kit import MACHINE, api_key
from tests.serving.watchful import AS_OF, WITHOUT_ORDER, Broken, watchful

Explained = Callable[..., dict[str, Any]]


def client_of(state: ServingState, models: Any, *scopes: Scope) -> TestClient:
    app = create_app(replace(state, models=FixedModels(models)))
    headers = {"Authorization": f"Bearer {api_key(state.engine, *(scopes or MACHINE))}"}
    return TestClient(app, headers=headers, raise_server_exceptions=False)


def scored(client: TestClient, **body: Any) -> str:
    answer = client.post("/v1/scores", json=body or {"invoice_id": "i", "as_of": AS_OF.isoformat()})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["score_id"])


def explanation(client: TestClient, score_id: str) -> dict[str, Any]:
    answer = client.get(f"/v1/scores/{score_id}/explanation")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def explained(state: ServingState, engine: Engine) -> Explained:
    """Writes the draft, scores it with models and gives what stands behind the score."""

    def ask(models: Any, *more: Record, **columns: Any) -> dict[str, Any]:
        write(engine, [*draft(**columns), *more])
        client = client_of(state, models)
        return explanation(client, scored(client))

    return ask


def test_it_tells_what_would_clear_the_invoice_who_does_it_and_what_that_brings(explained: Explained) -> None:
    body = explained(watchful("po_missing"), **WITHOUT_ORDER)
    (remedy, *_) = body["remedies"]
    assert remedy["sentences"] == ["Put the contract's purchase order 4500 on the invoice"]
    assert (remedy["owners"], remedy["minutes"]) == ([{"role": "billing", "id": None}], 5)
    assert remedy["dispute_after"] <= 0.2 < remedy["dispute_before"]
    assert remedy["clears"]
    assert "may still hold" in remedy["note"]
    assert [record["kind"] for record in remedy["records"]] == ["invoice"]
    assert (body["no_remedies_because"], body["degraded"]) == (None, [])


def test_it_tells_odd_lines_with_what_was_expected(explained: Explained) -> None:
    body = explained(watchful("po_missing"), **WITHOUT_ORDER)
    (finding,) = body["findings"]
    assert (finding["level"], finding["check"], finding["record_id"]) == ("line", "arithmetic", "i-1")
    assert (finding["value"], finding["expected_low"], finding["expected_high"]) == (900.0, 800.0, 800.0)
    assert finding["p_value"] < 0.05
    assert finding["sentence"] == "Line i-1 amounts to 900, but quantity times rate is 800"


def test_each_reason_names_the_records_that_show_it(explained: Explained, engine: Engine) -> None:
    body = explained(watchful("po_missing"), **WITHOUT_ORDER)
    assert body["reasons"]
    with engine.connect() as connection:
        known = connection.exec_driver_sql("SELECT record_id FROM invoice WHERE invoice_id = 'i'").scalar_one()
    named = [record for reason in body["reasons"] for record in reason["records"]]
    assert {"kind": "invoice", "record_id": str(known)} in named


def test_what_is_written_later_changes_no_explanation(state: ServingState, engine: Engine) -> None:
    write(engine, draft(**WITHOUT_ORDER))
    client = client_of(state, watchful("po_missing"))
    score_id = scored(client)
    before = explanation(client, score_id)
    # Back-dated: known before the score's moment, and written after it.
    write(engine, [
        make("invoice", known=21, version="2", invoice_id="i", project_id="p", contract_id="k", po_number="4500"),
        make("invoice_line", known=21, version="2", line_id="i-1", invoice_id="i", quantity=9, amount=900),
    ])  # fmt: skip
    assert explanation(client, score_id) == before


def test_an_invoice_that_has_gone_out_has_no_remedies(explained: Explained) -> None:
    broken = WITHOUT_ORDER["invoice"] | {"status": "issued"}
    body = explained(watchful("po_missing"), **WITHOUT_ORDER | {"invoice": broken})
    assert (body["remedies"], body["no_remedies_because"]) == ([], "already_out")
    assert body["findings"]


def test_what_the_models_let_through_or_nobody_can_help_is_told_apart(explained: Explained) -> None:
    assert explained(watchful("po_missing"))["no_remedies_because"] == "clearable"
    assert explained(watchful("po_missing", threshold=None))["no_remedies_because"] == "nothing_helps"


def test_without_models_the_lists_are_empty_and_it_says_so(explained: Explained) -> None:
    body = explained(None, **WITHOUT_ORDER)
    assert (body["remedies"], body["findings"], body["reasons"], body["models"]) == ([], [], [], {})
    assert body["degraded"] == ["models_unavailable"]
    assert body["no_remedies_because"] == "models_unavailable"


def test_when_the_models_fail_it_says_so_and_keeps_the_rest(explained: Explained) -> None:
    body = explained(Broken(watchful("po_missing").artifacts), **WITHOUT_ORDER)
    assert (body["remedies"], body["no_remedies_because"]) == ([], "models_failed")
    assert body["degraded"] == ["models_failed"]
    assert body["findings"]


def test_reasons_keep_their_records_when_the_models_are_gone(state: ServingState, engine: Engine) -> None:
    write(engine, draft(**WITHOUT_ORDER))
    score_id = scored(client_of(state, watchful("po_missing")))
    body = explanation(client_of(state, None), score_id)
    assert body["reasons"][0]["records"]
    assert body["degraded"] == ["models_unavailable"]


def test_an_inline_document_is_explained_from_what_was_sent(state: ServingState, firm: Engine) -> None:
    head = invoice(9).model_dump(mode="json", include=set(type(invoice()).payload_columns()))
    lines = [line(9, amount="1900").model_dump(mode="json", include=set(type(line()).payload_columns()))]
    client = client_of(state, watchful("po_missing"))
    body = explanation(client, scored(client, document={"invoice": head, "lines": lines}))
    assert "L-9" in {finding["record_id"] for finding in body["findings"]}
    named = [record for reason in body["reasons"] for record in reason["records"]]
    assert all(record["kind"] not in ("invoice", "invoice_line") for record in named)


def test_an_unknown_score_is_a_problem_document(state: ServingState) -> None:
    answer = client_of(state, None).get("/v1/scores/none/explanation")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_it_takes_the_right_to_read_scores(state: ServingState) -> None:
    answer = client_of(state, None, Scope.MODELS_READ).get("/v1/scores/none/explanation")
    assert answer.status_code == 403
