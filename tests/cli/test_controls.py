"""``triage controls``: a file is checked without a database, and a set comes into force by two people."""

import re
from pathlib import Path

import pytest
import yaml

from ledger.database import Database
from ledger.settings import Settings
from tests.cli.kit import live_in, said, triage
from tests.serving.controls.kit import STRICT


@pytest.fixture(autouse=True)
def home(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(monkeypatch, Settings(TRIAGE_HOME=str(tmp_path)), database)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(STRICT.content), encoding="utf-8")
    return str(path)


def test_a_file_is_checked_without_a_database(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("controls", "check", file) == 0
    assert said(capsys).endswith(STRICT.version)


def test_a_bad_file_is_one_plain_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text("number: 1\n", encoding="utf-8")
    assert triage("controls", "check", str(tmp_path / "bad.yaml")) == 1
    assert "bad.yaml: controls: Field required" in said(capsys)


def test_a_set_comes_into_force_by_two_people(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("controls", "propose", file, "--why", "finding 7", "--who", "anna") == 0
    [proposal] = re.findall(r"proposal (\S+)", said(capsys))
    assert triage("controls", "backtest", proposal, "--who", "anna") == 0
    assert triage("controls", "approve", proposal, "--why", "mine", "--who", "anna") == 1
    assert "another person must approve" in said(capsys)
    assert triage("controls", "approve", proposal, "--why", "read it", "--who", "bert") == 0
    assert triage("controls", "activate", proposal, "--why", "now", "--who", "bert") == 0
    assert triage("controls", "rollback", "--why", "too strict", "--who", "bert") == 0
    assert f"(was {STRICT.version})" in said(capsys)


def test_a_control_is_snoozed_listed_and_woken(capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("controls", "snooze", "credit_hold", "--client", "C1", "--why", "agreed", "--who", "anna") == 0
    [snooze] = re.findall(r"snooze (\S+) until", said(capsys))
    assert triage("controls", "list") == 0
    assert "snoozed: credit_hold for C1" in said(capsys)
    assert triage("controls", "unsnooze", snooze, "--why", "settled", "--who", "anna") == 0
