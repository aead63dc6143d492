"""The page that Prometheus reads, the header of stages, and the line in the log."""

import json
import sys
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine
from structlog.testing import capture_logs

from ledger.errors import PlainError
from serving.auth.scopes import Scope
from serving.observe import logs, tracing
from serving.observe.metrics import exposition
from tests.serving.kit import api_key


@pytest.fixture
def prometheus(app: FastAPI, engine: Engine) -> TestClient:
    """A client whose key may read metrics and score."""
    key = api_key(engine, Scope.METRICS_READ, Scope.SCORES_WRITE)
    return TestClient(app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)


def samples(page: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """(name, labels) → value."""
    found = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in found}


def value(page: str, name: str, **labels: str) -> float:
    """One sample; 0 where there is none yet."""
    return samples(page).get((name, frozenset(labels.items())), 0.0)


def test_a_score_shows_in_the_metrics(prometheus: TestClient, firm: Engine) -> None:
    before = prometheus.get("/metrics").text
    assert prometheus.post("/v1/scores", json={"invoice_id": "INV-1"}).status_code == 200
    after = prometheus.get("/metrics").text

    def grew(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert grew("triage_scores_total", route="review", decided_by="policy") == 1
    assert grew("triage_degraded_scores_total", code="models_unavailable") == 1
    assert grew("triage_requests_total", method="POST", route="/v1/scores", status="200") == 1
    assert grew("triage_request_seconds_count", route="/v1/scores") == 1
    assert grew("triage_cases", route="review", state="open") == 1


def test_what_waits_in_the_database_is_on_the_page(prometheus: TestClient, firm: Engine) -> None:
    page = prometheus.get("/metrics").text
    assert value(page, "triage_database_up") == 1
    names = {name for name, _ in samples(page)}
    assert {"triage_jobs_running", "triage_oldest_job_seconds", "triage_callbacks_dead"} <= names


def test_without_the_database_the_page_says_so() -> None:
    assert value(exposition(None).decode(), "triage_database_up") == 0


def test_metrics_are_for_those_who_may_read_them(app: FastAPI, engine: Engine) -> None:
    key = api_key(engine, Scope.SCORES_WRITE)
    assert TestClient(app).get("/metrics").status_code == 401
    assert TestClient(app, headers={"Authorization": f"Bearer {key}"}).get("/metrics").status_code == 403


def test_an_answer_tells_how_long_each_stage_took(machine: TestClient, firm: Engine) -> None:
    header = machine.post("/v1/scores", json={"invoice_id": "INV-1"}).headers["server-timing"]
    stages = [part.split(";")[0] for part in header.split(", ")]
    assert stages == ["ready", "ledger", "features", "models", "controls", "store", "total"]


def test_a_refusal_is_timed_and_counted_too(prometheus: TestClient) -> None:
    before = prometheus.get("/metrics").text
    response = prometheus.post("/v1/scores", content="x", headers={"Content-Type": "text/plain"})
    assert response.status_code == 415
    assert response.headers["server-timing"].startswith("total;dur=")
    labels = {"method": "POST", "route": "unknown", "status": "415"}
    after = prometheus.get("/metrics").text
    assert value(after, "triage_requests_total", **labels) == value(before, "triage_requests_total", **labels) + 1


def test_each_request_leaves_one_line_with_its_id(machine: TestClient, firm: Engine) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with capture_logs() as lines:
        machine.post("/v1/scores", json={"invoice_id": "INV-1"}, headers={"X-Request-Id": "r-1", "traceparent": trace})
        machine.get("/healthz")
    [line] = [line for line in lines if line["event"] == "request"]
    assert (line["route"], line["status"], line["request_id"]) == ("/v1/scores", 200, "r-1")
    assert line["traceparent"] == trace
    assert line["principal"]


def test_a_log_line_is_one_json_document() -> None:
    document: dict[str, Any] = json.loads(logs._line({"event": "x", "error": ValueError("no")}))
    assert document == {"event": "x", "error": "no"}


def test_without_a_collector_nothing_is_traced(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tracing.ENDPOINT, raising=False)
    assert not tracing.trace(app)


def test_a_collector_without_the_packages_is_refused_with_the_remedy(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(tracing.ENDPOINT, "http://localhost:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry.instrumentation.fastapi", None)
    with pytest.raises(PlainError, match=r"\[tracing\]"):
        tracing.trace(app)
