"""``triage nudges``: people in the order of the cash that their answers free, as a table and as JSON."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from features.catalogue import CATALOGUE_DIGEST
from ledger.database import Database
from ledger.settings import Settings
from models.artifact import write_artifact
from models.champions import write_pointer
from serving.boards.nudging import month_end
from tests.cli.kit import live_in, said, triage
from tests.features.builders import make
from tests.models.fearful import fearful_delay
from tests.models.levers.draft import draft
from tests.serving.factories import write

WHEN = ("--as-of", "2024-01-31", "--close-on", "2024-02-08")


@pytest.fixture
def settings(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation without models, on the test's database."""
    made = Settings(TRIAGE_HOME=str(tmp_path))
    live_in(monkeypatch, made, database)
    return made


@pytest.fixture
def trained(settings: Settings) -> Settings:
    """The same with a delay model that waits for pending approvals."""
    cache = settings.model_cache
    write_artifact(cache / "delay", fearful_delay("approvals_pending"), catalogue_digest=CATALOGUE_DIGEST, facts={})
    write_pointer(cache, {"delay": {"folder": "delay", "version": "1"}})
    return settings


@pytest.fixture
def asked(engine: Engine) -> Engine:
    """A draft over 800 EUR on which two people are asked, one of them about two things."""
    requests = [
        make("approval", known=25, approval_id=name, approver_id=person, approver_role="client", project_id="p")
        for name, person in (("a1", "many"), ("a2", "many"), ("a3", "one"))
    ]
    write(engine, [*draft(), *requests, make("resource", resource_id="many", name="Mia Many")])
    return engine


def ranked(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    assert triage("nudges", *WHEN, "--format", "json", *more) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_person_whose_answers_free_the_most_comes_first(
    trained: Settings, asked: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    found = ranked(capsys)
    first, second = found["people"]
    assert (first["approver_id"], first["name"], second["approver_id"]) == ("many", "Mia Many", "one")
    assert first["gain"] > second["gain"] > 0
    assert (found["close_on"], found["currency"]) == ("2024-02-08", "EUR")
    (waits,) = first["drafts"]
    assert (waits["invoice_id"], waits["approvals"], waits["amount"]) == ("i", ["a1", "a2"], 800.0)
    assert waits["gain"] == pytest.approx(800.0 * (waits["sent_then"] - waits["sent_now"]), abs=0.01)


def test_the_table_says_whom_to_ask_for_what(
    trained: Settings, asked: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.nudges.console.width", 160)
    assert triage("nudges", *WHEN, "--limit", "1") == 0
    told = said(capsys)
    assert "Whom to ask before 2024-02-08" in told
    assert "Mia Many" in told
    assert "Ask many to answer 2 requests on i, open for 5 days" in told
    assert "Ask one" not in told


def test_amounts_count_in_the_group_currency(
    trained: Settings, asked: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    write(asked, [make("fx_rate", known=1, currency="EUR", group_currency="USD", rate=2)])
    found = ranked(capsys)
    assert found["currency"] == "USD"
    assert found["people"][0]["drafts"][0]["amount"] == 1600.0


def test_a_draft_without_an_exchange_rate_is_told_and_left_out(
    trained: Settings, asked: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    write(asked, [make("fx_rate", known=1, currency="GBP", group_currency="USD", rate=2)])
    found = ranked(capsys)
    assert (found["people"], found["drafts_without_exchange_rate"]) == ([], 1)


def test_answers_that_came_and_invoices_that_went_out_need_no_asking(
    trained: Settings, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = make("approval", known=25, approval_id="a1", approver_id="slow", project_id="p", decided_at=26)
    write(engine, [*draft(), answered])
    assert triage("nudges", *WHEN) == 0
    assert said(capsys) == "No pending approval is expected to free cash before 2024-02-08."


def test_without_a_model_it_says_what_to_do(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("nudges", *WHEN) == 1
    assert "`triage train` first" in said(capsys)


def test_a_period_that_closed_already_is_refused(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage("nudges", "--as-of", "2024-01-31", "--close-on", "2024-01-30") == 1
    assert "the period closed already, on 2024-01-30" in said(capsys)


def test_the_period_closes_at_the_end_of_the_month() -> None:
    assert month_end(date(2024, 2, 10)) == date(2024, 2, 29)
    assert month_end(date(2024, 12, 31)) == date(2024, 12, 31)
