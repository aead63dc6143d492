"""``triage classify`` answers from the anchors in a new firm, keeps its classifier, and abstains in plain words."""

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from cli.classify import stored_classifier
from features.text_export import export_encoder
from ledger.database import Database
from ledger.settings import Settings
from ledger.store import append
from tests.cli.kit import live_in, said, triage
from tests.conftest import TEST_HOME
from tests.features.builders import make


@pytest.fixture
def firm(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A firm with an empty ledger, and the encoder that all tests share."""
    export_encoder(TEST_HOME / "encoder")
    (tmp_path / "encoder").symlink_to(TEST_HOME / "encoder")
    settings = Settings(TRIAGE_HOME=str(tmp_path), TRIAGE_FIRM="demo")
    live_in(monkeypatch, settings, database)
    return settings


def test_a_new_firm_is_answered_from_the_anchor_sentences(firm: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    note = "The purchase order number is missing on this invoice"
    assert triage("classify", note, "--format", "json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["text"], answer["cause"]) == (note, "po_reference")
    assert answer["alternatives"][0][1] <= answer["probability"]
    assert stored_classifier(firm).exists()


def test_notes_come_from_stdin_one_a_line(
    firm: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("We have paid this already, billed twice\n\nzxcv qwer\n"))
    assert triage("classify", "--format", "json") == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["text"] for answer in answers] == ["We have paid this already, billed twice", "zxcv qwer"]
    assert answers[0]["cause"] == "duplicate"
    assert answers[1]["abstained"]


def test_the_table_says_when_a_note_should_rather_be_read(firm: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("classify", "zxcv qwer") == 0
    assert "unclear: read it" in said(capsys)


def test_refit_learns_from_the_ledger(firm: Settings, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("classify", "the gizmo again", "--format", "json") == 0
    before = stored_classifier(firm).read_bytes()
    with engine.begin() as connection:
        _gizmos(connection)
    assert triage("classify", "the gizmo again", "--format", "json", "--refit") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["cause"] == "tax_entity"
    assert stored_classifier(firm).read_bytes() != before


def test_nothing_to_classify_is_said_in_one_line(
    firm: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert triage("classify") == 1
    assert "nothing to classify" in said(capsys)


def test_a_damaged_classifier_is_said_with_its_remedy(firm: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    stored_classifier(firm).parent.mkdir(parents=True)
    stored_classifier(firm).write_text('{"classes": []}', encoding="utf-8")
    assert triage("classify", "anything") == 1
    assert "run with --refit" in said(capsys)


def _gizmos(connection: Connection) -> None:
    for number in range(30):
        invoice = f"i{number}"
        append(
            connection,
            [
                make("note", known=number, invoice_id=invoice, text=f"gizmo number {number}"),
                make("outcome", known=number + 9, invoice_id=invoice, cause="tax_entity"),
            ],
        )
