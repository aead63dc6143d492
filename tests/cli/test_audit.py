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
