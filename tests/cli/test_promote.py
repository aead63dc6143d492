"""``triage promote`` and ``triage rollback`` as an operator sees them."""

import getpass

import pytest
from sqlalchemy import Engine, text

from ledger.database import Database
from ledger.settings import Settings
from tests.cli.kit import live_in, said, triage
from tests.training.store import BEATEN, FIRST, MLFLOW_WARNINGS, RISK, SECOND
from training.registry import CHAMPION, Registry

pytestmark = MLFLOW_WARNINGS


@pytest.fixture(autouse=True)
def firm(installation: Settings, database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    live_in(monkeypatch, installation, database)
    return engine


def test_an_operator_promotes_and_goes_back(
    firm: Engine, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert triage("promote", RISK, "--why", "first", "--version", FIRST) == 0
    assert "dispute: version 1 is champion (was none)" in said(capsys)
    assert triage("promote", RISK, "--why", "newer data", "--who", "ada") == 0
    assert "dispute: version 2 is champion (was 1)" in said(capsys)
    assert triage("rollback", RISK, "--why", "it clears too much", "--who", "bob") == 0
    assert "dispute: back to version 1 (was 2)" in said(capsys)
    assert registry.version_at(RISK, CHAMPION) == FIRST
    with firm.connect() as connection:
        rows = connection.execute(text("SELECT who, why FROM deployment ORDER BY deployment_id")).all()
    expected = [(getpass.getuser(), "first"), ("ada", "newer data"), ("bob", "it clears too much")]
    assert [tuple(row) for row in rows] == expected


def test_a_refusal_is_one_line_with_gate_and_figures(
    firm: Engine, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert triage("promote", RISK, "--why", "hope", "--version", BEATEN) == 1
    message = capsys.readouterr().err
    assert message.startswith("triage: dispute: version 3 stays challenger: disputed: not worse than the champion")
    assert message.count("\n") == 1
    assert registry.version_at(RISK, CHAMPION) is None


@pytest.mark.parametrize("command", ["promote", "rollback"])
def test_a_reason_must_be_given(firm: Engine, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage(command, RISK) == 2
    assert "--why" in said(capsys)
    assert triage(command, RISK, "--why", " ") == 1
    assert "say who and why" in said(capsys)


def test_the_gates_that_were_passed_are_shown(firm: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("promote", RISK, "--why", "first", "--version", SECOND) == 0
    shown = said(capsys)
    for gate in ("same feature definitions", "not worse than the baseline", "not worse than the champion"):
        assert gate in shown
