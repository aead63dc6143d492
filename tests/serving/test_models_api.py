"""What is loaded, what is guaranteed of it, what was live when, and which policies decided."""

from dataclasses import replace
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import Artifact
from models.scorer import Scorer
from serving.app import create_app
from serving.scoring.scorer import FixedModels
from serving.state import ServingState
from tests.models.fitted import dispute_model
from tests.serving.kit import MACHINE, api_key

PROOF = {
    "threshold": 0.03, "delta": 0.05, "rows": 900, "cleared": 700, "bad": 9, "loss": 0.02, "coverage": 0.78,
    "p_count": 0.001, "p_money": 0.04,
}  # fmt: skip
CERTIFICATE: dict[str, Any] = {
    "alpha": 0.05, "alpha_money": 0.08, "money_cap": 25_000.0, "delta": 0.1, **PROOF, "p_value": 0.04,
    "certified_apart": ["milestone"], "segments": {"milestone": PROOF}, "valid_until": "2099-12-31", "data_digest": "d",
}  # fmt: skip


def test_the_certificate_of_the_champion_is_told_by_segment(state: ServingState, engine: Engine) -> None:
    artifact = Artifact(dispute_model(CERTIFICATE), "9" * 64, CATALOGUE_DIGEST, {})
    app = create_app(replace(state, models=FixedModels(Scorer({"dispute": artifact}))))
    machine = TestClient(app, headers={"Authorization": f"Bearer {api_key(engine, *MACHINE)}"})
    (told,) = machine.get("/v1/certificates").json()["certificates"]
    assert (told["model_digest"], told["alpha"], told["valid_until"]) == ("9" * 64, 0.05, "2099-12-31")
    assert [(proof["segment"], proof["threshold"]) for proof in told["proofs"]] == [("milestone", 0.03)]


def test_without_models_nothing_is_guaranteed(machine: TestClient) -> None:
    assert machine.get("/v1/certificates").json() == {"certificates": []}
    assert machine.get("/v1/models").json() == {"available": False, "models": []}


def test_deployments_are_told_newest_first_in_pages(machine: TestClient, engine: Engine) -> None:
    insert = text(
        "INSERT INTO deployment (action, risk, version, digest, gates, who, why) "
        "VALUES ('promote', :risk, :version, 'd', '[]', 'dan', 'better')"
    )
    with engine.begin() as connection:
        for version, risk in (("1", "delay"), ("2", "dispute"), ("3", "delay")):
            connection.execute(insert, {"version": version, "risk": risk})
    page = machine.get("/v1/deployments?limit=2").json()
    rest = machine.get("/v1/deployments", params={"cursor": page["next_cursor"]}).json()
    assert [one["version"] for one in page["deployments"] + rest["deployments"]] == ["3", "2", "1"]
    assert [one["version"] for one in machine.get("/v1/deployments?risk=delay").json()["deployments"]] == ["3", "1"]


def test_a_move_that_was_abandoned_is_not_told(machine: TestClient, engine: Engine) -> None:
    insert = text(
        "INSERT INTO deployment (action, risk, version, digest, gates, who, why) "
        "VALUES ('promote', 'delay', :version, 'd', '[]', 'dan', 'better') RETURNING deployment_id"
    )
    with engine.begin() as connection:
        moves = [connection.execute(insert, {"version": version}).scalar_one() for version in ("1", "2", "3")]
        for move, outcome in zip(moves, ("confirmed", "abandoned"), strict=False):
            connection.execute(
                text("INSERT INTO deployment_outcome (deployment_id, outcome) VALUES (:move, :outcome)"),
                {"move": move, "outcome": outcome},
            )
    assert [one["version"] for one in machine.get("/v1/deployments").json()["deployments"]] == ["3", "1"]


def test_every_policy_that_decided_can_be_read(machine: TestClient, state: ServingState) -> None:
    listed = machine.get("/v1/policies").json()
    assert listed["current"] in [one["version"] for one in listed["policies"]]
    read = machine.get(f"/v1/policies/{listed['current']}").json()
    assert read == {"version": state.policy.version, "policy": state.policy.content}
    assert machine.get("/v1/policies/none").status_code == 404
