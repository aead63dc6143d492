"""A whole run: samples in, verdict stored, report written, one line for the person at the screen."""

from datetime import timedelta
from pathlib import Path

import pytest
import typer
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

import cli.monitor
from ledger.settings import Settings
from models.champions import write_pointer
from monitoring.runs import Window, latest_runs
from monitoring.verdict import Status
from monitoring.watch import watch
from tests.monitoring.frames import NOW, PLAN, WINDOW, sample, store_scores
from tests.monitoring.test_samples import champion


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache with one champion and its reference sample."""
    write_pointer(tmp_path / "cache", {"delay": champion(tmp_path / "cache", "delay", sample(600, seed=1))})
    return tmp_path / "cache"


def test_a_run_is_stored_as_it_was_found(engine: Engine, cache: Path, tmp_path: Path) -> None:
    with engine.begin() as connection:
        store_scores(connection, sample(300, seed=2), scored_at=NOW - timedelta(days=1))
    found = watch(engine, WINDOW, PLAN, cache=cache, reports=tmp_path / "reports")
    with engine.connect() as connection:
        [stored] = latest_runs(connection)
        counted = connection.execute(text("SELECT verdict, rows, drifted FROM monitoring_run")).one()
    assert (stored.run_id, stored.verdict, stored.window) == (found.run_id, found.verdict, WINDOW)
    assert stored.reference == "reference sample of delay version 3"
    assert len(stored.snapshot["metrics"]) == sum(check.score is not None for check in found.verdict.checks)
    assert found.report is not None
    assert stored.report_path == str(found.report.resolve())
    assert found.report.stat().st_size > 100_000
    assert tuple(counted) == (found.verdict.status.value, 300, len(found.verdict.drifted))


def test_a_quiet_firm_is_told_that_rows_are_too_few(engine: Engine, cache: Path, tmp_path: Path) -> None:
    found = watch(engine, WINDOW, PLAN, cache=cache, reports=tmp_path)
    assert (found.verdict.status, found.report) == (Status.TOO_FEW_ROWS, None)
    with engine.connect() as connection:
        assert latest_runs(connection)[0].verdict == found.verdict


def test_without_a_reference_sample_earlier_scores_stand_in(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        store_scores(connection, sample(300, seed=1), scored_at=NOW - timedelta(days=60), prefix="old")
        store_scores(connection, sample(300, seed=2), scored_at=NOW - timedelta(days=1))
    found = watch(engine, WINDOW, PLAN, cache=tmp_path)
    assert (found.verdict.status, found.verdict.reference_rows) == (Status.OK, 300)
    assert "year before the window" in found.reference


def test_runs_are_newest_first_and_cannot_be_changed(engine: Engine, cache: Path) -> None:
    first = watch(engine, WINDOW, PLAN, cache=cache)
    second = watch(engine, Window(WINDOW.start, NOW + timedelta(days=1)), PLAN, cache=cache)
    with engine.connect() as connection:
        assert [run.run_id for run in latest_runs(connection)] == [second.run_id, first.run_id]
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text("UPDATE monitoring_run SET verdict = 'ok'"))


def test_the_command_names_owner_and_next_step(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.monitor, "open_firm", lambda _firm: (Settings(TRIAGE_HOME=str(tmp_path)), engine))
    app = typer.Typer()
    app.command()(cli.monitor.monitor)
    result = CliRunner().invoke(app, ["--days", "7"])
    assert result.exit_code == 0, result.output
    assert "Too few rows to say" in result.output
    assert "Next (owner of the service)" in result.output
    assert "Stored as monitoring run 1" in result.output


def test_the_command_lists_the_columns_that_moved(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = sample(300, seed=2)
    moved["risk_delay"] = moved["risk_delay"] + 0.4
    with engine.begin() as connection:
        store_scores(connection, sample(300, seed=1), scored_at=NOW - timedelta(days=60), prefix="old")
        store_scores(connection, moved, scored_at=NOW - timedelta(days=1))
    cli.monitor._report(watch(engine, WINDOW, PLAN, cache=tmp_path))
    shown = capsys.readouterr().out
    assert "Recent scores have drifted: 33% of predictions" in shown
    assert "risk_delay" in shown
