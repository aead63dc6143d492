"""What is sent is taken by the letter: money, currencies, names, ids, times, encodings; a refusal names the place."""

import gzip
from decimal import Decimal
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from ledger.records.currency import decimals_of, known_currencies
from serving.auth.scopes import Scope
from serving.contract.types import money_text
from tests.serving.factories import invoice, line, write
from tests.serving.ingest.test_records_api import payment
from tests.serving.kit import OpenClient, api_key
from tests.serving.test_bad_input import JSON, spoiled

BIDI, CONTROL = "INV\u202e1", "INV\n1"


def refused(machine: TestClient, path: str, body: Any) -> tuple[int, list[str]]:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    answer = machine.post(path, content=content, headers=JSON)
    return answer.status_code, [error["pointer"] for error in answer.json()["errors"]]


def test_money_comes_back_with_its_currencys_decimals(machine: TestClient, firm: Engine) -> None:
    write(firm, [invoice(7, amount="1800"), line(7)])
    score = machine.post("/v1/scores", json={"invoice_id": "INV-7"}).json()
    assert (score["amount"], score["currency"]) == ("1800.00", "EUR")
    case = machine.get(f"/v1/cases/{score['case_id']}").json()["case"]
    assert case["amount"] == "1800.00"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1800", "EUR", "1800.00"), ("1800.5", "EUR", "1800.50"), ("-0.10", "EUR", "-0.10"), ("1800", "JPY", "1800"),
        ("1800.5", "KWD", "1800.500"), ("1800.123", "EUR", "1800.123"), ("1800", None, "1800"),
    ],
)  # fmt: skip
def test_an_amount_is_written_as_its_currency_is(amount: str, currency: str | None, text: str) -> None:
    assert money_text(Decimal(amount), currency) == text


@pytest.mark.parametrize(("amount", "currency"), [("1800.001", "EUR"), ("1800.5", "JPY"), ("1.2345", "KWD")])
def test_more_decimals_than_the_currency_has_are_refused(machine: TestClient, amount: str, currency: str) -> None:
    body = spoiled("invoice", amount=amount, currency=currency)
    assert refused(machine, "/v1/scores", body) == (422, ["/document/invoice/amount"])


def test_a_record_with_too_many_decimals_is_quarantined_with_the_pointer(machine: TestClient, firm: Engine) -> None:
    key = {"Authorization": f"Bearer {api_key(firm, Scope.RECORDS_WRITE)}"}
    sent = machine.post("/v1/records", json={"records": [payment(amount="1.001")]}, headers=key).json()
    assert (sent["quarantined"], sent["results"][0]["pointer"]) == (1, "/records/0/amount")


def test_a_line_that_gives_a_name_twice_is_quarantined_with_the_pointer(machine: TestClient, firm: Engine) -> None:
    headers = {"Authorization": f"Bearer {api_key(firm, Scope.RECORDS_WRITE)}", "content-type": "application/x-ndjson"}
    lines = orjson.dumps(payment()) + b"\n" + orjson.dumps(payment()).replace(b'"kind"', b'"amount":"1","kind"') + b"\n"
    sent = machine.post("/v1/records/stream", content=lines, headers=headers).json()
    assert (sent["accepted"], sent["quarantined"]) == (1, 1)
    assert (sent["results"][0]["pointer"], sent["results"][0]["reason"]) == ("/amount", "is given twice")


def test_trailing_zeros_are_no_decimals(machine: TestClient) -> None:
    assert machine.post("/v1/scores", json=spoiled("invoice", amount="1800.0000")).json()["amount"] == "1800.00"


@pytest.mark.parametrize("currency", ["XXX", "XAU", "XTS", "XDR"])
def test_codes_that_are_no_money_are_refused(machine: TestClient, currency: str) -> None:
    assert refused(machine, "/v1/scores", spoiled("invoice", currency=currency)) == (
        422,
        ["/document/invoice/currency"],
    )
    assert currency not in known_currencies()


def test_supranational_money_is_money() -> None:
    assert {"XAF", "XOF", "XPF", "XCD"} <= known_currencies()
    assert [decimals_of(code) for code in ("EUR", "JPY", "KWD", "XOF")] == [2, 0, 3, 0]


TWICE = [
    (b'{"invoice_id": "INV-1", "invoice_id": "INV-2"}', "/invoice_id"),
    (b'{"invoice_id": "INV-1", "dry_run": true, "dry_run": false}', "/dry_run"),
]


@pytest.mark.parametrize(("body", "pointer"), TWICE)
def test_a_name_given_twice_is_refused(machine: TestClient, body: bytes, pointer: str) -> None:
    assert refused(machine, "/v1/scores", body) == (422, [pointer])


def test_a_name_given_twice_deep_inside_is_found(machine: TestClient) -> None:
    body = orjson.dumps(spoiled("line")).replace(b'"line_kind"', b'"currency":"USD","line_kind"')
    assert refused(machine, "/v1/scores", body) == (422, ["/document/lines/0/currency"])


@pytest.mark.parametrize("text", [BIDI, CONTROL, "a\x00b", "a\u2028b", "\u200fa"])
def test_ids_hold_no_hidden_characters(machine: TestClient, text: str) -> None:
    assert refused(machine, "/v1/scores", {"invoice_id": text}) == (422, ["/invoice_id"])
    assert refused(machine, "/v1/runs", {"invoice_ids": ["INV-1", text]}) == (422, ["/invoice_ids/1"])
    body = {"invoice_id": "INV-1", "correlation_id": text}
    assert refused(machine, "/v1/scores", body) == (422, ["/correlation_id"])


@pytest.mark.parametrize("moment", ["2026-02-10 12:00:00Z", "1770724800", 1770724800, "2026-02-10_12:00:00Z"])
def test_times_are_written_out(machine: TestClient, moment: Any) -> None:
    assert refused(machine, "/v1/scores", {"invoice_id": "INV-1", "as_of": moment}) == (422, ["/as_of"])
    assert refused(machine, "/v1/runs", {"filter": "unsent", "as_of": moment}) == (422, ["/as_of"])


@pytest.mark.parametrize("day", ["1699920000", 1699920000, "2026-02-10T00:00:00Z"])
def test_days_are_written_out(machine: TestClient, day: Any) -> None:
    body = spoiled("invoice", invoice_date=day)
    assert refused(machine, "/v1/scores", body) == (422, ["/document/invoice/invoice_date"])


@pytest.mark.parametrize("body", [b"{", b'{"invoice_id": "INV-1"', b"invoice_id=INV-1"])
def test_malformed_json_is_a_bad_request(machine: TestClient, body: bytes) -> None:
    answer = machine.post("/v1/scores", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:triage:problem:bad-request")
    assert "valid JSON" in answer.json()["detail"]


def test_a_stranger_hears_nothing_of_the_body(machine: TestClient, log_in: OpenClient) -> None:
    answer = machine.post("/v1/scores", content=b"{", headers={**JSON, "Authorization": "Bearer none"})
    assert answer.status_code == 401


def test_compressed_bodies_are_refused(machine: TestClient) -> None:
    content = gzip.compress(b'{"invoice_id": "INV-1"}')
    answer = machine.post("/v1/scores", content=content, headers={**JSON, "Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:triage:problem:unsupported-media-type")
