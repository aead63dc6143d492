"""MLflow gone, and no room for new models: the last good ones go on, and answers say what is not the newest."""

import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from features.catalogue import CATALOGUE_DIGEST
from ledger.database import Database
from ledger.settings import Settings
from models.artifact import Model, write_artifact
from models.champions import Champions, write_pointer
from serving.app import create_app
from serving.state import ServingState
from tests.faults.server import Service
from tests.models.fitted import anomaly_model, delay_model, dispute_model
from tests.serving.factories import clean, master, write
from tests.serving.kit import MACHINE, api_key


@cache
def models() -> tuple[Model, ...]:
    return delay_model(), dispute_model(), anomaly_model()


# A process that may write 4 KB a file copies new models over, as one with a full disk would. What it manages to write
# stays, and so does the pointer, which comes first here: the worst order.
FULL_DISK = """
import resource, shutil, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
shutil.copy(sys.argv[1] + "/champions.json", sys.argv[2])
shutil.copytree(sys.argv[1], sys.argv[2], dirs_exist_ok=True)
"""


def publish(cache: Path, version: str) -> None:
    """Bring three champions of a version into a machine's cache."""
    folders = {model.risk: f"{model.risk}/{version}" for model in models()}
    pointer = {risk: {"name": risk, "version": version, "folder": folder} for risk, folder in folders.items()}
    write_pointer(cache, pointer)
    for model in models():
        write_artifact(
            cache / folders[model.risk], model, catalogue_digest=CATALOGUE_DIGEST, facts={"version": version}
        )


@pytest.mark.slow
def test_a_service_starts_and_scores_while_mlflow_is_gone(database: Database, engine: Engine, tmp_path: Path) -> None:
    write(engine, [*master(), *clean()])
    gone = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
    publish(Settings(TRIAGE_HOME=str(tmp_path), DATABASE_URL=database.conninfo()).model_cache, "1")
    key = api_key(engine, *MACHINE)
    with Service(database, tmp_path, gone) as service, service.client(key) as client:
        score = client.post("/v1/scores", json={"invoice_id": "INV-1"}).json()
        assert (set(score["versions"]["models"]), score["degraded"]) == ({"delay", "dispute", "anomaly"}, [])


def test_a_full_disk_leaves_the_last_good_models_in_use_until_there_is_room(
    state: ServingState, firm: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.champions.LOOK_EVERY_SECONDS", 0.0)
    cache, elsewhere = tmp_path / "cache", tmp_path / "elsewhere"
    publish(cache, "1")
    publish(elsewhere, "2")
    champions = Champions(cache)
    app = create_app(replace(state, models=champions))
    client = TestClient(app, headers={"Authorization": f"Bearer {api_key(firm, *MACHINE)}"})
    first = client.post("/v1/scores", json={"invoice_id": "INV-1"}).json()
    full = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(elsewhere), str(cache)], capture_output=True, text=True, check=False
    )
    assert "File too large" in full.stderr
    during = client.post("/v1/scores", json={"invoice_id": "INV-1"}).json()
    assert during["versions"]["models"] == first["versions"]["models"]
    assert set(champions.problems) == {"delay", "dispute", "anomaly"}
    assert during["degraded"] == ["anomaly_outdated", "delay_outdated", "dispute_outdated"]
    shutil.copytree(elsewhere, cache, dirs_exist_ok=True)
    after = client.post("/v1/scores", json={"invoice_id": "INV-1"}).json()
    assert after["degraded"] == []
    assert champions.problems == {}
    assert {entry["version"] for entry in champions.describe()} == {"2"}
