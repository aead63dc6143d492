"""``triage report``: a version's papers as files, and plain words where there are none."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.database import Database
from ledger.settings import Settings
from tests.cli.kit import live_in, said, triage
from tests.training.store import FIRST, MLFLOW_WARNINGS, PAPERS, RISK, SECOND
from training.registry import Registry

pytestmark = MLFLOW_WARNINGS


@pytest.fixture(autouse=True)
def firm(installation: Settings, database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    live_in(monkeypatch, installation, database)
    return engine


def test_the_champions_papers_are_written_where_asked(registry: Registry, tmp_path: Path) -> None:
    registry.move_champion(RISK, FIRST)
    assert triage("report", RISK, "--folder", str(tmp_path / "papers")) == 0
    written = {path.name: path.read_text() for path in (tmp_path / "papers").iterdir()}
    assert written == {f"dispute-1-{name}": text for name, text in PAPERS.items()}


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ((RISK,), "dispute has no champion"),
        ((RISK, "--version", "99"), "dispute has no version 99"),
        ((RISK, "--version", SECOND), "dispute version 2 was registered without a report"),
        (("weather",), "no risk 'weather': one of delay, dispute, anomaly"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(
    arguments: tuple[str, ...], answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert triage("report", *arguments, "--folder", str(tmp_path)) == 1
    assert answer in said(capsys)
    assert list(tmp_path.iterdir()) == []
