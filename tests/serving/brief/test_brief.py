"""What a brief says, when it says too little to tell, and that it is sent once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine

from serving.app import create_app
from serving.auth.scopes import Role
from serving.brief import sending
from serving.brief.facts import facts_of, week_named
from serving.brief.mail import as_text, mail_of
from serving.brief.writing import Brief, write
from serving.problems import Invalid
from serving.queue.sight import everything
from serving.sql import rows
from serving.state import ServingState
from tests.serving.brief.conftest import WEEK
from tests.serving.factories import NOW
from tests.serving.kit import PASSWORD, person

MONDAY = datetime(2026, 2, 2, 7, tzinfo=UTC)


def brief_in(engine: Engine) -> Brief:
    with engine.begin() as connection:
        return write(facts_of(connection, week_named(WEEK), NOW, everything()))


def said(brief: Brief) -> str:
    return " ".join(as_text(brief).split())


def test_a_brief_tells_the_week_in_figures(week: Engine) -> None:
    text = said(brief_in(week))
    assert "Week of 26 Jan 2026 to 1 Feb 2026" in text
    assert "8 cases came in. The week before it was 1: too few to say whether that is a change." in text
    assert "1 decision was made." in text
    assert "7 cases over 7,000 EUR are open" in text
    assert "Clients opened 1 dispute." in text
    assert "300 EUR are in dispute." in text
    assert "2 approval requests wait for an answer." in text
    assert "PM1: 2 requests, the oldest of 10 Jan 2026." in text


def test_a_brief_of_the_past_stays_as_it_was(week: Engine) -> None:
    before = brief_in(week)
    with week.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE review_case SET state = 'decided', closed_at = '2026-02-05Z' WHERE state = 'open'"
        )
    assert brief_in(week).sections == before.sections


def test_an_empty_firm_gets_a_brief_without_inventions(engine: Engine) -> None:
    text = said(brief_in(engine))
    assert "No case came in." in text
    assert "No case is open." in text
    assert "Nothing was billed in the last quarter." in text


def test_a_week_ahead_or_misspelt_is_refused(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(Invalid):
        facts_of(connection, week_named("2026-W30"), NOW, everything())
    with pytest.raises(Invalid):
        week_named("2026-46")


def test_mail_loads_nothing_and_leads_to_the_pages(week: Engine) -> None:
    mail = mail_of(brief_in(week), "https://triage.example.com/")
    assert not any(sign in mail.html for sign in ("<img", "<script", "<link", "url(", "src="))
    assert 'href="https://triage.example.com/boards/exception-volume"' in mail.html
    assert f"https://triage.example.com/brief?week={WEEK}" in mail.text
    assert max(map(len, mail.text.splitlines())) <= 100


def test_names_cannot_smuggle_markup_into_mail(week: Engine) -> None:
    with week.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS append_only ON client")
        connection.exec_driver_sql("UPDATE client SET name = '<img src=x>'")
    assert "&lt;img src=x&gt;" in mail_of(brief_in(week), "https://t.example").html


def test_the_page_shows_the_last_full_week_and_leads_on(state: ServingState, week: Engine) -> None:
    person(week, "mona", Role.MANAGER)
    client = TestClient(create_app(state), headers={"accept": "text/html"}, follow_redirects=False)
    client.post("/login", data={"login": "mona", "password": PASSWORD})
    page = client.get("/brief").text
    assert "Week of 2 Feb 2026 to 8 Feb 2026" in page
    assert f'href="/brief?week={WEEK}"' in page
    assert "As written by the template." in page
    assert client.get("/brief?week=nonsense").status_code == 422


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was handed to the sender: title and text."""
    found: list[tuple[str, str]] = []

    def take(urls: list[str], title: str, text: str, html: str) -> int:
        found.append((title, text))
        return len(urls) - 1

    monkeypatch.setattr(sending, "send", take)
    return found


def at_hour(state: ServingState, moment: datetime) -> ServingState:
    settings = state.settings.model_copy(update={"brief_urls": SecretStr("json://a json://b")})
    return replace(state, clock=lambda: moment, settings=settings)


def test_a_brief_is_sent_on_monday_morning_and_never_twice(
    state: ServingState, week: Engine, sent: list[tuple[str, str]]
) -> None:
    monday = at_hour(state, MONDAY)
    assert (sending.send_due(monday), sending.send_due(monday)) == (1, 0)
    assert [title for title, _ in sent] == ["Week of 26 Jan 2026 to 1 Feb 2026: exceptions and cash"]
    with week.begin() as connection:
        [row] = rows(connection, "SELECT week::text, addresses, taken FROM brief_sent")
    assert row == {"week": "2026-01-26", "addresses": 2, "taken": 1}


@pytest.mark.parametrize("moment", [MONDAY - timedelta(hours=2), MONDAY + timedelta(days=1)])
def test_no_brief_goes_out_at_night_or_on_other_days(
    state: ServingState, week: Engine, sent: list[tuple[str, str]], moment: datetime
) -> None:
    assert sending.send_due(at_hour(state, moment)) == 0
    assert sent == []


def test_nobody_configured_means_nothing_sent(state: ServingState, sent: list[tuple[str, str]]) -> None:
    assert sending.send_due(replace(state, clock=lambda: MONDAY)) == 0
    assert sent == []
