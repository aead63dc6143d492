"""``triage rehearse``: for simulated firms alone, once, and as a step of ``triage run``."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from cli.monitor import _rehearsed_until
from cli.run import _scored, _to_rehearse
from cli.simulations import noted
from ledger.database import Database
from ledger.settings import Settings
from ledger.store import append
from serving import audit
from tests.cli.kit import live_in, said, triage
from tests.features.builders import make

NOTED = {"invoices": 220, "months": 6, "seed": 9, "end": "2026-06-30"}


@pytest.fixture
def here(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the test's database and a folder of its own."""
    live_in(monkeypatch, Settings(TRIAGE_HOME=str(tmp_path)), database)


@pytest.mark.usefixtures("here")
def test_a_firm_of_its_own_is_refused(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with engine.begin() as connection:
        append(connection, [make("invoice")])
    assert triage("rehearse") == 1
    assert "was not simulated" in said(capsys)
    assert not _to_rehearse(engine)


@pytest.mark.usefixtures("here")
def test_a_simulation_that_was_killed_is_refused(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), noted(engine, NOTED):
        raise KeyboardInterrupt
    assert triage("rehearse") == 1
    assert "was not simulated" in said(capsys)


@pytest.mark.usefixtures("here")
def test_a_simulated_firm_without_invoices_is_rehearsed_once_and_is_then_still_to_be_scored(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    with noted(engine, NOTED):
        pass
    assert _to_rehearse(engine)
    assert triage("rehearse", "--weeks", "1") == 0
    assert "0 cases, 0 final decisions, 0 left to do" in said(capsys)
    assert not _scored(engine)


def test_drift_is_looked_for_after_the_rehearsal_alone(engine: Engine) -> None:
    assert _rehearsed_until(engine).year == 1
    with engine.begin() as connection:
        audit.write(connection, "rehearsed", actor="system", subject="rehearsal", detail={})
    assert _rehearsed_until(engine).year > 2000
