"""Commands called in this process, on a test's own database."""

import pytest

from cli.main import main
from ledger.database import Database
from ledger.settings import Settings


def triage(*arguments: str) -> int:
    """Run a command; its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, in one line whatever the width of the terminal."""
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).split())


def live_in(monkeypatch: pytest.MonkeyPatch, settings: Settings, database: Database) -> None:
    """Let commands find an installation's folder, and the test's database instead of one below it."""
    monkeypatch.setenv("TRIAGE_HOME", str(settings.home))
    monkeypatch.setenv("DATABASE_URL", database.conninfo())
    for name in ("TRIAGE_FIRM", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
