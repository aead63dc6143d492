"""``triage db`` migrates, counts what the ledger holds, and stops only a server of its own."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.database import Database
from ledger.settings import Settings
from ledger.store import append
from ledger.tables import TABLES
from tests.cli.kit import live_in, said, triage
from tests.features.builders import make


@pytest.fixture(autouse=True)
def home(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(monkeypatch, Settings(TRIAGE_HOME=str(tmp_path)), database)


def test_an_empty_ledger_is_shown_kind_by_kind(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("db") == 0
    shown = said(capsys)
    assert f"Firm demo: database {database.url.database} is migrated." in shown
    assert all(f" {kind} 0" in shown for kind in TABLES)


def test_every_version_of_a_record_counts(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with engine.begin() as connection:
        append(connection, [make("invoice", known=1), make("invoice", known=2, invoice_id="i")])
    assert triage("db", "show") == 0
    assert " invoice 2 " in said(capsys)


def test_migrating_says_so_and_counts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("db", "migrate") == 0
    shown = said(capsys)
    assert "is migrated." in shown
    assert "invoice_line" not in shown


def test_no_server_is_stopped_where_none_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("db", "stop") == 0
    assert said(capsys) == "No embedded PostgreSQL was running."


def test_an_action_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("db", "drop") == 2
    assert "migrate" in said(capsys)


def test_roles_are_made_and_equipped(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("db", "roles") == 0
    assert "triage_app and triage_auditor have their rights" in said(capsys)
    with engine.connect() as connection:
        may = "has_table_privilege('triage_app', 'score', '{}')"
        query = f"SELECT {may.format('INSERT')}, {may.format('DELETE')}"
        assert connection.exec_driver_sql(query).one() == (True, False)
