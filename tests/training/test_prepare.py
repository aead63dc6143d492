"""From a ledger to a training set: the steps that are needed, and no others."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from features.text_export import export_encoder
from ledger.settings import Settings
from ledger.store import append
from tests.conftest import TEST_HOME
from tests.features.builders import make
from tests.training.firm import CONFIG
from training import prepare as preparing
from training.errors import TooFewOutcomesError
from training.prepare import embed_notes, prepare


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(TRIAGE_HOME=str(tmp_path))


def test_an_empty_ledger_is_refused_with_the_remedy(engine: Engine, home: Settings) -> None:
    with pytest.raises(TooFewOutcomesError, match="`triage import` or `triage simulate` first"):
        prepare(home, engine, CONFIG, step=lambda _: None)


def test_without_notes_no_encoder_is_exported(engine: Engine, home: Settings) -> None:
    said: list[str] = []
    with engine.begin() as connection:
        append(connection, [make("invoice", known=3, due_date=10)])
    data = prepare(home, engine, CONFIG, step=said.append)
    assert said == ["Reading the ledger", "Building features as they were known at each scoring moment"]
    assert data.matrix.invoice_ids.tolist() == ["i"]
    assert not (home.home / "encoder").exists()


def test_notes_are_embedded_once_and_reach_the_features(engine: Engine) -> None:
    export_encoder(TEST_HOME / "encoder")
    shared = Settings(TRIAGE_HOME=str(TEST_HOME))
    with engine.begin() as connection:
        note = make("note", known=2, text="We dispute the hourly rate", invoice_id="i")
        append(connection, [make("invoice", known=3, due_date=10), note])
    assert embed_notes(shared, engine, step=lambda _: None) == 1
    assert embed_notes(shared, engine, step=lambda _: None) == 0
    data = prepare(shared, engine, CONFIG, step=lambda _: None)
    assert data.matrix.column("note_similarity_rate")[0] > 0.3
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM note_embedding")).scalar_one() == 1


def test_an_exported_encoder_is_used_as_it_is(home: Settings) -> None:
    (home.home / "encoder").mkdir()
    assert preparing.export_encoder(home) == (home.home / "encoder").resolve()
