"""``triage brief`` and ``triage kpis``: the week and the figures on the command line."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.database import Database
from ledger.settings import Settings
from serving.boards.dictionary import definitions
from serving.sql import rows
from tests.cli.kit import live_in, said, triage
from tests.serving.boards.kit import firm_in


@pytest.fixture
def settings(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation on the test's database."""
    made = Settings(TRIAGE_HOME=str(tmp_path))
    live_in(monkeypatch, made, database)
    return made


@pytest.fixture
def week(settings: Settings, engine: Engine) -> Engine:
    """A firm with one case in the first week of 2026."""
    with engine.begin() as connection:
        firm_in(connection).case("K1", "INV-1", "2026-01-06")
    return engine


def test_a_brief_is_printed_as_text_or_html(week: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("brief", "--week", "2026-W02") == 0
    assert "1 case came in." in said(capsys)
    assert triage("brief", "--week", "2026-W02", "--html") == 0
    assert "<p style=" in said(capsys)


def test_a_brief_needs_a_week_and_somebody_to_send_to(week: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("brief", "--week", "2026-46") == 1
    assert "write a week as 2026-W46" in said(capsys)
    assert triage("brief", "--send") == 1
    assert "set TRIAGE_BRIEF_URLS" in said(capsys)
    with week.begin() as connection:
        assert rows(connection, "SELECT week FROM brief_sent") == []


def test_figures_are_listed_with_what_they_rest_on(week: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("kpis") == 0
    assert "Exceptions" in said(capsys)


def test_definitions_are_printed_without_a_database(capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("kpis", "--docs") == 0
    assert capsys.readouterr().out == definitions()
