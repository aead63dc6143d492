"""``triage policies``: what is in force can be printed, changed and proposed, and comes into force by two people."""

import re
from pathlib import Path

import pytest
import yaml

from ledger.database import Database
from ledger.settings import Settings
from serving.policy import SHIPPED, load_policy
from tests.cli.kit import live_in, said, triage

CHANGED = load_policy(SHIPPED).content | {"number": 7, "four_eyes_amount": "12345"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    live_in(monkeypatch, Settings(TRIAGE_HOME=str(tmp_path)), database)
    monkeypatch.delenv("TRIAGE_POLICY", raising=False)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(CHANGED), encoding="utf-8")
    return str(path)


def proposed(file: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The id of a proposal that Anna made."""
    assert triage("policies", "propose", file, "--why", "finding 7", "--who", "anna") == 0
    found = said(capsys)
    assert "Two people release from: 50,000 → 12,345" in found
    assert "0 scores" in found
    return str(re.findall(r"proposal (\S+)", found)[0])


def test_what_is_shown_is_a_file_that_can_be_proposed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("policies", "show") == 0
    (tmp_path / "same.yaml").write_text(capsys.readouterr().out, encoding="utf-8")
    assert load_policy(tmp_path / "same.yaml").version == load_policy(SHIPPED).version
    assert triage("policies", "propose", str(tmp_path / "same.yaml"), "--why", "no change", "--who", "anna") == 1
    assert "it says the same as the policy in force" in said(capsys)


def test_a_file_is_checked_without_a_database(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("policies", "check", file) == 0
    assert "policy-7-" in said(capsys)
    (tmp_path / "bad.yaml").write_text("number: 1\n", encoding="utf-8")
    assert triage("policies", "check", str(tmp_path / "bad.yaml")) == 1
    assert "Field required" in said(capsys)


def test_a_policy_comes_into_force_by_two_people_and_goes_again(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    proposal = proposed(file, capsys)
    assert triage("policies", "activate", proposal, "--why", "now", "--who", "bert") == 1
    assert triage("policies", "approve", proposal, "--why", "mine", "--who", "anna") == 1
    assert "another person must approve" in said(capsys)
    assert triage("policies", "approve", proposal, "--why", "read it", "--who", "bert") == 0
    assert triage("policies", "activate", proposal, "--why", "now", "--who", "bert") == 0
    assert re.search(r"policy-7-\w+ is in force \(was policy-6-\w+\)", said(capsys))
    assert triage("policies", "list") == 0
    assert re.search(r"^policy-7-\w+ is in force", said(capsys))
    assert triage("policies", "rollback", "--why", "too strict", "--who", "bert") == 0
    assert re.search(r"back to policy-6-\w+ \(was policy-7-\w+\)", said(capsys))


def test_a_proposal_shows_what_it_changes_and_its_life(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    proposal = proposed(file, capsys)
    assert triage("policies", "preview", proposal, "--scores", "10", "--who", "bert") == 0
    assert "auto_clear" in said(capsys)
    assert triage("policies", "withdraw", proposal, "--why", "too early", "--who", "anna") == 0
    capsys.readouterr()
    assert triage("policies", "show", proposal) == 0
    found = said(capsys)
    for part in ("is withdrawn: finding 7", "50,000 → 12,345", "proposed by anna", "withdrawn by anna: too early"):
        assert part in found


@pytest.mark.parametrize("command", ["show", "approve", "activate", "withdraw", "preview"])
def test_an_unknown_proposal_is_one_plain_line(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    why = [] if command in ("show", "preview") else ["--why", "because"]
    assert triage("policies", command, "none", *why) == 1
    assert said(capsys) == "triage: there is no proposal 'none'"
