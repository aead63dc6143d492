"""Each notebook runs on a small simulated firm, within a time limit, and ends with its conclusion."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine

from features.catalogue import CATALOGUE_DIGEST
from features.history import load_history
from ledger.database import Database
from ledger.settings import Settings
from models.artifact import write_artifact
from models.champions import write_pointer
from simulator.firm import simulate
from simulator.write import write_to_ledger
from training.config import TrainingConfig
from training.dataset import build_dataset
from training.train import train

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "notebooks").glob("*.py"))
SECONDS = 240


@pytest.fixture
def firm(database: Database, engine: Engine, tmp_path: Path) -> dict[str, str]:
    """Environment of a firm with 1,500 invoices and three champions."""
    write_to_ledger(engine, simulate(invoices=1_500, months=18, seed=3))
    with engine.connect() as connection:
        dataset = build_dataset(load_history(connection), dispute_window_days=90)
    environment = {"TRIAGE_HOME": str(tmp_path), "TRIAGE_FIRM": "demo", "DATABASE_URL": database.conninfo()}
    cache = Settings(**environment).model_cache
    trained = train(dataset, TrainingConfig(bootstrap=50))
    assert trained.skipped == {}
    for risk, candidate in trained.candidates.items():
        folder = cache / risk / "1"
        write_artifact(folder, candidate.model, catalogue_digest=CATALOGUE_DIGEST, facts=candidate.facts)
    pointer = {risk: {"name": f"demo-{risk}", "version": "1", "folder": f"{risk}/1"} for risk in trained.candidates}
    write_pointer(cache, pointer)
    return environment


@pytest.mark.slow
def test_every_notebook_runs_to_its_conclusion(firm: dict[str, str], database: Database) -> None:
    before = _row_counts(database)
    for script in SCRIPTS:
        result = subprocess.run(
            [sys.executable, str(script)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=ROOT,
            env={**os.environ, **firm, "MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT)},
            check=False,
        )
        assert result.returncode == 0, f"{script.name}: {result.stderr[-2_000:]}"
        assert result.stdout.strip(), script.name
    assert _row_counts(database) == before


def _row_counts(database: Database) -> list[tuple[int, ...]]:
    with psycopg.connect(database.conninfo()) as connection:
        return [
            connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(kind))).fetchone() or ()
            for kind in ("invoice", "payment", "dispute", "note", "import_batch")
        ]


def test_there_are_notebooks() -> None:
    assert {script.stem for script in SCRIPTS} >= {"data_tour", "model_walkthrough"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_notebook_asks_a_question_defines_nothing_and_ends_with_an_assertion(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    cells = re.split(r"^# %%", text, flags=re.MULTILINE)
    assert "One question:" in text
    assert not re.search(r"^\s*(def|class) ", text, re.MULTILINE)
    assert "assert " in cells[-1]
    assert "What we learned" in cells[-2]
