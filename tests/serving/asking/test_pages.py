"""Asking from the case's page: the link is shown once, refusals are told, and the list says where each stands."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import Role
from tests.serving.asking.conftest import HTML, one
from tests.serving.kit import OpenClient

FORM = {
    "kind": "approve",
    "question": "Please approve.",
    "asked_id": "PM1",
    "asked_name": "Petra Manager",
    "subject": ["approval:A1"],
}


@pytest.fixture
def page(alice: TestClient, case_id: str) -> str:
    """Alice's case page; she gets pages."""
    alice.headers.update(HTML)
    return f"/cases/{case_id}"


def ask(client: TestClient, page: str, **changes: Any) -> Any:
    return client.post(f"{page}/requests", data=FORM | changes, follow_redirects=False)


def test_the_link_is_shown_once_where_it_cannot_be_sent(alice: TestClient, page: str, petra: TestClient) -> None:
    shown = ask(alice, page)
    assert "Pass this link on to Petra Manager" in shown.text
    link = shown.text.split("http://127.0.0.1:8000")[1].split('"')[0]
    assert petra.get(link).status_code == 200
    assert link not in alice.get(page).text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": ""}, "choose what is wanted"),
        ({"question": " "}, "say what is asked"),
        ({"address": "nowhere"}, "no e-mail address"),
        ({"asked_id": "PM2"}, "no approval that waits for PM2"),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(
    alice: TestClient, page: str, firm: Engine, changes: dict[str, str], says: str
) -> None:
    refused = ask(alice, page, **changes)
    assert refused.status_code == 303
    assert says in alice.get(page).text
    assert one(firm, "SELECT count(*) FROM case_request") == 0


def test_the_case_says_who_was_asked_and_takes_it_back(alice: TestClient, page: str, firm: Engine) -> None:
    ask(alice, page)
    assert "Petra Manager" in alice.get(page).text
    request_id = one(firm, "SELECT request_id FROM case_request")
    assert "Pass this link on" in alice.post(f"{page}/requests/{request_id}/reminder").text
    assert "is withdrawn" in alice.post(f"{page}/requests/{request_id}/withdraw").text
    assert "can be answered no more" in alice.post(f"{page}/requests/{request_id}/reminder").text


def test_a_colleague_without_the_claim_is_told_so(alice: TestClient, page: str, log_in: OpenClient) -> None:
    alice.post(f"{page}/claim")
    bob = log_in("bob", Role.REVIEWER)
    bob.headers.update(HTML)
    ask(bob, page)
    assert "Nobody was asked" in bob.get(page).text


def test_files_are_added_and_saved_from_the_page(alice: TestClient, page: str) -> None:
    kept = alice.post(f"{page}/attachments", files={"file": ("a.pdf", b"%PDF-1.7")})
    assert "a.pdf is kept with the case" in kept.text
    place = kept.text.split(f'href="{page}/attachments/')[1].split('"')[0]
    assert alice.get(f"{page}/attachments/{place}").content == b"%PDF-1.7"
    refused = alice.post(f"{page}/attachments", files={"file": ("a.html", b"<html>")})
    assert "This kind of file is not taken" in refused.text


def test_the_form_stands_open_for_the_person_whom_the_page_is_opened_to_ask(alice: TestClient, page: str) -> None:
    shown = alice.get(f"{page}?ask=PM1").text
    assert '<details class="ask" id="ask" open><summary>Ask Petra Manager</summary>' in shown
    assert '<input type="hidden" name="asked_id" value="PM1">' in shown


def test_whom_the_ledger_does_not_know_the_form_does_not_name(alice: TestClient, page: str) -> None:
    shown = alice.get(f"{page}?ask=%3Cb%3Enobody").text
    assert '<details class="ask" id="ask"><summary>Ask somebody</summary>' in shown
    assert "nobody</" not in shown.split('id="ask"')[1].split("</form>")[0]
