"""``triage audit verify``: one sentence when every digest holds, the place and exit code 1 when one does not."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ledger.database import Database
from ledger.settings import Settings
from serving import audit
from tests.cli.kit import live_in, said, triage


@pytest.fixture(autouse=True)
def home(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(monkeypatch, Settings(TRIAGE_HOME=str(tmp_path)), database)


@pytest.fixture
def told(engine: Engine) -> Engine:
    """A log of three entries about one case."""
    with engine.begin() as connection:
        for place in range(3):
            audit.write(connection, "tested", actor="ada", subject="case", detail={"place": place})
    return engine


def test_an_empty_log_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("audit", "verify") == 0
    assert said(capsys) == "0 entries in 16 chains: every digest holds"


def test_an_untouched_log_holds(told: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("audit") == 0
    assert said(capsys) == "3 entries in 16 chains: every digest holds"


def test_a_changed_entry_is_named_and_fails_the_command(told: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with told.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER append_only"))
        connection.execute(text("UPDATE audit_entry SET body = replace(body, 'tested', 'denied') WHERE position = 2"))
    assert triage("audit", "verify") == 1
    shown = said(capsys)
    assert "entry 2:" in shown
    assert "every digest holds" not in shown


def test_an_exported_period_is_checked_without_a_database(
    told: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "audit.jsonl"
    assert triage("audit", "export", str(file), "--from", "2020-01-01") == 0
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    assert triage("audit", "verify", str(file)) == 0
    assert triage("audit", "verify", str(file), "--heads", str(file)) == 0
    file.write_bytes(file.read_bytes().replace(b"tested", b"denied", 1))
    assert triage("audit", "verify", str(file)) == 1


def test_what_is_no_audit_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.txt"
    file.write_text("hello\n")
    assert triage("audit", "verify", str(file)) == 1
    assert "no JSON" in capsys.readouterr().out


def test_an_export_needs_a_place() -> None:
    assert triage("audit", "export") == 2
