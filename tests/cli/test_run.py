"""``triage run`` decides what is missing: a killed simulation is finished, and own records stay by themselves."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer
from sqlalchemy import Engine, text

from cli.run import _scored, _simulation, _step
from cli.simulations import noted
from ledger.database import Database
from ledger.settings import Settings
from ledger.store import append
from tests.cli.kit import live_in
from tests.features.builders import make

WANTED = {"invoices": 300, "months": 8, "seed": 5}
NOTED = {"invoices": 220, "months": 6, "seed": 9, "end": "2026-06-30"}


def test_an_empty_firm_is_simulated_as_wanted_up_to_today(engine: Engine) -> None:
    before = datetime.now(UTC).date()
    arguments = _simulation(engine, WANTED)
    assert arguments is not None
    assert arguments[:-1] == ["--invoices", "300", "--months", "8", "--seed", "5", "--end"]
    assert before <= date.fromisoformat(arguments[-1]) <= datetime.now(UTC).date()


def test_a_killed_simulation_is_finished_with_its_own_arguments(engine: Engine) -> None:
    with pytest.raises(KeyboardInterrupt), noted(engine, NOTED):
        raise KeyboardInterrupt
    arguments = _simulation(engine, WANTED)
    assert arguments is not None
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    assert given == {f"--{name}": str(value) for name, value in NOTED.items()}


def test_a_finished_simulation_is_not_repeated(engine: Engine) -> None:
    with noted(engine, NOTED):
        pass
    assert _simulation(engine, WANTED) is None


def test_own_records_are_never_mixed_with_simulated_ones(engine: Engine) -> None:
    with engine.begin() as connection:
        append(connection, [make("invoice")])
    assert _simulation(engine, WANTED) is None


def test_an_empty_queue_is_still_to_be_scored(engine: Engine) -> None:
    assert not _scored(engine)


def test_a_simulation_killed_in_the_middle_is_completed_by_the_arguments_of_run(
    engine: Engine, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_in(monkeypatch, Settings(TRIAGE_HOME=str(tmp_path)), database)
    with pytest.raises(KeyboardInterrupt), noted(engine, {**NOTED, "invoices": 30}):
        raise KeyboardInterrupt
    arguments = _simulation(engine, WANTED)
    assert arguments is not None
    _step("Simulating", "demo", "simulate", *arguments)
    assert _simulation(engine, WANTED) is None
    with engine.connect() as connection:
        held = connection.execute(text("SELECT count(DISTINCT invoice_id) FROM invoice WHERE NOT intercompany"))
        assert 30 <= held.scalar_one() < 60


def test_a_step_that_fails_ends_the_run(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    live_in(monkeypatch, Settings(TRIAGE_HOME=str(tmp_path)), database)
    with pytest.raises(typer.Exit) as ended:
        _step("Training", "demo", "train")
    assert ended.value.exit_code == 1
    assert "the ledger holds no invoice" in capfd.readouterr().err
