"""The generated Python client against the real application: scores, runs, cases, problems, retries."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import Scope
from serving.problems import Unavailable
from tests.serving.factories import clean, invoice, write
from tests.serving.ingest.test_records_api import payment
from tests.serving.kit import MACHINE, api_key, app, clearing, firm, state

__all__ = ["app", "clearing", "firm", "state"]
FOLDER = Path(__file__).parents[2] / "examples" / "python-client"
DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"


@pytest.fixture(scope="module", autouse=True)
def importable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The example's folder on the path, and beside it a client made of the document as it is now."""
    places = [str(FOLDER), str(tmp_path_factory.mktemp("client"))]
    sys.path[:0] = places
    _make(Path(places[1]))
    yield
    sys.path[:] = [place for place in sys.path if place not in places]


def _make(place: Path) -> None:
    made = the("generate")
    try:
        made.generate(DOCUMENT, place / "triage_client")
    except made.GeneratorUnavailableError as error:
        pytest.skip(f"openapi-python-client cannot be installed here: {error}")


def the(name: str) -> Any:
    """A module of the client; it is found only while these tests run."""
    return importlib.import_module(name)


def models() -> Any:
    return the("triage_client.models")


@pytest.fixture
def client(app: FastAPI, firm: Engine) -> Iterator[Any]:
    """The generated client, talking to the application without a network."""
    made = the("triage_client").AuthenticatedClient(
        "http://testserver", token=api_key(firm, *MACHINE, Scope.RECORDS_WRITE)
    )
    with TestClient(app, headers={"Authorization": f"Bearer {made.token}"}, raise_server_exceptions=False) as http:
        yield made.set_httpx_client(http)


def spoil(firm: Engine) -> None:
    write(firm, [*clean(2), invoice(2, version="2", amount="1700")])


def score(client: Any, invoice_id: str, **more: Any) -> Any:
    body = models().ScoreRequest(invoice_id=invoice_id)
    return the("triage_client.api.scores.create_score").sync_detailed(client=client, body=body, **more)


def test_a_score_is_made_and_read_back(client: Any) -> None:
    made = score(client, "INV-1").parsed
    assert (made.invoice_id, made.amount, made.currency) == ("INV-1", "1800.00", "EUR")
    again = the("triage_client.api.scores.read_score").sync(made.score_id, client=client)
    assert again == made


def test_a_document_of_ones_own_is_scored(client: Any) -> None:
    examples = orjson.loads(DOCUMENT.read_bytes())["components"]["schemas"]["ScoreRequest"]["examples"]
    body = models().ScoreRequest.from_dict(next(example for example in examples if "document" in example))
    made = the("triage_client.api.scores.create_score").sync(client=client, body=body)
    assert made.invoice_id == body.document.invoice.invoice_id


def test_what_needs_a_person_has_a_case_that_can_be_read(client: Any, firm: Engine) -> None:
    spoil(firm)
    made = score(client, "INV-2").parsed
    kase = the("triage_client.api.cases.read_case").sync(made.case_id, client=client)
    assert (kase.case.case_id, kase.score.score_id) == (made.case_id, made.score_id)
    page = the("triage_client.api.cases.list_cases").sync(client=client, state=["open"])
    assert [one.case_id for one in page.cases] == [made.case_id]


def test_a_refusal_is_a_problem_document(client: Any) -> None:
    answer = score(client, "nope")
    assert (answer.status_code, answer.parsed.type_) == (404, "urn:triage:problem:unknown-invoice")
    assert isinstance(answer.parsed, models().ProblemDocument)
    wrong = the("triage_client.api.scores.create_score").sync(client=client, body=models().ScoreRequest())
    assert (wrong.status, wrong.errors[0].pointer) == (422, "/document")


def test_a_request_sent_again_under_its_key_is_answered_again(client: Any) -> None:
    first, second = (score(client, "INV-1", idempotency_key="process-7f3") for _ in range(2))
    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_batch_comes_as_lines(client: Any) -> None:
    item, request = models().BatchItem, models().BatchRequest
    body = request(items=[item(invoice_id="INV-1"), item(invoice_id="nope")])
    answer = the("triage_client.api.scores.score_batch").sync_detailed(client=client, body=body)
    lines = [models().BatchLine.from_dict(orjson.loads(line)) for line in answer.content.splitlines()]
    assert [line.status for line in lines] == [200, 404]


def test_a_run_is_ordered_and_watched(client: Any) -> None:
    body = models().RunRequest(invoice_ids=["INV-1"])
    ordered = the("triage_client.api.runs.create_run").sync_detailed(client=client, body=body)
    seen = the("triage_client.api.runs.read_run").sync(ordered.parsed.run_id, client=client)
    assert (ordered.status_code, seen.state, seen.total) == (202, "queued", 1)


def test_records_are_sent(client: Any) -> None:
    body = models().RecordsRequest.from_dict({"records": [payment(), payment(currency="XXQ")]})
    taken = the("triage_client.api.records.send_records").sync(client=client, body=body)
    assert (taken.accepted, taken.quarantined) == (1, 1)


def test_a_busy_service_is_asked_again_as_late_as_it_says(
    client: Any, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals, waits = [Unavailable("down")], list[float]()

    def sometimes(*arguments: Any, **named: Any) -> Any:
        if refusals:
            raise refusals.pop()
        return None  # not ready: scored the long way

    monkeypatch.setattr("serving.api.scores.score_ready", sometimes)
    answer = the("patient").patiently(lambda: score(client, "INV-1"), sleep=waits.append)
    assert (answer.status_code, waits) == (200, [2.0])


def test_whoever_never_answers_is_given_up() -> None:
    def lost() -> Any:
        raise httpx.ConnectError("nobody there")

    waits: list[float] = []
    with pytest.raises(httpx.ConnectError):
        the("patient").patiently(lost, attempts=3, sleep=waits.append)
    assert waits == [1.0, 2.0]
