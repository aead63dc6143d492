"""A replay gives the same bytes whatever was written, promoted or changed since; what is gone is named."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from features.catalogue import CATALOGUE_DIGEST
from ledger.records import Record
from models.artifact import Model, write_artifact
from models.champions import Champions, write_pointer
from serving.app import create_app
from serving.policy import Policy
from serving.rules import register_rules
from serving.state import ServingState
from tests.models.fitted import anomaly_model, delay_model, dispute_model
from tests.serving.factories import KNOWN, NOW, clean, client, contract, invoice, line, time_entry, write
from tests.serving.kit import MACHINE, api_key
from tests.serving.test_scores_api import document

LATER = NOW + timedelta(days=1)


@pytest.fixture
def promote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Champions]:
    """Makes a version of the three models champion and gives what a process would load from then on."""
    monkeypatch.setattr("models.champions.LOOK_EVERY_SECONDS", 0.0)
    models: dict[str, Model] = {"delay": delay_model(), "dispute": dispute_model(), "anomaly": anomaly_model()}

    def make(version: str) -> Champions:
        pointer = {}
        for risk, model in models.items():
            folder = f"{risk}/{version}"
            write_artifact(tmp_path / folder, model, catalogue_digest=CATALOGUE_DIGEST, facts={"version": version})
            pointer[risk] = {"name": risk, "version": version, "folder": folder}
        write_pointer(tmp_path, pointer)
        return Champions(tmp_path)

    return make


def caller(state: ServingState) -> TestClient:
    headers = {"Authorization": f"Bearer {api_key(state.engine, *MACHINE)}"}
    return TestClient(create_app(state), headers=headers, raise_server_exceptions=False)


def scored(state: ServingState, **body: Any) -> str:
    answer = caller(state).post("/v1/scores", json=body or {"invoice_id": "INV-1"})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["score_id"])


def replayed(state: ServingState, score_id: str, **query: str) -> dict[str, Any]:
    answer = caller(state).get(f"/v1/scores/{score_id}/replay", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def some_record(dice: random.Random, number: int) -> Record:
    """A late, back-dated or corrected record about the scored invoice or what is around it."""
    known = dice.choice([KNOWN - timedelta(days=3), KNOWN + timedelta(days=2), NOW - timedelta(minutes=1)])
    changes: dict[str, Any] = {"version": f"v{number}", "known_at": known, "event_at": known}
    makers: list[Callable[[], Record]] = [
        lambda: invoice(amount=str(dice.randint(1, 9000)), **changes),
        lambda: line(unit_rate=str(dice.randint(1, 400)), **changes),
        lambda: client(status=dice.choice(["active", "blocked"]), **changes),
        lambda: contract(po_required=dice.random() < 0.5, payment_terms_days=dice.randint(5, 90), **changes),
        lambda: time_entry(status=dice.choice(["approved", "submitted"]), hours=str(dice.randint(1, 12)), **changes),
    ]
    return dice.choice(makers)()


def stricter(state: ServingState, number: int) -> ServingState:
    policy = Policy.model_validate(state.policy.content | {"number": number, "auto_clear": False})
    made = replace(state, policy=policy)
    with state.engine.begin() as connection:
        register_rules(connection, made)
    return made


@pytest.mark.parametrize("seed", range(3))
def test_every_score_is_made_again_byte_for_byte_whatever_happened_since(
    seed: int, state: ServingState, firm: Engine, promote: Callable[[str], Champions]
) -> None:
    dice, scores = random.Random(seed), list[str]()
    now = replace(state, models=promote("1"))
    for number in range(2, 8):
        scores.append(scored(now))
        write(firm, [some_record(dice, number)])
        if dice.random() < 0.4:
            now = replace(now, models=promote(str(number)))
        if dice.random() < 0.4:
            now = stricter(now, number)
    for score_id in scores:
        found = replayed(now, score_id)
        assert (found["same"], found["differences"]) == (True, [])
        assert found["stored"]["digest"] == found["recomputed"]["digest"]


def test_a_document_is_made_again_from_what_was_sent(
    state: ServingState, firm: Engine, promote: Callable[[str], Champions]
) -> None:
    now = replace(state, models=promote("1"))
    score_id = scored(now, document=document())
    write(firm, [*clean(9), client(version="2", status="blocked")])
    assert replayed(now, score_id)["same"]


def test_a_score_without_models_is_made_again_without_them(
    state: ServingState, firm: Engine, promote: Callable[[str], Champions]
) -> None:
    score_id = scored(state)
    assert replayed(replace(state, models=promote("1")), score_id)["same"]


def test_another_moment_asks_what_would_have_been_said_then(state: ServingState, firm: Engine) -> None:
    score_id = scored(state)
    write(firm, [client(version="2", status="blocked", known_at=NOW - timedelta(hours=1))])
    later = replayed(replace(state, clock=lambda: LATER), score_id, as_of=NOW.isoformat())
    assert (later["same"], later["recomputed"]["route"]) == (False, "hold")
    assert "/controls" in later["differences"]
    earlier = replayed(state, score_id, as_of=(NOW - timedelta(hours=2)).isoformat())
    assert earlier["recomputed"]["controls"] == []


def test_todays_models_are_asked_when_wanted(
    state: ServingState, firm: Engine, promote: Callable[[str], Champions]
) -> None:
    score_id = scored(replace(state, models=promote("1")))
    now = replace(state, models=promote("2"))
    found = replayed(now, score_id, models="current")
    assert any(pointer.startswith("/model_digests/") for pointer in found["differences"])
    assert replayed(now, score_id)["same"]


def test_nothing_is_stored_by_a_replay(state: ServingState, firm: Engine) -> None:
    score_id = scored(state)
    replayed(state, score_id)
    with firm.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM score").scalar_one() == 1


def test_a_model_that_is_gone_is_named(
    state: ServingState, firm: Engine, promote: Callable[[str], Champions], tmp_path: Path
) -> None:
    champions = promote("1")
    score_id = scored(replace(state, models=champions))
    shutil.rmtree(tmp_path / "delay" / "1")
    answer = caller(replace(state, models=promote("2"))).get(f"/v1/scores/{score_id}/replay")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:triage:problem:replay-impossible")
    assert len(answer.json()["missing"][0]) == 64


def test_a_moment_before_the_invoice_was_known_is_a_404(state: ServingState, firm: Engine) -> None:
    score_id = scored(state)
    early = {"as_of": (KNOWN - timedelta(days=9)).isoformat()}
    answer = caller(state).get(f"/v1/scores/{score_id}/replay", params=early)
    assert answer.json()["type"] == "urn:triage:problem:unknown-invoice"


@pytest.mark.parametrize("moment", ["0", "1770724800", "-4.5e-188", "2026-02-10"])
def test_a_moment_of_a_query_is_written_out(machine: TestClient, firm: Engine, moment: str) -> None:
    score_id = machine.post("/v1/scores", json={"invoice_id": "INV-1"}).json()["score_id"]
    answer = machine.get(f"/v1/scores/{score_id}/replay", params={"as_of": moment})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/as_of")
